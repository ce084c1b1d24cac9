// SPDX-License-Identifier: Apache-2.0
// One counter of the timer unit without SystemC: prescaler, compare, clear and one-shot. The count
// is computed when somebody looks, so a running counter costs nothing.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

namespace flexv::timer {

class TickCounter {
public:
    struct Settings {
        unsigned width_bits = 32;  ///< 32, or 64 for the joint counter
        u64 compare = 0;
        Cycles cycles_per_edge = 1;      ///< 1 counts the clock itself, more a slower reference
        u32 edges_per_tick = 1;          ///< prescaler: counts every n-th edge
        bool clears_on_match = false;    ///< the tick after a match leads to 0
        bool stops_after_match = false;  ///< one shot
        bool is_paused = false;          ///< keeps everything, counts nothing

        bool operator==(const Settings&) const = default;
        void serialize(StateArchive& archive) {
            archive(width_bits, compare, cycles_per_edge, edges_per_tick, clears_on_match,
                    stops_after_match, is_paused);
        }
    };

    /// Lets time pass up to `cycle`. An earlier cycle than the last one changes nothing.
    void advance(Cycles cycle);

    /// What follows holds from the cycle of the last advance() on.
    void configure(const Settings& settings) {
        settings_ = settings;
        phase_ %= settings.edges_per_tick;
    }
    void enable(bool enabled) { is_enabled_ = enabled; }
    void set_count(u64 count) { count_ = count & mask(); }
    void clear_prescaler() { phase_ = 0; }

    [[nodiscard]] u64 count() const { return count_; }
    [[nodiscard]] bool is_enabled() const { return is_enabled_; }
    [[nodiscard]] bool is_match() const { return count_ == settings_.compare; }
    /// The first cycle after the last advance() in which is_match() changes; kNever without one.
    [[nodiscard]] Cycles next_change() const;
    void serialize(StateArchive& archive) {
        archive(settings_, count_, phase_, cycle_, is_enabled_);
    }

private:
    [[nodiscard]] u64 mask() const {
        return settings_.width_bits >= 64 ? ~u64{0} : (u64{1} << settings_.width_bits) - 1;
    }
    [[nodiscard]] bool is_counting() const { return is_enabled_ && !settings_.is_paused; }
    [[nodiscard]] Cycles cycle_of_tick(u64 ticks) const;
    [[nodiscard]] Cycles match_cycle() const;
    void run(Cycles to);
    void add_ticks(u64 ticks);

    Settings settings_;
    u64 count_ = 0;
    u64 phase_ = 0;     ///< edges since the last tick
    Cycles cycle_ = 0;  ///< everything above holds in this cycle
    bool is_enabled_ = false;
};

}  // namespace flexv::timer
