// SPDX-License-Identifier: Apache-2.0
#include "timer/timer.hpp"

#include "base/state_archive.hpp"

namespace flexv::timer {

Timer::Timer(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : RegisterBlock(name, clock, {.size_bytes = 0x400, .unmapped = Unmapped::read_zero_and_warn}),
      config_(config),
      reference_clock_cycles_(config.reference_clock_cycles) {
    if (config.reference_clock_cycles == 0)
        throw UserError("{}.reference_clock_cycles = 0: must be at least 1", this->name());
    clock_.timeline.add(*this);
    configure_counters();
}

void Timer::reset() {
    RegisterBlock::reset();
    counters_ = {};
    levels_ = {};
    was_joined_ = false;
    configure_counters();
}

void Timer::serialize(StateArchive& archive) {
    RegisterBlock::serialize(archive);
    archive(counters_, levels_, was_joined_, reference_clock_cycles_);
}

void Timer::set_reference_clock_cycles(Cycles cycles) {
    FLEXV_ASSERT(cycles > 0, "edges of the reference are at least a cycle apart");
    advance(clock_.timeline.now());
    reference_clock_cycles_ = cycles;
    configure_counters();
    schedule_act(clock_.timeline.now() + 1);
}

void Timer::input_event(Line line, Cycles now) {
    if (config_of(line)[event_start] == 0)
        return;
    advance(now + 1);
    counters_[line].enable(true);
    schedule_act(now + 1);
}

void Timer::act(Cycles now) {
    advance(now);
    drive_lines(now);
    for (const Line line : {low, high}) {
        const Cycles next = counters_[line].next_change();
        if (config_of(line)[irq_enable] != 0 && next != kNever)
            clock_.timeline.schedule(*this, next);
    }
}

u32 Timer::read_config(Line line) {
    advance(bank_.now());
    const u32 rest = config_of(line).value() & ~enable.mask();
    return rest | (counters_[line].is_enabled() ? enable.mask() : 0);
}

u32 Timer::read_count(Line line) {
    advance(bank_.now());
    if (is_joined())
        return u32(counters_[low].count() >> (line == high ? 32 : 0));
    return u32(counters_[line].count());
}

// A write in cycle t is in force from t + 1 on.
void Timer::write_config(Line line, u32 value) {
    const Cycles in_force = bank_.now() + 1;
    advance(in_force);
    counters_[line].enable((value & enable.mask()) != 0);
    join_or_split();
    configure_counters();
    if ((value & reset_count.mask()) != 0)
        clear(line);
    config_of(line).set(reset_count, 0);
    schedule_act(in_force);
}

void Timer::write_count(Line line, u32 value) {
    const Cycles in_force = bank_.now() + 1;
    advance(in_force);
    if (is_joined()) {
        const unsigned shift = line == high ? 32 : 0;
        const u64 other = counters_[low].count() & ~(u64{~u32{0}} << shift);
        counters_[low].set_count(other | u64{value} << shift);
    } else {
        counters_[line].set_count(value);
    }
    schedule_act(in_force);
}

void Timer::write_compare() {
    const Cycles in_force = bank_.now() + 1;
    advance(in_force);
    configure_counters();
    schedule_act(in_force);
}

void Timer::start(Line line) {
    const Cycles in_force = bank_.now() + 1;
    advance(in_force);
    counters_[line].enable(true);
    schedule_act(in_force);
}

void Timer::restart(Line line) {
    const Cycles in_force = bank_.now() + 1;
    advance(in_force);
    clear(line);
    schedule_act(in_force);
}

void Timer::advance(Cycles cycle) {
    for (TickCounter& counter : counters_)
        counter.advance(cycle);
}

void Timer::clear(Line line) {
    if (is_joined() && line == high) {
        counters_[low].set_count(u32(counters_[low].count()));
        return;
    }
    counters_[line].set_count(0);
    counters_[line].clear_prescaler();
}

void Timer::join_or_split() {
    if (is_joined() == was_joined_)
        return;
    was_joined_ = is_joined();
    configure_counters();
    const u64 low_count = counters_[low].count();
    if (is_joined())
        counters_[low].set_count(counters_[high].count() << 32 | low_count);
    else
        counters_[high].set_count(low_count >> 32);
    if (!is_joined())
        counters_[low].set_count(u32(low_count));
}

void Timer::configure_counters() {
    for (const Line line : {low, high})
        counters_[line].configure(settings_of(line));
}

TickCounter::Settings Timer::settings_of(Line line) const {
    const Register& cfg = config_of(line);
    const bool is_joint = is_joined() && line == low;
    const u64 upper = is_joint ? u64{cmp_hi_.value()} << 32 : 0;
    return {.width_bits = is_joint ? 64U : 32U,
            .compare = upper | (line == low ? cmp_lo_ : cmp_hi_).value(),
            .cycles_per_edge = cfg[reference_clock] != 0 ? reference_clock_cycles_ : 1,
            .edges_per_tick = cfg[prescaler_enable] != 0 ? cfg[prescaler] + 1 : 1,
            .clears_on_match = cfg[compare_clear] != 0,
            .stops_after_match = cfg[one_shot] != 0,
            .is_paused = is_joined() && line == high};
}

bool Timer::level_of(Line line) const {
    const bool is_idle = is_joined() && line == high;
    return !is_idle && config_of(line)[irq_enable] != 0 && counters_[line].is_match();
}

void Timer::drive_lines(Cycles now) {
    for (const Line line : {low, high}) {
        const bool level = level_of(line);
        if (level == levels_[line])
            continue;
        levels_[line] = level;
        log_.debug("line {} {} in cycle {}", unsigned(line), level ? "rises" : "falls", now);
        interrupt_out(line, level, now);
    }
}

/// Looks at the lines in `cycle`, if there is one that can be high or has to fall.
void Timer::schedule_act(Cycles cycle) {
    for (const Line line : {low, high})
        if (config_of(line)[irq_enable] != 0 || levels_[line])
            clock_.timeline.schedule(*this, cycle);
}

}  // namespace flexv::timer
