// SPDX-License-Identifier: Apache-2.0
// A clock and the timeline that is counted in it. Inside a domain everything is integer cycles;
// SystemC time appears where a payload enters or leaves, and where two domains meet.
#pragma once

#include "base/timeline.hpp"

#include <algorithm>
#include <systemc>

namespace flexv {

inline constexpr u64 kNoTicks = ~u64{0};  ///< later than every time, in SystemC's resolution

struct ClockDomain {
    Timeline timeline;
    sc_core::sc_time period{1, sc_core::SC_NS};
    Cycles anchor = 0;                                     ///< the period holds from this cycle on
    sc_core::sc_time anchor_time = sc_core::SC_ZERO_TIME;  ///< SystemC time of that cycle
    bool goes_first = true;  ///< before the other domain, where cycles of both begin together

    /// `cycle` must not lie before the anchor.
    [[nodiscard]] sc_core::sc_time time_of(Cycles cycle) const {
        return sc_core::sc_time::from_value(ticks_of(cycle));
    }
    [[nodiscard]] sc_core::sc_time duration_of(Cycles cycles) const {
        return sc_core::sc_time::from_value(period.value() * u64(cycles));
    }
    /// The first cycle that begins at `time` or later.
    [[nodiscard]] Cycles cycle_at(const sc_core::sc_time& time) const {
        return cycle_at_ticks(time.value());
    }
    /// Whole cycles that `duration` covers, rounded up: a response is used at a clock edge.
    [[nodiscard]] Cycles cycles_in(const sc_core::sc_time& duration) const {
        const u64 ticks = duration.value();
        const u64 step = period.value();
        return Cycles{(ticks + step - 1) / step};
    }

    // The same in SystemC's time resolution: this is what happens at every meeting of two domains.

    [[nodiscard]] u64 ticks_of(Cycles cycle) const {
        return anchor_time.value() + period.value() * u64(cycle - anchor);
    }
    [[nodiscard]] Cycles cycle_at_ticks(u64 ticks) const {
        const u64 start = anchor_time.value();
        const u64 step = period.value();
        return ticks > start ? anchor + Cycles{(ticks - start + step - 1) / step} : anchor;
    }
    /// Of the next act, after the timeline has stopped; kNoTicks when there is none.
    [[nodiscard]] u64 next_act_ticks() const {
        const Cycles next = timeline.next_act();
        return next == kNever ? kNoTicks : ticks_of(next);
    }
    /// The first cycle that is carried out behind an act of the other domain at `ticks`.
    [[nodiscard]] Cycles cycle_behind(u64 ticks) const {
        if (ticks == kNoTicks)
            return kNever;
        return cycle_at_ticks(goes_first ? ticks + 1 : ticks);
    }
    /// Another frequency from the present cycle of the timeline on.
    void retune(const sc_core::sc_time& new_period) {
        anchor_time = time_of(timeline.now());
        anchor = timeline.now();
        period = new_period;
    }
    /// Which clock it has had; the timeline aside.
    void serialize(StateArchive& archive) {
        u64 step = period.value();
        u64 start = anchor_time.value();
        archive(step, anchor, start);
        period = sc_core::sc_time::from_value(step);
        anchor_time = sc_core::sc_time::from_value(start);
    }
};

/// The domain of a clock that has a name, so that its cycles have a type of their own. Blocks in it
/// know it as a ClockDomain; whoever has to do with two domains knows them by name.
template <typename Clock>
struct NamedDomain : ClockDomain {
    using Time = CyclesOf<Clock>;

    [[nodiscard]] Time now() const { return Time(timeline.now()); }
    [[nodiscard]] Time last_act() const { return Time(timeline.last_act()); }
    Time run_until(Time end) { return Time(timeline.run_until(Cycles(end))); }
    void skip_to(Time cycle) { timeline.skip_to(Cycles(cycle)); }
    void look_at(Time cycle) { timeline.look_at(Cycles(cycle)); }
    void expect_outside(Time first) { timeline.expect_outside(Cycles(first)); }

    // As those of ClockDomain.

    [[nodiscard]] sc_core::sc_time time_of(Time cycle) const {
        return ClockDomain::time_of(Cycles(cycle));
    }
    [[nodiscard]] sc_core::sc_time duration_of(Time cycles) const {
        return ClockDomain::duration_of(Cycles(cycles));
    }
    [[nodiscard]] Time cycle_at(const sc_core::sc_time& time) const {
        return Time(ClockDomain::cycle_at(time));
    }
    [[nodiscard]] Time cycles_in(const sc_core::sc_time& duration) const {
        return Time(ClockDomain::cycles_in(duration));
    }
    [[nodiscard]] u64 ticks_of(Time cycle) const { return ClockDomain::ticks_of(Cycles(cycle)); }
    [[nodiscard]] Time cycle_at_ticks(u64 ticks) const {
        return Time(ClockDomain::cycle_at_ticks(ticks));
    }
    [[nodiscard]] Time cycle_behind(u64 ticks) const {
        return Time(ClockDomain::cycle_behind(ticks));
    }
};

/// While it lives, whoever acts in the domain `from` acts on the domain `to`. What happens in `to`
/// before the present act of `from` has happened when it begins, whatever is planned there; and if
/// `to` now has something to do earlier than `from` expects, `from` stops behind its present cycle.
class Meeting {
public:
    Meeting(ClockDomain& from, ClockDomain& to) : from_(from), to_(to) {
        to.timeline.skip_to(to.cycle_behind(from.ticks_of(from.timeline.now())));
    }
    Meeting(const Meeting&) = delete;
    Meeting& operator=(const Meeting&) = delete;
    ~Meeting() {
        const Cycles outside = from_.cycle_behind(to_.next_act_ticks());
        if (outside >= from_.timeline.outside())
            return;
        from_.timeline.expect_outside(outside);
        from_.timeline.stop();
    }

private:
    ClockDomain& from_;
    ClockDomain& to_;
};

/// A meeting of domains that have names, in which something is sent whose cycle is known.
template <typename From, typename To>
class Crossing final : private Meeting {
public:
    Crossing(NamedDomain<From>& from, NamedDomain<To>& to)
        : Meeting(from, to), from_(from), to_(to) {}

    /// The cycle of `to` that sees what `from` sends in its cycle `cycle`. That may lie ahead,
    /// because an access arrives later than it is carried out; nothing is seen before it is sent.
    [[nodiscard]] CyclesOf<To> arrival_of(CyclesOf<From> cycle) const {
        return std::max(to_.now(), to_.cycle_behind(from_.ticks_of(cycle)));
    }

private:
    NamedDomain<From>& from_;
    NamedDomain<To>& to_;
};

}  // namespace flexv
