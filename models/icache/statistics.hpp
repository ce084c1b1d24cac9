// SPDX-License-Identifier: Apache-2.0
// The counters that firmware reads: they count only while enabled and can be cleared, unlike the
// counters of the report, from which they are derived.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <vector>

namespace flexv::icache {

/// Of one private cache, since reset.
struct CoreEvents {
    u64 hits = 0;
    u64 misses = 0;
    Cycles congestion = 0;  ///< cycles that a busy bank of the second level cost

    void serialize(StateArchive& archive) { archive(hits, misses, congestion); }

    friend CoreEvents operator-(const CoreEvents& a, const CoreEvents& b) {
        return {a.hits - b.hits, a.misses - b.misses, a.congestion - b.congestion};
    }
    friend CoreEvents operator+(const CoreEvents& a, const CoreEvents& b) {
        return {a.hits + b.hits, a.misses + b.misses, a.congestion + b.congestion};
    }
};

/// Of the second level, since reset.
struct SharedEvents {
    u64 hits = 0;
    u64 misses = 0;

    void serialize(StateArchive& archive) { archive(hits, misses); }

    friend SharedEvents operator-(const SharedEvents& a, const SharedEvents& b) {
        return {a.hits - b.hits, a.misses - b.misses};
    }
};

/// A view of ever-growing events that can be stopped and cleared.
template <typename Events>
class StatisticsWindow {
public:
    void start(const Events& total) { base_ = total - shown_; }
    void stop(const Events& total) { shown_ = total - base_; }
    void clear(const Events& total) {
        base_ = total;
        shown_ = {};
    }
    [[nodiscard]] Events shown(const Events& total, bool is_running) const {
        return is_running ? total - base_ : shown_;
    }
    void serialize(StateArchive& archive) { archive(base_, shown_); }

private:
    Events base_{};
    Events shown_{};
};

}  // namespace flexv::icache
