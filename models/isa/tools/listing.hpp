// SPDX-License-Identifier: Apache-2.0
// The rows as text: a table for people, CSV for scripts, macros for assemblers that do not know the
// custom instructions. `flexv-vp isa` prints them; sw/include holds the macros.
#pragma once

#include "isa/instruction.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flexv::isa {

/// What the row does, in one line for people. Registers have the names that they have in this form
/// of the instruction: rs2 is imm, and rs1 imm2, where the row has an immediate instead; rs1 is rd
/// where one field is both, and x2 or 0 where the word does not hold it.
std::string semantics_of(const Instruction& row);

/// Columns aligned with spaces, one row per line, the lines of a column no wider than they must be.
std::string listing_table();

/// RFC 4180. Columns: mnemonic (unique row name), match, mask, extension, mode, syntax, timing,
/// energy, size in bytes, semantics.
std::string listing_csv();

/// GNU assembler include file with one macro for each custom instruction that tools emit. A macro
/// has the row's name, so addressing modes end in .post, .rr or .rrpost, and takes its operands
/// separated by commas in the order of the syntax: `p.lw.post a0, 4, a1`. Registers by ABI name;
/// immediates are range-checked.
std::string listing_gas();

/// Any of them by the name of the format: table, csv or gas.
std::optional<std::string> listing(std::string_view format);

}  // namespace flexv::isa
