// SPDX-License-Identifier: Apache-2.0
// What only an observed core needs, apart from the core's hot state.
#pragma once

#include "core/probe/observer.hpp"
#include "core/probe/quirks.hpp"

#include <array>
#include <vector>

namespace flexv::core {

struct Watch {
    std::vector<Observer*> observers;
    std::array<Retired, 2> retired;  ///< the instruction before, and the one that executes
    unsigned latest = 0;             ///< in `retired`, the instruction before
    Quirks quirks;                   ///< the first observer of a core that has them

    [[nodiscard]] Retired& previous() { return retired[latest]; }
    [[nodiscard]] Retired& next() { return retired[latest ^ 1]; }
};

}  // namespace flexv::core
