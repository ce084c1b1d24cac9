// SPDX-License-Identifier: Apache-2.0
// Where the next instruction comes from: jumps, hardware loops, decode, and the cache line that the
// fetch stage needs.
#include "core/core.hpp"
#include "core/pipeline.hpp"

#include <algorithm>
#include <utility>

namespace flexv::core {

/// Leaves the straight path; the instruction in EX at now_ is the jump.
void Core::jump_to(Address target, Cycles bubbles) {
    const Cycles paid = hides_bubble_ ? bubbles - 1 : bubbles;  // timing.md 1.8: its fetch overlaps
    const Cycles left = now_;
    now_ += 1 + paid;
    stall(Stall::jump, paid);
    leave_for(target, left, kWordsBehindJump);
}

/// Refetches from `target` behind the instruction at `from` that drained the pipeline and has left
/// EX.
void Core::flush_to(Address target, Cycles bubbles, Address from) {
    const Cycles paid = hides_bubble_ ? bubbles - 1 : bubbles;
    const Cycles left = now_ - 1;
    now_ += paid;
    stall(Stall::flush, paid);
    jumped_from_ = from;
    if (fetch_ != nullptr && wrong_path_misses(from, left, kWordsBehindFlush))
        flow_target_ = target;
    else
        arrive_at(target);
}

/// The instruction at hart_.pc was in EX at `left`; its target enters EX at now_ at the earliest.
void Core::leave_for(Address target, Cycles left, unsigned words) {
    jumped_from_ = hart_.pc;
    pays_unaligned_target_ = true;
    if (fetch_ != nullptr && wrong_path_misses(hart_.pc, left, words))
        flow_target_ = target;
    else
        arrive_at(target);
}

/// By the time the fetch stage is redirected it has asked for some `words` behind `pc`. A miss
/// among them holds up the target: it is noted as missing, to be fetched in its cycle.
bool Core::wrong_path_misses(Address pc, Cycles left, unsigned words) {
    slack_ = std::min<Cycles>(1, slack_ + bubbles_ - line_stalls_);
    words += unsigned(slack_);
    for (unsigned word = 1; word <= words; ++word) {
        const Address line = (pc + 4 * word) & ~Address{kFetchLineBytes - 1};
        if (line == line_)
            continue;
        if (filter_->take(line) || fetch_->hit(config_.index, line))
            return false;
        missing_line_ = line;
        target_cycle_ = now_;
        now_ = left + word;
        return true;
    }
    return false;
}

/// The bubbles in front of the target cover every hazard.
void Core::arrive_at(Address target) {
    late_ = 0;
    late_before_ = 0;
    previous_ = nullptr;
    restart_slack();
    enter(target);
    if (std::exchange(pays_unaligned_target_, false))
        pay_unaligned_target();
    note_entry(now_ - 1);  // the target is in decode in this cycle, as behind an instruction in EX
}

/// Makes `target` the next instruction.
void Core::enter(Address target) {
    hart_.pc = target;
    const Address base = target & ~kPageMask;
    if (base != page_base_) {
        page_ = code_.slot(base, mode());
        page_base_ = base;
    }
    slot_ = page_ + (target & kPageMask) / 2;
    if ((slot_->flags & kUndecoded) != 0)
        decode_slot();
    if (fetch_ != nullptr)
        (void)has_line(target);
}

/// A 32-bit instruction at address mod 4 = 2 needs two words of the fetch port.
bool Core::pay_unaligned_target() {
    if ((hart_.pc & 2) == 0 || slot_->op.size != 4)
        return false;
    now_ += pipeline::kUnalignedTarget;
    stall(Stall::jump, pipeline::kUnalignedTarget);
    return true;
}

/// The loop to continue behind the instruction at `pc`, its counter already taken down; null to go
/// on. Loop 0 has priority (isa.md section 8).
const isa::HardwareLoop* Core::loop_that_ends_at(Address pc) {
    for (isa::HardwareLoop& loop : hart_.loops) {
        if (loop.end != pc || loop.count < 2)
            continue;
        // One instruction is too short for a loop: directly behind its set-up it runs once, else
        // twice (timing.md 1.4, `hwl_1x10`).
        if (loop.start == loop.end && previous_ != nullptr &&
            (previous_->timing == isa::Timing::hardware_loop || previous_ == slot_))
            return nullptr;
        --loop.count;
        return &loop;
    }
    return nullptr;
}

/// Costs nothing, and hazards reach across the back edge. The prefetch buffer asks for the first
/// word of the target in the cycle in which the last instruction of the body appears behind the one
/// before it in decode; the second word of an unaligned 32-bit target comes three cycles later, in
/// time only if something held up one of the two (timing.md 1.8, `hwl_odd32`).
void Core::loop_back(const isa::HardwareLoop& loop) {
    const Cycles appeared = entered_[2];  // when the last but one went from fetch to decode
    enter(loop.start);
    if (now_ < appeared + pipeline::kUnalignedLoop && pay_unaligned_target())
        note_entry(now_ - 1);
}

void Core::decode_slot() {
    if (!code_.decode(*slot_, hart_.pc, mode()))
        fault(
            fmt::format("instruction fetch from {:#010x}, where there is no memory; the last jump "
                        "was at {:#010x}",
                        hart_.pc, jumped_from_));
}

/// True when the fetch stage has the line of `address` or gets it at once. `stalls` are the stall
/// cycles so far: while EX stalls the prefetch buffer asks for lines ahead (base/fetch_port.hpp).
bool Core::takes_line(Address address, u64 stalls) {
    const Address line = address & ~Address{kFetchLineBytes - 1};
    if (line == line_)
        return true;
    if (!filter_->take(line))
        return false;
    enter_line(line, stalls);
    return true;
}

void Core::enter_line(Address line, u64 stalls) {
    line_ = line;
    slack_ = std::min<Cycles>(slack_, 1) + (stalls - line_stalls_);
    line_stalls_ = stalls;
}

/// As takes_line(), asking the cache; otherwise notes the line as missing.
bool Core::has_line(Address address) {
    if (takes_line(address, bubbles_))
        return true;
    const Address line = address & ~Address{kFetchLineBytes - 1};
    if (!fetch_->hit(config_.index, line)) {
        missing_line_ = line;
        return false;
    }
    enter_line(line, bubbles_);
    return true;
}

void Core::end_fetch(Cycles now) {
    const Address line = std::exchange(missing_line_, kNoLine);
    if (flow_target_ == kNoTarget)
        enter_line(line, bubbles_);
    const Cycles reached = fetch_->fetch(config_.index, line, now, slack_);
    if (flow_target_ == kNoTarget) {
        now_ = reached;
        stall(Stall::fetch, reached - now);
        tell_wait(false, now, reached);
        if (reached != now)
            restart_slack();
    } else {
        line_ = line;
        now_ = std::max(target_cycle_, reached + 1);
        stall(Stall::fetch, now_ - target_cycle_);
        tell_wait(false, target_cycle_, now_);
        arrive_at(std::exchange(flow_target_, kNoTarget));
    }
    run();
}

void Core::restart_slack() {
    slack_ = 0;
    line_stalls_ = bubbles_;
}

}  // namespace flexv::core
