// SPDX-License-Identifier: Apache-2.0
#include "isa/reference_decoder.hpp"

#include <algorithm>
#include <bit>

namespace flexv::test {
namespace {

bool is_active(const ReferenceRow& row, unsigned subset, isa::Mode mode) {
    const bool in_mode =
        row.cond == "any" || row.cond == (mode == isa::Mode::legacy ? "legacy" : "status");
    return in_mode && row.first_subset <= subset;
}

}  // namespace

ReferenceDecoder::ReferenceDecoder(unsigned subset, isa::Mode mode)
    : rows_(implemented_reference_rows()) {
    std::erase_if(rows_, [&](const ReferenceRow& row) { return !is_active(row, subset, mode); });
    std::ranges::stable_sort(rows_, std::greater{},
                             [](const ReferenceRow& row) { return std::popcount(row.rtl_mask); });
    for (u32 low = 0; low < places_.size(); ++low)
        for (const ReferenceRow& row : rows_)
            if ((row.rtl_match & 0x7f) == (low & row.rtl_mask))
                places_[low].push_back(&row);
}

const ReferenceRow* ReferenceDecoder::find(u32 word) const {
    if ((word & 3) != 3)
        word &= 0xffff;
    for (const ReferenceRow* row : places_[word % places_.size()])
        if (reference_accepts(*row, word))
            return row;
    return nullptr;
}

}  // namespace flexv::test
