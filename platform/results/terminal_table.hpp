// SPDX-License-Identifier: Apache-2.0
// Aligned tables in plain text, and numbers as people read them.
#pragma once

#include "base/units.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

/// A title and columns; the first column is text on the left, the others stand on the right. No
/// line is longer than `max_width`: the first column is cut when it must be.
class TerminalTable {
public:
    static constexpr std::size_t kMaxWidth = 100;
    static constexpr std::size_t kAnyWidth = std::size_t(-1);  ///< for files

    TerminalTable(std::string title, std::vector<std::string> header,
                  std::size_t max_width = kMaxWidth)
        : title_(std::move(title)), header_(std::move(header)), max_width_(max_width) {}

    void add(std::vector<std::string> row);
    /// A thin line above the next row.
    void add_rule() { rules_.push_back(rows_.size()); }

    [[nodiscard]] std::size_t size() const { return rows_.size(); }  ///< rows
    /// Lines with their line ends; empty when there are no rows.
    [[nodiscard]] std::string text() const;

private:
    [[nodiscard]] std::vector<std::size_t> widths() const;

    std::string title_;
    std::vector<std::string> header_;
    std::size_t max_width_;
    std::vector<std::vector<std::string>> rows_;
    std::vector<std::size_t> rules_;  // index of the row below
};

/// 1234567 as "1,234,567".
[[nodiscard]] std::string grouped(u64 number);
[[nodiscard]] inline std::string grouped(Cycles cycles) { return grouped(u64(cycles)); }
/// Four significant digits and the unit that fits: "56.13 nJ".
[[nodiscard]] std::string with_unit(double value, const char* unit);
/// Energy in attojoule, as with_unit().
[[nodiscard]] std::string energy_text(u64 attojoules);
/// "12.3 %"; of nothing it is "-".
[[nodiscard]] std::string share_text(double part, double whole);

}  // namespace flexv::platform
