// SPDX-License-Identifier: Apache-2.0
// One decoded instruction, as it lies in memory beside its neighbours.
#pragma once

#include "isa/instruction.hpp"

namespace flexv::core {
class Block;
}

namespace flexv::isa {

/// A slot a halfword of code, in address order. Resource masks: bit r is x[r], bits 32..35 W0..W3,
/// bits 36..37 A0, A1.
struct alignas(64) Slot {
    Chain chain = nullptr;
    Operands op;
    u64 uses = 0;    ///< resources whose late arrival stalls this instruction
    u64 late = 0;    ///< resources that are there only for the instruction after the next
    u32 writes = 0;  ///< x registers written
    u16 row = 0;
    u8 flags = 0;  ///< of the decoder of a core, core::SlotFlag
    u8 step = 2;   ///< halfwords to the sequential successor
    Timing timing = Timing::single;
    Access access;
    Address pc = 0;                ///< of the slot, decoded or not
    core::Block* block = nullptr;  ///< the one that begins here; null: not known, or none
};
static_assert(sizeof(Slot) == 64);  // one line of the host's cache

}  // namespace flexv::isa
