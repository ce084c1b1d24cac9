// SPDX-License-Identifier: Apache-2.0
// The decoder that follows from docs/spec/isa.csv alone: of the rows that are active and whose
// masks and constraints take the word, the one with most mask bits (docs/spec/isa.md, section 13).
#pragma once

#include "isa/instruction.hpp"
#include "isa/reference_table.hpp"

#include <array>
#include <vector>

namespace flexv::test {

class ReferenceDecoder {
public:
    /// `subset` is a place in isa_subsets(), `mode` legacy or status.
    ReferenceDecoder(unsigned subset, isa::Mode mode);

    /// nullptr: illegal.
    [[nodiscard]] const ReferenceRow* find(u32 word) const;

private:
    std::vector<ReferenceRow> rows_;                            ///< most mask bits first
    std::array<std::vector<const ReferenceRow*>, 128> places_;  ///< by bits 6:0 of a word
};

}  // namespace flexv::test
