// SPDX-License-Identifier: Apache-2.0
// Where the next instruction comes from: jumps, hardware loops, decode, and the cache line that the
// fetch stage needs.
#include "core/core.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::core {

/// The jump in EX at now_ has sent the fetch stage to `target` in cycle `sent`.
void Core::jump_to(Address target, Cycles sent) {
    jumped_from_ = hart_.pc;
    scoreboard_.jump(sequencer_.front(), now_);
    ++now_;
    leave_for(target, sent, Stall::jump, sequencer_.behind_front(), false);
}

/// The fetch stage is sent to `target` in `cycle`, because the pipeline is emptied behind the
/// instruction at `from`. EX is free from now_ on.
void Core::flush_to(Address target, Cycles cycle, Address from) {
    jumped_from_ = from;
    leave_for(target, cycle, Stall::flush, sequencer_.front(), false);
}

/// The instruction that has left EX lets its successor wait, which keeps its place in the fetch
/// stage.
void Core::drain(Cycles cycles) {
    now_ += cycles;
    counters_.stall(Stall::flush, cycles);
    scoreboard_.flush();
    fetch_.set_ready(now_ - 2);
}

// With care: lines of the instruction cache are missing, or may be.

/// Brings the instruction in front into decode; false when a line has to come first.
bool Core::prepare() {
    if (fetch_.has_current())
        return true;
    while ((sequencer_.front().flags & (kPageEnd | kUndecoded)) != 0)
        (void)clear_obstacle();
    const std::optional<Cycles> taken = ahead_.prepare(now_);
    if (!taken) {
        state_ = State::fetching;
        fetch_.keep_going();
        return false;
    }
    if (*taken + 2 > now_)
        book_fetch(*taken + 2 - now_);
    const Slot& slot = sequencer_.front();
    if (fetch_.is_clocked())
        ahead_.clock_behind(slot, now_ + scoreboard_.wait_in_decode(slot, now_));
    return true;
}

/// The instruction in front comes later by `cycles`, which cover hazards.
void Core::delay(Stall cause, Cycles cycles) {
    counters_.stall(cause, cycles);
    now_ += cycles;
    scoreboard_.pass(cycles);
}

/// The fetch has lost `lost` cycles.
void Core::book_fetch(Cycles lost) {
    tell_wait(false, now_, now_ + lost);
    delay(Stall::fetch, lost);
    if (sequencer_.front().timing == isa::Timing::jump_register)
        scoreboard_.delay_jump_register(lost);
}

/// Behind the last instruction of a hardware loop's body: true when the loop goes on. Costs
/// nothing where its start has come in time, and hazards reach across the back edge.
bool Core::loops_back() {
    const isa::HardwareLoop* const loop = sequencer_.count_loop();
    if (loop == nullptr)
        return false;
    enter(loop->start);
    if (fetch_.is_clocked())
        return true;
    const Cycles decoded = fetch_.follow_back_edge(now_ - 1);
    if (decoded + 2 > now_)
        delay(Stall::jump, decoded + 2 - now_);
    fetch_.arrive(hart_.pc);
    return true;
}

/// What has left decode stays what it is: the instruction in EX, and the one before it for the
/// hazards.
void Core::code_changes(Address first, Address last) {
    const Slot* const previous = scoreboard_.previous();
    const Slot* const copy = sequencer_.keep(first, last, is_in_ex());
    if (copy == nullptr)
        return;
    if (Retired& retired = probes.instruction.previous(); retired.slot == previous)
        retired.slot = copy;
    scoreboard_.set_previous(copy);
}

void Core::decode_slot() {
    if (code_.decode(sequencer_.front(), hart_.pc, sequencer_.mode()))
        return;
    const std::string what = fmt::format(
        "instruction fetch from {:#010x}, where there is no memory; the last jump was at {:#010x}",
        hart_.pc, jumped_from_);
    if (config_.bus_errors == BusErrors::fault)
        fault(what);
    const u32 word = config_.address_map.error_word(hart_.pc);
    tell_misuse([&] {
        return fmt::format("{}; an error slave answers {:#010x}, which is executed", what, word);
    });
    const u32 rotated = (hart_.pc & 2) == 0 ? word : std::rotr(word, 16);
    code_.decode_word(sequencer_.front(), hart_.pc, sequencer_.mode(), rotated);
}

}  // namespace flexv::core
