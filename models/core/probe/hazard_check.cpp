// SPDX-License-Identifier: Apache-2.0
#include "core/probe/hazard_check.hpp"

#include "core/decode/hazards.hpp"
#include "core/probe/quirks.hpp"
#include "isa/csr.hpp"
#include "isa/rows/simd.hpp"

#include <algorithm>
#include <initializer_list>
#include <vector>

namespace flexv::core {

using isa::csr;

/// In the order of the table below.
enum HazardCheck::Rule : unsigned {
    clobbered_pointer,
    stale_accumulator,
    slow_mac_load,
    stalled_slice,
    skip_over_count,
    late_format,
    late_slice,
    late_skip,
    late_mode,
    address_restart,
    skip_phase,
    sub_byte_lanes,
    wide_clip,
    inverted_clear,
    no_such_csr,
    fixed_mtvec,
    no_op_return,
    slice_range,
    mac_load_in_shadow,
    misaligned_mac_load,
    single_instruction_loop,
    loop_ends_in_jump,
    late_loop_write,
    event_load_base,
};

namespace {

constexpr std::array kRules{
    HazardRule{"clobbered-pointer", "Q1",
               "a Mac&Load with a load in status mode has overwritten a register read here",
               "name x0 or a dead register as its rs1"},
    HazardRule{"stale-accumulator", "Q2",
               "reads the result of the Mac&Load right before it, and gets the old value",
               "put another instruction in between"},
    HazardRule{"slow-mac-load", "Q3",
               "Mac&Load loads from outside the TCDM: its result and the register it refills are "
               "wrong",
               "keep its operands in the TCDM"},
    HazardRule{"stalled-slice", "Q4",
               "waited for its load right behind the one that moved the slice, and uses the old "
               "slice",
               "let a Mac&Load without a load, or another instruction, follow the one that moves "
               "the slice"},
    HazardRule{"skip-over-count", "Q5, Q27",
               "a dot product that waits in decode counts more than once for the skip count",
               "put another instruction in front, or use a skip count of 0 or 1"},
    HazardRule{"late-format", "Q6", "the write to simd_format right before does not fully reach it",
               "put another instruction in between"},
    HazardRule{"late-slice", "Q6", "the write to mixed_slice right before does not fully reach it",
               "put another instruction in between"},
    HazardRule{"late-skip", "Q6", "the write to mixed_skip right before does not reach it",
               "put another instruction in between"},
    HazardRule{"late-mode", "Q6", "the write to simd_legacy right before does not reach it",
               "put another instruction in between"},
    HazardRule{"address-restart", "Q7",
               "reading this address CSR restarts its update counter in the middle of a sequence",
               "read it behind a whole number of sequences"},
    HazardRule{"skip-phase", "Q8",
               "the hidden skip counter is not 0: an earlier kernel stopped in mid-sequence",
               "let every kernel execute a multiple of its skip count"},
    HazardRule{"sub-byte-lanes", "Q10",
               "4-bit and 2-bit lanes of this instruction are not independent in hardware",
               "see docs/spec/isa.md 11.1 for what it computes"},
    HazardRule{"wide-clip", "Q9", "the bound overflows and the result is ~bound",
               "keep bound + operand below 2^31"},
    HazardRule{"inverted-clear", "Q12",
               "csrrc on a performance register computes operand & ~old, not old & ~operand",
               "use csrrw"},
    HazardRule{"no-such-csr", "Q13", "this CSR does not exist: it reads 0 and ignores writes",
               "use the performance counters or the timer instead"},
    HazardRule{"fixed-mtvec", "Q14", "mtvec follows the boot address and ignores the write",
               "set the boot address in the cluster control unit"},
    HazardRule{"no-op-return", "Q15", "uret does nothing, and dret outside debug mode jumps to dpc",
               "use mret"},
    HazardRule{"slice-range", "11.2", "mixed_slice lies beyond the weight word of this format",
               "write mixed_slice below the number of slices"},
    HazardRule{"mac-load-in-shadow", "Q25",
               "a Mac&Load right behind a taken branch does not execute, yet steps its address",
               "put another instruction behind the branch"},
    HazardRule{"misaligned-mac-load", "Q28",
               "a misaligned Mac&Load gives wrong results under bank conflicts",
               "align its addresses to 4 bytes"},
    HazardRule{"single-instruction-loop", "8",
               "a hardware loop needs two instructions; this one runs once",
               "add an instruction to the body"},
    HazardRule{"loop-ends-in-jump", "8",
               "the last instruction of a hardware loop jumps: the loop is left",
               "end the body with another instruction"},
    HazardRule{"late-loop-write", "8",
               "loop registers change within the last two instructions of the loop's body",
               "change them earlier in the body"},
    HazardRule{"event-load-base", "docs/spec/cluster.md 5.3",
               "p.elw with rd = rs1: after an interrupt it would start again from a lost address",
               "use another register for the result"},
};

bool is_mac_load(const Slot& slot) { return slot.timing == isa::Timing::mac_load; }
bool loads(const Slot& slot) { return slot.access.mode != isa::AddressMode::none; }
bool is_csr(const Slot& slot) { return slot.timing == isa::Timing::csr; }

/// A register-only read: csrrs or csrrc with x0 or 0 as operand.
bool only_reads_csr(const Slot& slot) {
    return !is_plain_csr_write(slot) && (slot.op.word >> 15 & 31) == 0;
}

constexpr u32 kOpcode = 0x7f;

bool begins_with_one_of(std::string_view name, std::initializer_list<std::string_view> prefixes) {
    return std::ranges::any_of(
        prefixes, [name](std::string_view prefix) { return name.starts_with(prefix); });
}

}  // namespace

/// What the rules ask of a row.
struct HazardCheck::RowFacts {
    // Its lanes depend on each other in a sub-byte format (docs/spec/isa.md 11.1).
    bool couples_nibbles = false;
    bool couples_crumbs = false;
    bool clips_signed = false;    ///< p.clipr
    bool clips_unsigned = false;  ///< p.clipur
    bool does_not_return = false;
    bool concerns_a_rule = false;  ///< any of these, or another rule looks at it

    explicit RowFacts(const isa::Instruction& row) {
        const std::string_view name = row.name;
        if (row.mode == isa::Mode::status) {
            couples_nibbles = begins_with_one_of(
                name, {"pv.sra.", "pv.avg.", "pv.cmpeq.", "pv.cmpne.", "pv.cmpge", "pv.cmplt"});
            couples_crumbs = begins_with_one_of(name, {"pv.sra.", "pv.avg", "pv.add."});
        }
        clips_signed = name == "p.clipr";
        clips_unsigned = name == "p.clipur";
        does_not_return = name == "uret" || name == "dret";
        concerns_a_rule = couples_nibbles || couples_crumbs || clips_signed || clips_unsigned ||
                          does_not_return || row.energy == isa::Energy::dot_product ||
                          is_special(row.timing) ||
                          (isa::encoding_of(row).match & kOpcode) == kVectorOpcode;
    }

    /// What waits, jumps or changes the core's own state.
    static bool is_special(isa::Timing timing) {
        using enum isa::Timing;
        return timing == mac_load || timing == csr || timing == hardware_loop || timing == jump ||
               timing == jump_register || timing == event_load;
    }

    [[nodiscard]] bool has_coupled_lanes(isa::Format format) const {
        return (format == isa::Format::n && couples_nibbles) ||
               (format == isa::Format::c && couples_crumbs);
    }
    /// Q9: an operand inside the range whose sum with the bound reaches bit 31.
    [[nodiscard]] bool overflows(u32 operand, u32 bound) const {
        const bool is_inside = i32(operand) >= 0 && i32(operand) <= i32(bound);
        return is_inside && ((clips_signed && i32(operand + bound + 1) < 0) ||
                             (clips_unsigned && i32(operand + bound) < 0));
    }
};

std::span<const HazardCheck::RowFacts> HazardCheck::row_facts() {
    static const std::vector<RowFacts> facts(isa::all_instructions().begin(),
                                             isa::all_instructions().end());
    return facts;
}

std::span<const HazardRule> hazard_rules() {
    static_assert(kRules.size() == HazardCheck::event_load_base + 1, "every rule has its text");
    return kRules;
}

void HazardCheck::warn(Address pc, Rule rule) {
    if (reported_.insert({pc, rule}).second)
        report_(pc, kRules[rule]);
}

void HazardCheck::warn_if(bool condition, const Execution& execution, Rule rule) {
    if (condition)
        warn(execution.pc, rule);
}

/// Most instructions are of no interest to any rule, and stand behind another such one.
bool HazardCheck::is_of_interest(const Execution& execution) const {
    const Retired& previous = execution.previous;
    return facts_[execution.slot.row].concerns_a_rule || clobbered_ != 0 || previous.took_branch ||
           (previous.slot != nullptr && is_mac_load(*previous.slot));
}

void HazardCheck::before(const Execution& execution, isa::Hart& hart) {
    if (!is_of_interest(execution))
        return;
    check_registers(execution);
    if (is_mac_load(execution.slot))
        check_mac_load(execution);
    if (execution.row.energy == isa::Energy::dot_product)
        check_slices(execution, hart);
    if (uses_format(execution))
        check_csr_distance(execution, hart);
    if (is_csr(execution.slot))
        check_csr_access(execution, hart);
    check_arithmetic(execution, hart);
    check_loops(execution, hart);
}

void HazardCheck::after(const Execution& execution, isa::Hart& hart) {
    if (!facts_[execution.slot.row].concerns_a_rule && clobbered_ == 0)
        return;
    track_clobbered(execution);
    if (execution.slot.timing == isa::Timing::hardware_loop)
        for (const isa::HardwareLoop& loop : hart.loops)
            warn_if(loop.count > 1 && loop.start == loop.end, execution, single_instruction_loop);
}

void HazardCheck::check_registers(const Execution& execution) {
    const Slot& slot = execution.slot;
    const Retired& previous = execution.previous;
    const bool follows_mac_load = execution.is_right_behind() && is_mac_load(*previous.slot);
    if (clobbered_ != 0 || follows_mac_load) {
        u32 reads = isa::registers_read(execution.row, slot.op) & ~1U;
        if (is_mac_load(slot) && execution.row.mode == isa::Mode::status)
            reads &= ~(1U << slot.op.rs1) | (1U << slot.op.rd);  // named, not read
        warn_if((reads & clobbered_) != 0, execution, clobbered_pointer);
        warn_if(follows_mac_load && (reads >> previous.slot->op.rd & 1) != 0, execution,
                stale_accumulator);
    }
    if (slot.timing == isa::Timing::event_load)
        warn_if(slot.op.rd == slot.op.rs1, execution, event_load_base);
    if (previous.took_branch) {
        const Slot& shadow = previous.slot[previous.slot->step];
        const bool is_decoded = (shadow.flags & (kUndecoded | kPageEnd | kIllegal)) == 0;
        if (is_decoded && is_mac_load(shadow) && loads(shadow))
            warn(previous.pc + previous.slot->op.size, mac_load_in_shadow);
    }
}

/// Q1: in status mode a Mac&Load with a load leaves garbage in rs1, unless it is rd as well.
void HazardCheck::track_clobbered(const Execution& execution) {
    const Slot& slot = execution.slot;
    clobbered_ &= ~slot.writes;
    if (is_mac_load(slot) && loads(slot) && execution.row.mode == isa::Mode::status &&
        slot.op.rs1 != slot.op.rd)
        clobbered_ |= 1U << slot.op.rs1;
    clobbered_ &= ~1U;
}

void HazardCheck::check_mac_load(const Execution& execution) {
    if (!execution.memory)
        return;
    warn_if(!execution.memory->is_tcdm, execution, slow_mac_load);
    warn_if((execution.memory->address & 3) != 0, execution, misaligned_mac_load);
    const bool waits = execution.cycle != execution.entered;
    warn_if(waits && execution.is_right_behind() && execution.previous.moved_slice &&
                execution.slot.op.rd != 0,
            execution, stalled_slice);
}

void HazardCheck::check_slices(const Execution& execution, const isa::Hart& hart) {
    const u32 slices = isa::slices_of_format(hart.simd_format);
    warn_if(!hart.simd_legacy && slices > 1 && hart.mixed_slice >= slices, execution, slice_range);
    warn_if(
        is_vector_dot_product(execution) && hart.mixed_skip >= 2 && execution.waited_in_decode(),
        execution, skip_over_count);
}

/// An instruction right behind a write to one of the CSRs 0x00D to 0x010.
void HazardCheck::check_csr_distance(const Execution& execution, const isa::Hart& hart) {
    const Retired& previous = execution.previous;
    if (!execution.is_right_behind() || !is_csr(*previous.slot))
        return;
    const bool is_dot = execution.row.energy == isa::Energy::dot_product;
    const bool counts_slices =
        is_vector_dot_product(execution) && isa::slices_of_format(hart.simd_format) > 1;
    const unsigned number = csr_of(*previous.slot);
    if (number == csr("simd_format")) {
        const bool is_hidden = !is_plain_csr_write(*previous.slot) && !hart.simd_legacy &&
                               previous.format != hart.simd_format;
        const bool spoils_slice = is_plain_csr_write(*previous.slot) && counts_slices;
        warn_if(is_hidden || spoils_slice, execution, late_format);
    } else if (number == csr("mixed_slice")) {
        warn_if(counts_slices && previous.slice != hart.mixed_slice, execution, late_slice);
    } else if (number == csr("mixed_skip")) {
        warn_if(is_dot && previous.skip != hart.mixed_skip, execution, late_skip);
    } else if (number == csr("simd_legacy")) {
        warn_if(previous.was_legacy != hart.simd_legacy, execution, late_mode);
    }
}

void HazardCheck::check_csr_access(const Execution& execution, const isa::Hart& hart) {
    const Slot& slot = execution.slot;
    const unsigned number = csr_of(slot);
    const bool reads = only_reads_csr(slot);
    warn_if(number == csr("a_address") && reads && hart.activations.count != 0, execution,
            address_restart);
    warn_if(number == csr("w_address") && reads && hart.weights.count != 0, execution,
            address_restart);
    warn_if(number == csr("mixed_skip") && !reads && hart.mixed_count != 0, execution, skip_phase);
    const bool clears = (slot.op.word >> 12 & 3) == 3;
    warn_if(clears && is_performance_csr(number), execution, inverted_clear);
    warn_if(!isa::csr_has_name(number), execution, no_such_csr);
    warn_if(number == csr("mtvec") && !reads && !mtvec_is_writable_, execution, fixed_mtvec);
}

void HazardCheck::check_arithmetic(const Execution& execution, const isa::Hart& hart) {
    const RowFacts& facts = facts_[execution.slot.row];
    const isa::Operands& op = execution.slot.op;
    warn_if(facts.has_coupled_lanes(isa::Format(hart.simd_format)), execution, sub_byte_lanes);
    warn_if(facts.overflows(hart.x[op.rs1], hart.x[op.rs2]), execution, wide_clip);
    warn_if(facts.does_not_return, execution, no_op_return);
}

void HazardCheck::check_loops(const Execution& execution, const isa::Hart& hart) {
    const Slot& slot = execution.slot;
    const bool is_jump =
        slot.timing == isa::Timing::jump || slot.timing == isa::Timing::jump_register;
    const Retired& previous = execution.previous;
    const bool changes_loops =
        slot.timing == isa::Timing::hardware_loop ||
        (is_csr(slot) && !only_reads_csr(slot) && csr_of(slot) >= 0x7c0 && csr_of(slot) <= 0x7c6);
    if (!is_jump && !changes_loops && !previous.took_branch)
        return;
    for (const isa::HardwareLoop& loop : hart.loops) {
        if (previous.took_branch && previous.pc == loop.end && loop.count != 0)
            warn(previous.pc, loop_ends_in_jump);
        if (loop.count < 2)
            continue;
        const bool is_last = execution.pc == loop.end;
        warn_if(is_jump && is_last, execution, loop_ends_in_jump);
        const bool is_near_end = is_last || execution.pc + slot.op.size == loop.end;
        const bool is_inside = execution.pc >= loop.start;
        warn_if(changes_loops && is_near_end && is_inside, execution, late_loop_write);
    }
}

}  // namespace flexv::core
