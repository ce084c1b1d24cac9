// SPDX-License-Identifier: Apache-2.0
// The causes of stalls: what units of the pipeline say, and counters count.
#pragma once

#include "base/enum_names.hpp"
#include "base/units.hpp"

#include <string_view>

namespace flexv::core {

/// Why a cycle passed without an instruction leaving EX.
enum class Stall : u8 {
    load_use,
    jump,        ///< bubbles behind taken branches, jumps and their targets
    tcdm,        ///< lost arbitrations
    misaligned,  ///< second halves of misaligned accesses
    event_unit,
    dma,
    peripheral,  ///< peripheral interconnect and whatever is behind it, L2 included
    fetch,       ///< instruction cache misses
    execute,     ///< divide and mulh
    flush,       ///< pipeline drains: fences, mstatus, traps, interrupts, p.elw
};
inline constexpr unsigned kStallCauses = unsigned(kEnumerators<Stall>);
std::string_view name_of(Stall cause);

}  // namespace flexv::core
