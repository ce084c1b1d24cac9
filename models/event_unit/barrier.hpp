// SPDX-License-Identifier: Apache-2.0
// One hardware barrier: cores arrive until exactly the expected set is there, then line 16 pulses
// once.
#pragma once

#include "base/units.hpp"
#include "event_unit/event_lines.hpp"

namespace flexv::event_unit {

class Barrier {
public:
    Latched trigger_mask;  ///< cores that must arrive; 0 never matches
    Latched target_mask;   ///< cores that are told

    /// Cores that have arrived, up to the previous cycle.
    [[nodiscard]] u32 status() const { return status_; }
    /// Exact: a stray arrival of a core that is not expected blocks the barrier.
    [[nodiscard]] bool matches() const {
        return trigger_mask.now != 0 && status_ == trigger_mask.now;
    }

    void arrive(u32 cores) { arriving_ |= cores; }

    /// Ends the cycle; returns the cores whose line 16 pulsed in it. An arrival in the very cycle
    /// of the match is lost, as in RTL.
    u32 clock_edge() {
        const u32 told = matches() ? target_mask.now : 0;
        status_ = matches() ? 0 : status_ | arriving_;
        arriving_ = 0;
        trigger_mask.clock_edge();
        target_mask.clock_edge();
        return told;
    }
    void serialize(StateArchive& archive) {
        archive(trigger_mask, target_mask, status_, arriving_);
    }

private:
    u32 status_ = 0;
    u32 arriving_ = 0;
};

}  // namespace flexv::event_unit
