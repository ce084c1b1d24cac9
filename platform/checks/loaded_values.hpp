// SPDX-License-Identifier: Apache-2.0
// Whether a core needed what it has loaded. Kernels load whole words at the ends of rows, and
// multiply what lies behind by 0: who writes there later does not disturb them. Each load has a
// number; the one instruction that has used its value is kept, and looked at when somebody asks.
// Plain logic.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"

#include <array>
#include <vector>

namespace flexv::platform {

class LoadedValues {
public:
    /// Each instruction of the core, in front of its row; of a load, before begin().
    void follow(const isa::Instruction& row, const isa::Operands& op, const isa::Hart& before) {
        const u32 named = 1U << op.rs1 | 1U << op.rs2 | 1U << op.rd;
        if ((named & pending_) != 0) [[unlikely]]
            follow_pending(row, op, before);
    }
    /// The instruction loads `bytes` bytes at `address` into x[rd]. \returns the load's number
    u32 begin(unsigned rd, Address address, unsigned bytes);
    /// The core has been reset.
    void forget() { pending_ = 0; }

    enum class Difference : u8 {
        made,
        none,
        open  ///< the value has not been used so far, and is in its register
    };
    struct Verdict {
        Difference difference = Difference::made;
        unsigned rd = 0;  ///< the register
        u32 bits = 0;     ///< of it, where the bytes are
    };
    /// Whether one of these bytes has made a difference; `made` where that is not known any more.
    /// \param number kUnknown for a load that has none
    [[nodiscard]] Verdict verdict(u32 number, Address first, unsigned bytes) const;

    static constexpr u32 kUnknown = 0;

private:
    /// What the instruction has found that used the value.
    struct Use {
        const isa::Instruction* row = nullptr;
        isa::Operands op;
        std::array<u32, 3> x{};  ///< rs1, rs2, rd
        u32 format = 0;
        u32 slice = 0;
        u32 skip = 0;
        bool is_legacy = true;

        [[nodiscard]] bool depends_on(unsigned number, u32 bits) const;
    };
    struct Load {
        u32 number = kUnknown;
        Address address = 0;
        u8 bytes = 0;
        u8 rd = 0;
        u8 uses = 0;  ///< at most 2
        Use use;      ///< the first one
    };
    static constexpr u32 kKept = 1 << 14;  // loads, the latest

    void follow_pending(const isa::Instruction& row, const isa::Operands& op,
                        const isa::Hart& before);
    [[nodiscard]] static u32 bits_of(const Load& load, Address first, unsigned bytes);

    std::vector<Load> loads_ = std::vector<Load>(kKept);  // [number % kKept]
    u32 latest_ = kUnknown;
    u32 pending_ = 0;                  // registers that hold a loaded value, a set
    std::array<u32, 32> loaded_by_{};  // [register]
};

}  // namespace flexv::platform
