// SPDX-License-Identifier: Apache-2.0
// Where the next instruction comes from: jumps, hardware loops, decode, and the cache line that the
// fetch stage needs.
#include "core/hot_path.hpp"
#include "core/watch.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::core {

/// Leaves the straight path; the instruction in EX at now_ is the jump.
void Core::jump_to(Address target, Cycles bubbles) {
    // Its fetch overlaps: docs/spec/timing.md 1.8.
    const Cycles paid = hides_bubble_ ? bubbles - 1 : bubbles;
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

/// The loop to continue behind the instruction at `pc`, its counter already taken down; null to go
/// on. Loop 0 has priority (docs/spec/isa.md section 8).
const isa::HardwareLoop* Core::loop_that_ends_at(Address pc) {
    for (isa::HardwareLoop& loop : hart_.loops) {
        if (loop.end != pc || loop.count < 2)
            continue;
        // One instruction is too short for a loop: directly behind its set-up it runs once, else
        // twice (docs/spec/timing.md 1.4, `hwl_1x10`).
        if (loop.start == loop.end && previous_ != nullptr &&
            (previous_->timing == isa::Timing::hardware_loop || previous_->pc == pc))
            return nullptr;
        --loop.count;
        return &loop;
    }
    return nullptr;
}

/// Behind the last instruction of a hardware loop's body: true when the loop goes on. Costs
/// nothing, and hazards reach across the back edge. The prefetch buffer asks for the first word of
/// the target in the cycle in which the last instruction of the body appears behind the one before
/// it in decode; the second word of an unaligned 32-bit target comes three cycles later, in time
/// only if something held up one of the two (docs/spec/timing.md 1.8, `hwl_odd32`).
bool Core::loops_back() {
    const isa::HardwareLoop* const loop = loop_that_ends_at(hart_.pc);
    if (loop == nullptr)
        return false;
    const Cycles appeared = entered_[2];  // when the last but one went from fetch to decode
    enter(loop->start);
    if (now_ < appeared + pipeline::kUnalignedLoop && pay_unaligned_target())
        note_entry(now_ - 1);
    return true;
}

void Core::enter_page(Address base) {
    page_ = code_.slot(base, mode());
    page_base_ = base;
}

/// What has left decode stays what it is, though others may execute the new code already: the
/// instruction in EX, and the one before it for the hazards.
void Core::code_changes(Address first, Address last) {
    const auto meets = [&](const Slot* slot) {
        return slot != nullptr && slot->pc <= last && slot->pc + (slot->op.size - 1) >= first;
    };
    if (previous_ != &kept_.previous && (meets(previous_) || previous_ == kept_.in_ex.data())) {
        kept_.previous = *previous_;
        if (watch_ && watch_->previous.slot == previous_)
            watch_->previous.slot = &kept_.previous;
        previous_ = &kept_.previous;
    }
    if (!is_in_ex() || slot_ == kept_.in_ex.data() || !meets(slot_))
        return;
    Slot sentinel;
    sentinel.flags = kPageEnd;
    kept_.in_ex.fill(sentinel);
    kept_.in_ex.front() = *slot_;
    slot_ = kept_.in_ex.data();
}

void Core::decode_slot() {
    if (code_.decode(*slot_, hart_.pc, mode()))
        return;
    const std::string what = fmt::format(
        "instruction fetch from {:#010x}, where there is no memory; the last jump was at {:#010x}",
        hart_.pc, jumped_from_);
    if (config_.bus_errors == BusErrors::fault)
        fault(what);
    const u32 word = error_word(hart_.pc);
    tell_misuse(fmt::format("{}; an error slave answers {:#010x}, which is executed", what, word));
    const u32 rotated = (hart_.pc & 2) == 0 ? word : std::rotr(word, 16);
    code_.decode_word(*slot_, hart_.pc, mode(), rotated);
}

/// Asks the cache for a line that the filter does not know.
bool Core::finds_line(Address line) {
    if (!fetch_->hit(config_.index, line)) {
        missing_line_ = line;
        return false;
    }
    enter_line(line);
    return true;
}

/// wrong_path_misses() for words that reach into another line than the current one.
bool Core::wrong_line_misses(Address pc, Cycles left, unsigned words) {
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

void Core::end_fetch(Cycles now) {
    const Address line = std::exchange(missing_line_, kNoLine);
    if (flow_target_ == kNoTarget) {
        const Cycles reached = fetch_->fetch(config_.index, line, now, slack());
        enter_line(line);
        now_ = reached;
        stall(Stall::fetch, reached - now);
        tell_wait(false, now, reached);
        if (reached != now) {
            restart_slack();
            arrived_ = reached - 1;
        }
    } else {
        const Cycles reached = fetch_->fetch(config_.index, line, now, slack_);
        line_ = line;
        now_ = std::max(target_cycle_, reached + 1);
        stall(Stall::fetch, now_ - target_cycle_);
        tell_wait(false, target_cycle_, now_);
        arrive_at(std::exchange(flow_target_, kNoTarget));
    }
    run();
}

}  // namespace flexv::core
