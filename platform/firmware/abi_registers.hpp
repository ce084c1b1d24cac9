// SPDX-License-Identifier: Apache-2.0
// Numbers of the registers that the RISC-V calling convention gives a meaning.
#pragma once

namespace flexv::platform::abi {

inline constexpr unsigned kRa = 1;
inline constexpr unsigned kSp = 2;
inline constexpr unsigned kGp = 3;
inline constexpr unsigned kT0 = 5;  ///< the other link register
inline constexpr unsigned kA0 = 10;
inline constexpr unsigned kA1 = 11;

}  // namespace flexv::platform::abi
