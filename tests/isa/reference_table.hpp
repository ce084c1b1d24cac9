// SPDX-License-Identifier: Apache-2.0
// docs/spec/isa.csv as a list of rows: what the hardware accepts and what tools emit.
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
    bool (*allows)(u32 word) = nullptr;  ///< the constraint column in code

    /// The place in isa_subsets() from which on the row exists; by group and mode.
    unsigned first_subset = 0;
};

/// The rows that the core implements, in the order of the file: without the groups f (and the
/// compressed forms of its loads) and xpulpnn (the compat rows).
std::vector<ReferenceRow> implemented_reference_rows();

/// The hardware takes `word` for this row: mask and constraint.
inline bool reference_accepts(const ReferenceRow& row, u32 word) {
    return (word & row.rtl_mask) == row.rtl_match && row.allows(word);
}

}  // namespace flexv::test
