// SPDX-License-Identifier: Apache-2.0
// What rows that load and store do, and how a listing writes it: from the type of what is moved,
// which extends as it says (i8, u8, i16, u16 or u32), and the mode of the address.
#pragma once

#include "isa/address.hpp"
#include "isa/text.hpp"

#include <type_traits>

namespace flexv::isa {

template <typename T, AddressMode mode>
void execute_load(Hart& hart, const Operands& op) {
    hart.x[op.rd] = u32(i32(hart.load<T>(address_of(mode, op, hart.x))));
}

template <typename T, AddressMode mode>
void execute_store(Hart& hart, const Operands& op) {
    hart.store<T>(address_of(mode, op, hart.x), T(hart.x[op.rs2]));
}

/// "8", "16", "32".
template <typename T>
consteval auto bits_text() {
    if constexpr (sizeof(T) == 1)
        return Text("8");
    else if constexpr (sizeof(T) == 2)
        return Text("16");
    else
        return Text("32");
}

/// "M16[rs1+imm]"
template <typename T>
inline constexpr auto kMemoryText = Text("M") + bits_text<T>() + Text("[rs1+imm]");

/// What a load makes of it: "sx16(M16[rs1+imm])".
template <typename T>
consteval auto loaded_text() {
    constexpr Text kExtend = std::is_signed_v<T> ? Text("sx") : Text("zx");
    if constexpr (sizeof(T) == sizeof(u32))
        return kMemoryText<T>;
    else
        return kExtend + bits_text<T>() + Text("(") + kMemoryText<T> + Text(")");
}

}  // namespace flexv::isa
