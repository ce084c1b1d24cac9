// SPDX-License-Identifier: Apache-2.0
// The place where somebody may look at every instruction of a core: traces, checks, and the quirks
// of the RTL. A core without observers does not know that they exist: observation replaces the
// rows' functions when instructions are decoded.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "core/decode/decode_cache.hpp"
#include "isa/hart.hpp"

#include <optional>

namespace flexv::core {

/// A load or store as the core sees it; both parts of a misaligned one together.
struct MemoryAccess {
    Address address = 0;
    u8 bytes = 0;
    bool is_write = false;
    bool is_tcdm = false;
    u32 data = 0;  ///< in the low `bytes`; of a load, before it is extended
};

/// The instruction before, as far as the pipeline remembers it.
struct Retired {
    const Slot* slot = nullptr;  ///< null behind reset; its fields may be decoded anew since
    Address pc = 0;
    Cycles left = 0;            ///< its last cycle in EX
    bool took_branch = false;   ///< a conditional branch that was taken
    u32 accumulator = 0;        ///< x[rd] before it
    u32 format = 0;             ///< CSR 0x00D before it
    u32 slice = 0;              ///< CSR 0x00E before it
    u32 skip = 0;               ///< CSR 0x00F before it
    bool was_legacy = true;     ///< CSR 0x010 before it
    bool moved_slice = false;   ///< a dot product after which the slice is another one
    bool waited_in_ex = false;  ///< a misaligned access: its successor waited in decode

    /// Without the slot, which is the core's.
    void serialize(StateArchive& archive) {
        archive(pc, left, took_branch, accumulator, format, slice, skip, was_legacy, moved_slice,
                waited_in_ex);
    }
};

/// One instruction while it executes.
struct Execution {
    const Slot& slot;
    const isa::Instruction& row;
    Address pc = 0;
    Cycles decoded = 0;  ///< first cycle in decode; not of loads and stores
    Cycles entered = 0;  ///< first cycle in EX
    Cycles cycle = 0;    ///< in which it executes: the same, or that of the grant
    std::optional<MemoryAccess> memory{};
    bool held_ex = false;  ///< a misaligned access that took a second cycle
    const Retired& previous;

    /// Nothing stood between the two in the pipeline, neither an instruction nor a bubble.
    [[nodiscard]] bool is_right_behind() const {
        return previous.slot != nullptr && entered == previous.left + 1;
    }
    /// It stood in decode for a cycle, for a result or while a misaligned access held EX.
    [[nodiscard]] bool waited_in_decode() const {
        const bool waited_for_result = previous.slot != nullptr && entered == previous.left + 2 &&
                                       (previous.slot->late & slot.uses) != 0;
        return entered > decoded + 1 &&
               (waited_for_result || (is_right_behind() && previous.waited_in_ex));
    }
};

class Observer {
public:
    /// Called in front of the row and behind it, in the core's own time. The state of `hart` may be
    /// changed. A row that traps has no after().
    virtual void before(const Execution& execution, isa::Hart& hart) = 0;
    virtual void after(const Execution& execution, isa::Hart& hart) = 0;

protected:
    ~Observer() = default;
};

}  // namespace flexv::core
