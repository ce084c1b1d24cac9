// SPDX-License-Identifier: Apache-2.0
// The tables of instruction rows, one file per group; instructions.cpp puts them together.
#pragma once

#include "isa/instruction.hpp"

#include <span>

namespace flexv::isa {

using Rows = std::span<const Instruction>;

Rows rv32i_rows();
Rows rv32m_rows();
Rows rv32c_rows();
Rows zicsr_rows();
Rows privileged_rows();
Rows xpulp_memory_rows();
Rows hardware_loop_rows();
Rows xpulp_alu_rows();
Rows xpulp_bit_rows();
Rows xpulp_mac_rows();
Rows simd_alu_rows();
Rows simd_dot_product_rows();
Rows simd_permute_rows();
Rows simd_complex_rows();
Rows mac_load_rows();

}  // namespace flexv::isa
