// SPDX-License-Identifier: Apache-2.0
// Table and CSV of the instruction rows; the assembler macros are in gas_macros.cpp.
#include "isa/listing.hpp"

#include "isa/decoder.hpp"
#include "isa/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
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
            std::string(row.semantics)};
}

std::vector<Cells> all_cells() {
    std::vector<Cells> lines{kTitles};
    std::ranges::transform(all_instructions(), std::back_inserter(lines), cells_of);
    return lines;
}

std::string quoted_if_needed(const std::string& cell) {
    return cell.find(',') == std::string::npos ? cell : '"' + cell + '"';
}

}  // namespace

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
