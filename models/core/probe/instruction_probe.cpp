// SPDX-License-Identifier: Apache-2.0
#include "core/probe/instruction_probe.hpp"

namespace flexv::core {

namespace {

void note_state_before(const Execution& execution, const isa::Hart& hart, Retired& retired) {
    retired.slot = &execution.slot;
    retired.pc = execution.pc;
    retired.left = execution.cycle;
    retired.accumulator = hart.x[execution.slot.op.rd];
    retired.format = hart.simd_format;
    retired.slice = hart.mixed_slice;
    retired.skip = hart.mixed_skip;
    retired.was_legacy = hart.simd_legacy;
    retired.waited_in_ex = execution.held_ex;
}

}  // namespace

MemoryAccess access_of(const LoadStoreUnit& unit, u32 stored) {
    const LoadStoreUnit::Access& access = unit.access();
    MemoryAccess seen{.address = access.address,
                      .bytes = access.bytes,
                      .is_write = access.is_write,
                      .is_tcdm = unit.is_in_tcdm()};
    if (seen.is_write)
        seen.data = stored;
    else if (seen.is_tcdm)
        seen.data = unit.peek_tcdm();
    else
        seen.data = access.response;
    return seen;
}

void InstructionProbe::execute(const Execution& execution, isa::Hart& hart) {
    const Slot& slot = execution.slot;
    Retired& retired = retired_[latest_ ^ 1];  // until it becomes the one before
    note_state_before(execution, hart, retired);
    for (Observer* const observer : observers_)
        observer->before(execution, hart);
    execution.row.execute(hart, slot.op);
    hart.x[0] = 0;
    for (Observer* const observer : observers_)
        observer->after(execution, hart);
    retired.took_branch = slot.timing == isa::Timing::branch && hart.next_pc != kNotTaken;
    retired.moved_slice =
        execution.row.energy == isa::Energy::dot_product && hart.mixed_slice != retired.slice;
    latest_ ^= 1;
}

}  // namespace flexv::core
