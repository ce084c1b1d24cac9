// SPDX-License-Identifier: Apache-2.0
// A core that is observed: its decoded instructions execute through here.
#include "core/core.hpp"

#include <utility>

namespace flexv::core {

/// Stands in for a row. The core is the hart's bus.
void Core::execute_observed(isa::Hart& hart, const isa::Operands& /*op*/) {
    static_cast<Core*>(hart.bus)->execute_observed();
}

void Core::execute_observed() {
    static const isa::Instruction* const rows = isa::all_instructions().data();
    const Slot& slot = sequencer_.front();
    const isa::Instruction& row = rows[slot.row];
    if (!probes.instruction.is_attached()) {  // another core of the cluster is observed
        row.execute(hart_, slot.op);
        return;
    }
    const bool is_access = slot.access.mode != isa::AddressMode::none;
    const Execution execution{.slot = slot,
                              .row = row,
                              .pc = hart_.pc,
                              .decoded = decoded_,
                              .entered = is_access ? load_store_.access().entered : now_,
                              .cycle = now_,
                              .memory = is_access ? std::optional(seen_access()) : std::nullopt,
                              .previous = probes.instruction.previous()};
    Retired& retired = probes.instruction.next();
    note_state_before(execution, retired);
    probes.instruction.before(execution, hart_);
    row.execute(hart_, slot.op);
    hart_.x[0] = 0;
    probes.instruction.after(execution, hart_);
    retired.took_branch = slot.timing == isa::Timing::branch && hart_.next_pc != kNotTaken;
    retired.moved_slice =
        row.energy == isa::Energy::dot_product && hart_.mixed_slice != retired.slice;
    probes.instruction.retire();
    if (hart_.simd_legacy != retired.was_legacy && slot.timing != isa::Timing::csr)
        leave_page(slot, retired.took_branch);
}

void Core::note_state_before(const Execution& execution, Retired& retired) const {
    retired.slot = &execution.slot;
    retired.pc = execution.pc;
    retired.left = execution.cycle;
    retired.accumulator = hart_.x[execution.slot.op.rd];
    retired.format = hart_.simd_format;
    retired.slice = hart_.mixed_slice;
    retired.skip = hart_.mixed_skip;
    retired.was_legacy = hart_.simd_legacy;
    retired.waited_in_ex =
        execution.memory && load_store_.access().part == LoadStoreUnit::Part::second;
}

/// The access in EX with its data, without a side effect.
MemoryAccess Core::seen_access() const {
    const LoadStoreUnit::Access& access = load_store_.access();
    MemoryAccess seen{.address = access.address,
                      .bytes = access.bytes,
                      .is_write = access.is_write,
                      .is_tcdm = load_store_.is_in_tcdm()};
    if (seen.is_write)
        seen.data = hart_.x[sequencer_.front().op.rs2];
    else if (seen.is_tcdm)
        seen.data = load_store_.peek_tcdm();
    else
        seen.data = access.response;
    return seen;
}

/// The instruction behind `slot` means something else from now on: the step over it ends at the
/// page's sentinel, where the loop looks its successor up again. A jump looks up anyway.
void Core::leave_page(const Slot& slot, bool took_branch) {
    const bool jumps =
        slot.timing == isa::Timing::branch ? took_branch : hart_.next_pc != hart_.pc + slot.op.size;
    if (jumps)
        sequencer_.forget_page();
    else
        sequencer_.end_page_behind(slot);
}

}  // namespace flexv::core
