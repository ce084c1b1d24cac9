// SPDX-License-Identifier: Apache-2.0
// What the instructions cost in the four-stage pipeline of the core, beyond the one cycle that each
// of them takes. Source: docs/spec/timing.md section 1; the names behind are the RTL-measured
// programs in tests/reference/timing that prove a number.
#pragma once

#include "base/units.hpp"

#include <bit>

namespace flexv::core::pipeline {

inline constexpr Cycles kTakenBranch = 2;      // br_t
inline constexpr Cycles kJump = 1;             // j_fwd
inline constexpr Cycles kUnalignedTarget = 1;  // br_t_odd32, j_odd32
inline constexpr Cycles kUnalignedLoop = 4;    // last but one in decode to the target: hwl_odd32
inline constexpr Cycles kMultiplyHigh = 4;     // mulh_dep
inline constexpr Cycles kFlush = 3;            // fence, csr_mstatus_rd
inline constexpr Cycles kTrapEntry = 3;        // ecall, illegal
inline constexpr Cycles kMret = 4;             // mret
inline constexpr Cycles kEventLoad = 3;        // after the grant: c_evt_pending
// Line high to the first instruction it replaces: irq_20.
inline constexpr Cycles kInterruptSeen = 2;
// IRQ_TAKEN to the vector's first cycle: irq_20, z_irq_elw.
inline constexpr Cycles kVectorEntry = 3;
inline constexpr Cycles kWaitForInterrupt = 5;  // line already high: wfi_1
inline constexpr Cycles kWakeUp = 3;            // line high to the next instruction in EX: wfi_20
// First request of p.elw to the clock gate (docs/spec/timing.md 4).
inline constexpr Cycles kSleepEntry = 4;

/// Cycles a divide holds EX beyond its first one: 2 + s, s by the divisor only (docs/spec/timing.md
/// 1.3).
/// \param is_signed div or rem.
constexpr Cycles divide(u32 divisor, bool is_signed) {
    if (divisor == 0)
        return 2 + 32;
    if (is_signed && i32(divisor) < 0)
        return 2 + Cycles(std::countl_one(divisor)) - 1;
    return 2 + Cycles(std::countl_zero(divisor));
}

/// CSRs whose every access drains the pipeline: mstatus, ustatus, uepc and the debug CSRs.
constexpr bool drains_pipeline(unsigned csr) {
    return csr == 0x300 || csr == 0x000 || csr == 0x041 || (csr >= 0x7b0 && csr <= 0x7b3);
}

}  // namespace flexv::core::pipeline
