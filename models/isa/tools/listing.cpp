// SPDX-License-Identifier: Apache-2.0
// Table and CSV of the instruction rows; the assembler macros are in gas_macros.cpp.
#include "isa/tools/listing.hpp"

#include "isa/decoder.hpp"
#include "isa/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>
#include <vector>

namespace flexv::isa {
namespace {

constexpr std::size_t kColumns = 10;
using Cells = std::array<std::string, kColumns>;

const Cells kTitles{"mnemonic", "match",  "mask",   "extension", "mode",
                    "syntax",   "timing", "energy", "size",      "semantics"};

Cells cells_of(const Instruction& row) {
    const Encoding& encoding = encoding_of(row);
    const int digits = 2 * encoding.size;
    return {std::string(row.name),
            fmt::format("0x{:0{}x}", encoding.match, digits),
            fmt::format("0x{:0{}x}", encoding.mask, digits),
            std::string(name_of(row.extension)),
            std::string(name_of(row.mode)),
            std::string(row.syntax),
            std::string(name_of(row.timing)),
            std::string(name_of(row.energy)),
            std::to_string(encoding.size),
            semantics_of(row)};
}

std::vector<Cells> all_cells() {
    std::vector<Cells> lines{kTitles};
    std::ranges::transform(all_instructions(), std::back_inserter(lines), cells_of);
    return lines;
}

bool is_letter(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

bool is_same_field(const Encoding& encoding, Field a, Field b) {
    const auto slice_of = [&](Field field) {
        return std::ranges::find_if(encoding.slices, [&](const Slice& slice) {
            return slice.width != 0 && slice.field == field;
        });
    };
    return encoding.field(a).in_word && encoding.field(b).in_word &&
           slice_of(a)->word_lsb == slice_of(b)->word_lsb;
}

/// The number of a register that the word does not hold; x0 reads 0.
std::string fixed_register(const FieldInfo& field) {
    return field.base == 0 ? "0" : fmt::format("x{}", field.base);
}

std::string renamed(const Encoding& encoding, std::string_view word) {
    constexpr std::array<std::pair<std::string_view, Field>, 3> kRegisters{
        {{"rd", Field::rd}, {"rs1", Field::rs1}, {"rs2", Field::rs2}}};
    for (const auto& [name, which] : kRegisters) {
        const FieldInfo& field = encoding.field(which);
        if (word == name && field.present && !field.in_word)
            return fixed_register(field);
    }
    if (word == "rs1" && is_same_field(encoding, Field::rs1, Field::rd))
        return "rd";
    if (word == "rs2" && !encoding.field(Field::rs2).present &&
        encoding.field(Field::immediate).present)
        return "imm";
    if (word == "rs1" && !encoding.field(Field::rs1).present &&
        encoding.field(Field::immediate2).present)
        return "imm2";
    return std::string(word);
}

/// `text` without what x0 makes superfluous: `0 + b` is b, and what is assigned to it is lost.
std::string without_zero(std::string text) {
    constexpr std::string_view kSum = "0 + ";
    if (const auto sum = text.find(" = 0 + "); sum != std::string::npos)
        text.erase(text.find(kSum, sum), kSum.size());
    if (text.starts_with("0 = "))
        text.erase(0, text.find("; ") + 2);
    return text;
}

/// The successor of a compressed instruction lies nearer.
std::string with_size(std::string text, unsigned size) {
    constexpr std::string_view kSuccessor = "pc+4";
    if (const auto place = text.find(kSuccessor); place != std::string::npos)
        text.replace(place, kSuccessor.size(), fmt::format("pc+{}", size));
    return text;
}

std::string quoted_if_needed(const std::string& cell) {
    return cell.find(',') == std::string::npos ? cell : '"' + cell + '"';
}

}  // namespace

std::string semantics_of(const Instruction& row) {
    constexpr std::string_view kLowBits = "[4:0]";  // of rs2: a shift; an immediate has no others
    std::string text;
    for (std::string_view rest = row.semantics; !rest.empty();) {
        const auto end = std::ranges::find_if_not(rest, is_letter);
        const std::string_view word = rest.substr(0, std::size_t(end - rest.begin()));
        const std::string name = renamed(encoding_of(row), word);
        text += word.empty() ? std::string(1, rest.front()) : name;
        rest.remove_prefix(std::max<std::size_t>(word.size(), 1));
        if (name == "imm" && word != name && rest.starts_with(kLowBits))
            rest.remove_prefix(kLowBits.size());
    }
    return with_size(without_zero(text), encoding_of(row).size);
}

std::string listing_csv() {
    std::string text;
    for (const Cells& line : all_cells())
        for (std::size_t column = 0; column < kColumns; ++column)
            text += quoted_if_needed(line[column]) + (column + 1 < kColumns ? ',' : '\n');
    return text;
}

std::string listing_table() {
    const std::vector<Cells> lines = all_cells();
    std::array<std::size_t, kColumns> widths{};
    for (const Cells& line : lines)
        for (std::size_t column = 0; column < kColumns; ++column)
            widths[column] = std::max(widths[column], line[column].size());

    std::string text;
    for (const Cells& line : lines) {
        for (std::size_t column = 0; column + 1 < kColumns; ++column)
            text += fmt::format("{:<{}}", line[column], widths[column] + 2);
        text += line.back() + '\n';
    }
    return text;
}

std::optional<std::string> listing(std::string_view format) {
    if (format == "table")
        return listing_table();
    if (format == "csv")
        return listing_csv();
    if (format == "gas")
        return listing_gas();
    return std::nullopt;
}

}  // namespace flexv::isa
