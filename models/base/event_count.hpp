// SPDX-License-Identifier: Apache-2.0
// A number that only statistics and energy read. A build with FLEXV_COUNTERS off does not keep it:
// scripts/bench --counters compares the two, and shows what counting costs.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#ifndef FLEXV_COUNTERS
#define FLEXV_COUNTERS 1
#endif

namespace flexv {

class EventCount {
public:
    constexpr EventCount() = default;

    constexpr EventCount& operator++() { return *this += 1; }
    constexpr EventCount& operator+=(u64 events) {
        if constexpr (FLEXV_COUNTERS != 0)
            count_ += events;
        return *this;
    }
    /// Of a duration, each cycle is one.
    constexpr EventCount& operator+=(Cycles cycles) { return *this += u64(cycles); }
    constexpr operator u64() const { return count_; }  // reads like the number it is
    void serialize(StateArchive& archive) { archive(count_); }

private:
    u64 count_ = 0;
};

}  // namespace flexv
