// SPDX-License-Identifier: Apache-2.0
#include "platform/results/terminal_table.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string_view>

namespace flexv::platform {

namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kGap = 2;
constexpr std::size_t kMinFirst = 8;
constexpr std::size_t kMaxCell = 24;

std::string cut(const std::string& text, std::size_t width) {
    return text.size() <= width ? text : text.substr(0, width - 2) + "..";
}

/// Names that are too long differ at their end.
void cut_front(std::string& text) {
    if (text.size() > kMaxCell)
        text = fmt::format("..{}", text.substr(text.size() - kMaxCell + 2));
}

std::string line(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
    std::string text =
        std::string(kIndent, ' ') + fmt::format("{:<{}}", cut(cells[0], widths[0]), widths[0]);
    for (std::size_t i = 1; i < widths.size(); ++i)
        text += std::string(kGap, ' ') + fmt::format("{:>{}}", cells[i], widths[i]);
    text.erase(text.find_last_not_of(' ') + 1);
    return text + "\n";
}

}  // namespace

void TerminalTable::add(std::vector<std::string> row) {
    FLEXV_ASSERT(row.size() == header_.size(), "a row has one cell a column");
    std::for_each(row.begin() + 1, row.end(), cut_front);
    rows_.push_back(std::move(row));
}

std::vector<std::size_t> TerminalTable::widths() const {
    std::vector<std::size_t> result;
    for (const std::string& name : header_)
        result.push_back(name.size());
    for (const auto& row : rows_)
        for (std::size_t i = 0; i < row.size(); ++i)
            result[i] = std::max(result[i], row[i].size());
    const std::size_t others =
        std::accumulate(result.begin() + 1, result.end(), kIndent + kGap * (result.size() - 1));
    const std::size_t room = others + kMinFirst < max_width_ ? max_width_ - others : kMinFirst;
    result[0] = std::min(result[0], room);
    return result;
}

std::string TerminalTable::text() const {
    if (rows_.empty())
        return {};
    const std::vector<std::size_t> columns = widths();
    const std::size_t rule =
        std::accumulate(columns.begin(), columns.end(), kGap * (columns.size() - 1));
    std::string text = title_ + "\n" + line(header_, columns);
    for (std::size_t i = 0; i < rows_.size(); ++i) {
        if (std::ranges::find(rules_, i) != rules_.end())
            text += std::string(kIndent, ' ') + std::string(rule, '-') + "\n";
        text += line(rows_[i], columns);
    }
    return text;
}

std::string grouped(u64 number) {
    std::string digits = fmt::format("{}", number);
    for (std::size_t i = digits.size(); i > 3; i -= 3)
        digits.insert(i - 3, ",");
    return digits;
}

std::string with_unit(double value, const char* unit) {
    static constexpr std::array<std::string_view, 9> kPrefixes = {"a", "f", "p", "n", "u",
                                                                  "m", "",  "k", "M"};
    constexpr double kSmallest = 1e-18;
    if (value <= 0)
        return fmt::format("0 {}", unit);
    double scaled = value / kSmallest;
    std::size_t prefix = 0;
    for (; scaled >= 999.95 && prefix + 1 < kPrefixes.size(); ++prefix)
        scaled /= 1000;
    const int decimals = scaled < 9.9995 ? 3 : scaled < 99.995 ? 2 : 1;
    return fmt::format("{:.{}f} {}{}", scaled, decimals, kPrefixes[prefix], unit);
}

std::string energy_text(u64 attojoules) { return with_unit(double(attojoules) * 1e-18, "J"); }

std::string share_text(double part, double whole) {
    return whole == 0 ? "-" : fmt::format("{:.1f} %", 100 * part / whole);
}

}  // namespace flexv::platform
