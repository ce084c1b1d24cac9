// SPDX-License-Identifier: Apache-2.0
// One decoded instruction, as it lies in memory beside its neighbours.
#pragma once

#include "base/fetch_port.hpp"
#include "core/fetch/fetch_stage.hpp"
#include "isa/instruction.hpp"

namespace flexv::core {

class BasicBlock;

/// Why an instruction leaves the straight path of the tight loop; 0 for most instructions.
enum SlotFlag : u8 {
    kUndecoded = 1,   ///< not decoded yet, or forgotten
    kPageEnd = 2,     ///< behind the last halfword of the page
    kSpecial = 4,     ///< not for the tight loop: has no chain, accesses memory, or is observed
    kLoopEnd = 8,     ///< some hardware loop ended here; the hart's own registers decide
    kLineStart = 16,  ///< needs a cache line that the instruction before it did not
    kStop = 32,       ///< region mark (slti/sltiu x0, x0, N), or a debugger may stop here
    kIllegal = 64,
    kBranch = 128,  ///< conditional branch
};

/// One slot for each halfword of code, in address order. Resource masks: bit r is x[r], bits 32..35
/// W0..W3, bits 36..37 A0, A1.
struct alignas(64) Slot {
    isa::Chain chain = nullptr;
    isa::Operands op;
    u64 uses = 0;    ///< resources whose late arrival stalls this instruction
    u64 late = 0;    ///< resources that are there only for the instruction after the next
    u32 writes = 0;  ///< x registers written
    u16 row = 0;
    u8 flags = 0;  ///< SlotFlag
    u8 step = 2;   ///< halfwords to the sequential successor
    isa::Timing timing = isa::Timing::single;
    isa::Access access;
    Address pc = 0;               ///< of the slot, decoded or not
    BasicBlock* block = nullptr;  ///< the one that begins here; null: not known, or none
};
static_assert(sizeof(Slot) == 64);  // one line of the host's cache

/// One cycle, or a branch: executes in a block.
constexpr bool is_plain(u8 flags) { return (flags & ~(kLineStart | kBranch)) == 0; }
/// A load, store or Mac&Load with a load that nobody stops at.
inline bool is_access(const Slot& slot) {
    return (slot.flags & ~kLineStart) == kSpecial && slot.access.mode != isa::AddressMode::none;
}
/// A block can begin with it.
inline bool begins_block(const Slot& slot) {
    return is_plain(slot.flags) || (is_access(slot) && slot.chain != nullptr);
}
/// While it stays in decode nobody but the instruction in EX decides what is fetched next.
inline bool goes_straight(const Slot& slot) {
    return slot.timing != isa::Timing::jump && slot.timing != isa::Timing::jump_register &&
           (slot.flags & (kLoopEnd | kUndecoded | kPageEnd)) == 0;
}
/// Right behind a taken branch it is not executed, yet its cycles may be lost.
inline bool costs_in_shadow(const Slot& slot) {
    return (slot.flags & kUndecoded) != 0 || slot.timing == isa::Timing::divide ||
           slot.timing == isa::Timing::multiply_high;
}
/// The last word that the fetch stage asks for while `slot` stays in EX and its successor, which
/// goes straight, in decode.
inline Address reach_of_stage(const Slot& slot) {
    const Slot& next = *(&slot + slot.step);
    return FetchStage::reach_behind(slot.pc + 2U * (slot.step + next.step));
}
/// The cache line of the instruction's last byte.
inline Address last_line(const Slot& slot) { return line_of(slot.pc + (slot.op.size - 1)); }
/// Number of the CSR of a CSR instruction.
inline unsigned csr_of(const Slot& slot) { return slot.op.word >> 20; }
/// Nothing behind the instruction in its word would still be needed.
inline bool pops_word(const Slot& slot) { return (slot.pc & 2) != 0 || slot.step == 2; }

}  // namespace flexv::core
