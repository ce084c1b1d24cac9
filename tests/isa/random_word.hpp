// SPDX-License-Identifier: Apache-2.0
// Random operands for any row.
#pragma once

#include "isa/encoding.hpp"

#include <random>

namespace flexv::test {

/// A word of the row: random fields, fixed bits as tools emit them.
inline u32 random_word(const isa::Encoding& encoding, std::mt19937& random) {
    u32 fields = 0;
    for (unsigned i = 0; i < encoding.slice_count; ++i)
        fields |= isa::ones(encoding.slices[i].width) << encoding.slices[i].word_lsb;
    fields &= ~encoding.mask;
    for (;;) {
        const u32 word = encoding.match | (u32(random()) & fields);
        if (isa::accepts(encoding, word))
            return word;
    }
}

}  // namespace flexv::test
