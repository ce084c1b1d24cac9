// SPDX-License-Identifier: Apache-2.0
#include "core/pipeline/trap_unit.hpp"

#include "core/decode/illegal.hpp"

#include <fmt/format.h>

namespace flexv::core {

void TrapUnit::enter_vector(Address pc, u32 cause, unsigned slot) {
    hart_.mepc = pc;
    hart_.mcause = cause;
    hart_.mpie = hart_.mie;
    hart_.mie = false;
    line_.disarm();
    hart_.pc = hart_.mtvec + 4 * slot;
}

bool TrapUnit::has_handler() {
    if (hart_.mtvec == boot_address_)
        return false;
    constexpr unsigned kMaxHops = 4;
    Address pc = hart_.mtvec;
    for (unsigned hop = 0; hop < kMaxHops; ++hop) {
        Slot slot;
        if (!code_.decode(slot, pc, isa::Mode::legacy) || (slot.flags & kIllegal) != 0)
            return false;
        constexpr u32 kX0 = 1;
        if (slot.timing != isa::Timing::jump || (slot.writes & ~kX0) != 0)
            return true;
        if (slot.op.imm == 0)
            return false;
        pc += u32(slot.op.imm);
    }
    return true;
}

std::string TrapUnit::describe(const isa::Trap& trap, isa::Mode mode, isa::ExtensionSet extensions,
                               std::string_view isa_setting) {
    constexpr Address kBytes = 4;  // semihosting has uncompressed instructions around its ebreak
    switch (trap.cause) {
        case isa::Cause::illegal_instruction:
            return fmt::format("illegal instruction {:#010x}{}", trap.value,
                               explain_illegal(trap.value, mode, extensions, isa_setting));
        case isa::Cause::breakpoint:
            if (is_semihosting(code_.peek(hart_.pc - kBytes), code_.peek(hart_.pc + kBytes)))
                return fmt::format(
                    "ebreak of a semihosting call (operation {:#x} in a0), which is closed: "
                    "open it with --semihosting, or print and end the run by the platform's own "
                    "devices",
                    hart_.x[10]);
            return "ebreak";
        case isa::Cause::environment_call:
            return "ecall";
    }
    return fmt::format("exception {}", u32(trap.cause));
}

}  // namespace flexv::core
