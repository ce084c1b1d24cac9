// SPDX-License-Identifier: Apache-2.0
// From instruction words to rows, for one ISA subset of the core. The tables are derived from the
// rows.
#pragma once

#include "isa/encoding.hpp"
#include "isa/instruction.hpp"

#include <array>
#include <initializer_list>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace flexv::isa {

/// All rows, in the order of their groups.
std::span<const Instruction> all_instructions();

/// Upper bound of the number of rows, for arrays of counters.
inline constexpr unsigned kMaxRows = 1024;
/// Dense index of a row of all_instructions(), below kMaxRows.
unsigned index_of(const Instruction& row);

const Encoding& encoding_of(const Instruction& row);

/// The fields of `word`, which must belong to `row`.
Operands operands_of(const Instruction& row, u32 word);

/// Bit n is set when register xn is a source, x0 included where it is named.
u32 registers_read(const Instruction& row, const Operands& op);
/// Bit n is set when register xn is written, x0 included where it is named.
u32 registers_written(const Instruction& row, const Operands& op);

class ExtensionSet {
public:
    constexpr ExtensionSet() = default;
    constexpr ExtensionSet(std::initializer_list<Extension> extensions) {
        for (const Extension extension : extensions)
            bits_ |= u32{1} << unsigned(extension);
    }
    [[nodiscard]] constexpr bool contains(Extension extension) const {
        return (bits_ >> unsigned(extension) & 1) != 0;
    }
    constexpr ExtensionSet operator|(ExtensionSet other) const {
        other.bits_ |= bits_;
        return other;
    }
    constexpr bool operator==(const ExtensionSet&) const = default;

private:
    u32 bits_ = 0;
};

/// A named ISA of the core; each includes the one before.
struct IsaSubset {
    std::string_view name;
    ExtensionSet extensions;
};

std::span<const IsaSubset> isa_subsets();
std::optional<ExtensionSet> isa_subset(std::string_view name);

class Decoder {
public:
    explicit Decoder(ExtensionSet extensions);

    /// The row of `word`; only the low half of a compressed one matters. nullptr: illegal
    /// instruction. `mode` is Mode::legacy or Mode::status.
    [[nodiscard]] const Instruction* find(u32 word, Mode mode) const;

private:
    struct Candidate {
        Encoding encoding;
        const Instruction* row = nullptr;
    };
    /// One list per combination of the bits that most rows fix, the most specific row first.
    static constexpr unsigned kBuckets = 256 + 32;
    using Table = std::array<std::vector<Candidate>, kBuckets>;

    static unsigned bucket_of(u32 word);
    static void add(Table& table, const Instruction& row);

    Table legacy_;
    Table status_;
};

}  // namespace flexv::isa
