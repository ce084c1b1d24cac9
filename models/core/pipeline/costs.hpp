// SPDX-License-Identifier: Apache-2.0
// What the instructions cost in the four-stage pipeline of the core, beyond the one cycle that each
// of them takes. Source: docs/spec/timing.md section 1; the names behind are the RTL-measured
// programs in tests/reference/timing that prove a number.
#pragma once

#include "base/units.hpp"
#include "isa/csr.hpp"

#include <algorithm>
#include <bit>

namespace flexv::core::pipeline {

inline constexpr Cycles kMultiplyHigh = 4;  // mulh_dep
inline constexpr Cycles kFlush = 3;         // csr_mstatus_rd
inline constexpr Cycles kEventLoad = 3;     // after the grant: c_evt_pending
// Line high to the first instruction it replaces: irq_20.
inline constexpr Cycles kInterruptSeen = 2;
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
        return 2 + Cycles{unsigned(std::countl_one(divisor))} - 1;
    return 2 + Cycles{unsigned(std::countl_zero(divisor))};
}

/// The cycle in which a fence or a trap, in decode from `decoded` and in EX from `entered` on,
/// sends the fetch stage to its target: behind decode and behind what is in EX before it (fence,
/// ecall, illegal).
constexpr Cycles flushed(Cycles decoded, Cycles entered) {
    return std::max(std::min(decoded + 2, entered + 1), entered);
}

/// CSRs whose every access drains the pipeline: mstatus, ustatus, uepc and the debug CSRs.
constexpr bool drains_pipeline(unsigned csr) {
    return csr == isa::csr("mstatus") || csr == 0x000 || csr == 0x041 ||
           (csr >= 0x7b0 && csr <= 0x7b3);
}

}  // namespace flexv::core::pipeline
