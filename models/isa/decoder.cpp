// SPDX-License-Identifier: Apache-2.0
// Bucketed look-up of instruction words, and the ISA subsets of the core.
#include "isa/decoder.hpp"

#include <algorithm>

namespace flexv::isa {
namespace {

using enum Extension;
constexpr ExtensionSet kRv32imc{rv32i, m, c, zicsr, zifencei, priv};
constexpr ExtensionSet kXpulpv2 = kRv32imc | ExtensionSet{xpulpv2};
constexpr ExtensionSet kXpulpnn = kXpulpv2 | ExtensionSet{xpulpnn};
constexpr ExtensionSet kFlexv = kXpulpnn | ExtensionSet{flexv};

constexpr std::array kSubsets{
    IsaSubset{"rv32imc", kRv32imc},
    IsaSubset{"xpulpv2", kXpulpv2},
    IsaSubset{"xpulpnn", kXpulpnn},
    IsaSubset{"flexv", kFlexv},
};

/// The bits that bucket_of() looks at.
constexpr u32 bucket_mask(u32 word) { return is_compressed(word) ? 0xe003 : 0x707f; }

}  // namespace

std::span<const IsaSubset> isa_subsets() { return kSubsets; }

std::optional<ExtensionSet> isa_subset(std::string_view name) {
    const auto* subset = std::ranges::find(kSubsets, name, &IsaSubset::name);
    if (subset == kSubsets.end())
        return std::nullopt;
    return subset->extensions;
}

Decoder::Decoder(ExtensionSet extensions) {
    for (const Instruction& row : all_instructions()) {
        if (!extensions.contains(row.extension))
            continue;
        if (row.mode != Mode::status)
            add(legacy_, row);
        if (row.mode != Mode::legacy)
            add(status_, row);
    }
}

/// opcode and funct3; quadrant and funct3 of a compressed word.
unsigned Decoder::bucket_of(u32 word) {
    if (is_compressed(word))
        return 256 + ((word & 3) << 3 | (word >> 13 & 7));
    return (word >> 2 & 31) << 3 | (word >> 12 & 7);
}

void Decoder::add(Table& table, const Instruction& row) {
    const Encoding& encoding = encoding_of(row);
    const u32 free = bucket_mask(encoding.match) & ~encoding.hardware_mask;
    for (u32 bits = free;;
         bits = (bits - 1) & free) {  // all values of the bits that the row leaves open
        auto& bucket = table[bucket_of(encoding.hardware_match() | bits)];
        const auto less_specific = [&](const Candidate& candidate) {
            return specificity(candidate.encoding) < specificity(encoding);
        };
        bucket.insert(std::ranges::find_if(bucket, less_specific), {encoding, &row});
        if (bits == 0)
            return;
    }
}

const Instruction* Decoder::find(u32 word, Mode mode) const {
    const Table& table = mode == Mode::status ? status_ : legacy_;
    for (const Candidate& candidate : table[bucket_of(word)])
        if (accepts(candidate.encoding, word))
            return candidate.row;
    return nullptr;
}

}  // namespace flexv::isa
