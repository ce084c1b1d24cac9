// SPDX-License-Identifier: Apache-2.0
// Fixed-width integers, sizes and the two quantities everything else is counted in. Its own file,
// so that plain logic can use them without SystemC.
#pragma once

#include "base/cycles.hpp"

#include <cstddef>
#include <cstdint>

namespace flexv {

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i8 = std::int8_t;
using i16 = std::int16_t;
using i32 = std::int32_t;
using i64 = std::int64_t;

using Address = u32;  ///< byte address in the 32-bit space of the SoC

constexpr u64 operator""_KiB(unsigned long long count) { return count << 10; }
constexpr u64 operator""_MiB(unsigned long long count) { return count << 20; }

}  // namespace flexv
