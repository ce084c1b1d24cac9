// SPDX-License-Identifier: Apache-2.0
// tests/reference/isa.csv as a list of rows: what the hardware accepts and what tools emit.
#pragma once

#include "base/units.hpp"

#include <string>
#include <vector>

namespace flexv::test {

struct ReferenceRow {
    std::string name;
    std::string group;
    u32 match = 0;  ///< as assemblers emit it
    u32 mask = 0;
    std::string operands;
    bool reads_rd = false;
    std::string writes;
    std::string semantics;
    unsigned size = 0;
    std::string cond;  ///< any, legacy, status, fpu, compat
    u32 rtl_match = 0;
    u32 rtl_mask = 0;
    bool canonical = true;
    std::string constraint;
};

/// The rows that the core implements, in the order of the file: without the groups f (and the
/// compressed forms of its loads) and xpulpnn (the compat rows).
std::vector<ReferenceRow> implemented_reference_rows();

/// What the row's mask is once the constraint "bit12=0" counts as a fixed bit.
u32 with_constraint_bits(const ReferenceRow& row, u32 mask);

/// The hardware takes `word` for this row: masks, and the constraint column in code.
bool reference_accepts(const ReferenceRow& row, u32 word);

}  // namespace flexv::test
