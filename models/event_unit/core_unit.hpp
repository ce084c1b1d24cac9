// SPDX-License-Identifier: Apache-2.0
// What the event unit holds for one core: the buffer of its 32 event lines, the masks, and whether
// the core sleeps. Methods stage what happens in a cycle; clock_edge() makes it visible.
#pragma once

#include "base/units.hpp"
#include "event_unit/event_lines.hpp"

namespace flexv::event_unit {

class CoreUnit {
public:
    /// What a pending sleeping read gets in a cycle.
    enum class Wake {
        no,            ///< keeps waiting
        next_cycle,    ///< an interrupt is pending: another look is due in the next cycle
        fall_through,  ///< granted without a wake-up: nothing is cleared, no trigger is re-armed
        event,         ///< a masked event is buffered
    };

    /// First cycle of the request in which the clock may be stopped, counted from the request;
    /// docs/spec/timing.md section 4.
    static constexpr Cycles kCyclesToSleep = 4;

    Latched event_mask;     ///< lines that wake the core
    Latched irq_mask;       ///< lines that interrupt it
    Latched software_mask;  ///< target cores of its software-event wait forms; 0 = all

    [[nodiscard]] u32 buffer() const { return buffer_; }
    [[nodiscard]] u32 wake_lines() const { return buffer_ & event_mask.now; }
    [[nodiscard]] u32 interrupt_lines() const { return buffer_ & irq_mask.now; }
    [[nodiscard]] bool is_clock_on(Cycles now) const { return now < stopped_from_; }

    /// `lines` pulse in this cycle.
    void raise(u32 lines) { incoming_ |= lines; }
    /// Wins over what arrives in the same cycle.
    void clear(u32 lines) { clearing_ |= lines; }
    /// Ends the cycle, in which the lines `levels` were high; returns the buffer bits that
    /// became 1.
    u32 clock_edge(u32 levels);

    /// A sleeping read starts, perhaps as the replay of an interrupted one. True when its side
    /// effect takes place: once, until a wake-up re-arms it.
    [[nodiscard]] bool begin_wait(Cycles now, bool may_stop_clock);
    /// False between an interrupt that ended a sleeping read and the next wake-up: reads that
    /// trigger something trigger nothing (trigger_release).
    [[nodiscard]] bool is_armed() const { return is_armed_; }
    /// The interrupt is tested before the events.
    [[nodiscard]] Wake poll(Cycles now);
    /// The read is granted because of an event; a clearing one empties the masked part of the
    /// buffer.
    void wake(bool clears);
    /// The read is gone without a wake-up.
    void end_wait();
    void serialize(StateArchive& archive) {
        archive(event_mask, irq_mask, software_mask, buffer_, incoming_, clearing_, is_armed_,
                is_interrupted_, interrupted_from_, sleeps_again_, may_sleep_from_, stopped_from_);
    }

private:
    [[nodiscard]] Wake poll_interrupted(Cycles now);

    u32 buffer_ = 0;
    u32 incoming_ = 0;
    u32 clearing_ = 0;
    bool is_armed_ = true;
    // State IRQ_WHILE_SLEEP. It outlives the read that it let through: until a wake-up, or until a
    // read that waits without an interrupt has fallen asleep again.
    bool is_interrupted_ = false;
    Cycles interrupted_from_ = 0;   // the state holds from this cycle on
    Cycles sleeps_again_ = kNever;  // and is left for SLEEP in this one
    Cycles may_sleep_from_ = kNever;
    Cycles stopped_from_ = kNever;
};

}  // namespace flexv::event_unit
