// SPDX-License-Identifier: Apache-2.0
// A core that is observed: its decoded instructions execute through here.
#include "core/core.hpp"

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
    const bool was_legacy = hart_.simd_legacy;
    probes.instruction.execute(
        {.slot = slot,
         .row = row,
         .pc = hart_.pc,
         .decoded = decoded_,
         .entered = is_access ? load_store_.access().entered : now_,
         .cycle = now_,
         .memory =
             is_access ? std::optional(access_of(load_store_, hart_.x[slot.op.rs2])) : std::nullopt,
         .held_ex = is_access && load_store_.access().part == LoadStoreUnit::Part::second,
         .previous = probes.instruction.previous()},
        hart_);
    if (hart_.simd_legacy != was_legacy && slot.timing != isa::Timing::csr)
        sequencer_.change_mode_behind(slot);
}

}  // namespace flexv::core
