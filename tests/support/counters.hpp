// SPDX-License-Identifier: Apache-2.0
// What a block has counted.
#pragma once

#include "base/module.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <string>

namespace flexv::test {

/// Since the start of the run. Fails the test where the block has no such counter.
inline u64 count(const Module& module, const std::string& name) {
    const auto found = std::ranges::find(module.counters(), name, &CounterInfo::name);
    if (found == module.counters().end())
        FAIL(module.name() << " has no counter " << name);
    return found->total();
}

}  // namespace flexv::test
