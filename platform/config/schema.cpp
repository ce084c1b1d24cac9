// SPDX-License-Identifier: Apache-2.0
// The domains that parameters are declared with, and the reading of one value.
#include "platform/config/schema.hpp"

#include "base/byte_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

namespace flexv::platform {

namespace {

using nlohmann::json;

constexpr double kExactInteger = 9007199254740992.0;  // 2^53: whole numbers a double holds exactly

Domain whole_domain(std::string text, std::function<bool(u64)> contains) {
    return {.text = std::move(text), .contains = [contains = std::move(contains)](const Value& v) {
                return contains(std::get<u64>(v));
            }};
}

std::string limit_text(u64 limit) {
    return limit == std::numeric_limits<u64>::max() ? std::string{"2^64 - 1"}
                                                    : fmt::format("{}", limit);
}

/// Factor of a unit behind a whole number: "", "KiB" or "MiB".
std::optional<u64> unit_factor(std::string_view unit) {
    while (unit.starts_with(' '))
        unit.remove_prefix(1);
    if (unit.empty() || unit == "B")
        return 1;
    if (unit == "KiB")
        return 1_KiB;
    if (unit == "MiB")
        return 1_MiB;
    return std::nullopt;
}

/// "128", "0x20000", "128KiB" or "1 MiB".
std::optional<u64> parse_whole(std::string_view digits) {
    const bool is_hex = digits.starts_with("0x") || digits.starts_with("0X");
    if (is_hex)
        digits.remove_prefix(2);
    u64 value = 0;
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, value, is_hex ? 16 : 10);
    if (error != std::errc{})
        return std::nullopt;
    const auto factor = unit_factor({stop, std::size_t(end - stop)});
    if (!factor || value > std::numeric_limits<u64>::max() / *factor)
        return std::nullopt;
    return value * *factor;
}

std::optional<u64> read_whole(const json& raw) {
    if (raw.is_number_unsigned())
        return raw.get<u64>();
    if (raw.is_string())
        return parse_whole(raw.get_ref<const std::string&>());
    if (!raw.is_number_float())
        return std::nullopt;
    const double value = raw.get<double>();  // 1e9
    if (value < 0 || value > kExactInteger || value != std::floor(value))
        return std::nullopt;
    return u64(value);
}

std::optional<double> read_number(const json& raw) {
    if (!raw.is_number())
        return std::nullopt;
    return raw.get<double>();
}

/// The value of `raw` in the kind of `like`, whatever the domain says.
std::optional<Value> read_kind(const json& raw, const Value& like) {
    if (std::holds_alternative<u64>(like))
        return read_whole(raw);
    if (std::holds_alternative<double>(like))
        return read_number(raw);
    if (std::holds_alternative<bool>(like) && raw.is_boolean())
        return raw.get<bool>();
    if (std::holds_alternative<std::string>(like) && raw.is_string())
        return raw.get<std::string>();
    return std::nullopt;
}

}  // namespace

Domain whole(u64 low, u64 high) {
    return whole_domain(fmt::format("a whole number {}..{}", low, limit_text(high)),
                        [low, high](u64 value) { return value >= low && value <= high; });
}

Domain one_of(std::vector<u64> values) {
    return whole_domain(fmt::format("one of {}", fmt::join(values, ", ")), [values](u64 value) {
        return std::ranges::find(values, value) != values.end();
    });
}

Domain power_of_two_bytes(u64 low, u64 high) {
    return whole_domain(
        fmt::format("a power of two from {} to {}", bytes_text(low), bytes_text(high)),
        [low, high](u64 value) {
            return std::has_single_bit(value) && value >= low && value <= high;
        });
}

Domain multiple_of_bytes(u64 unit, u64 low, u64 high) {
    return whole_domain(fmt::format("a multiple of {} from {} to {}", bytes_text(unit),
                                    bytes_text(low), bytes_text(high)),
                        [unit, low, high](u64 value) {
                            return value % unit == 0 && value >= low && value <= high;
                        });
}

Domain power_of_two(u64 low, u64 high) {
    std::vector<u64> values;
    for (u64 value = low; value <= high; value *= 2)
        values.push_back(value);
    return one_of(std::move(values));
}

Domain number(double low, double high) {
    return {.text = fmt::format("a number {}..{}", low, high),
            .contains = [low, high](const Value& v) {
                const double value = std::get<double>(v);
                return value >= low && value <= high;
            }};
}

Domain zero_or_number(double low, double high) {
    const Domain range = number(low, high);
    return {.text = "0 or " + range.text, .contains = [range](const Value& v) {
                return std::get<double>(v) == 0 || range.contains(v);
            }};
}

Domain flag() {
    return {.text = "true or false", .contains = [](const Value&) { return true; }};
}

Domain text(std::string what) {
    return {.text = std::move(what), .contains = [](const Value&) { return true; }};
}

Domain some_text(std::string what) {
    return {.text = std::move(what),
            .contains = [](const Value& v) { return !std::get<std::string>(v).empty(); }};
}

Domain one_name_of(std::vector<std::string> names) {
    return {.text = fmt::format("one of \"{}\"", fmt::join(names, "\", \"")),
            .contains = [names](const Value& value) {
                return std::ranges::find(names, std::get<std::string>(value)) != names.end();
            }};
}

u64 largest_power_of_two(const Domain& domain) {
    for (unsigned bit = 64; bit-- > 0;)
        if (domain.contains(Value{u64{1} << bit}))
            return u64{1} << bit;
    return 0;
}

std::string value_text(const Value& value) {
    const json raw = std::visit([](const auto& held) { return json(held); }, value);
    return raw.dump(-1, ' ', false, json::error_handler_t::replace);
}

json raw_value(const std::string& text) {
    json raw = json::parse(text, nullptr, false);
    return raw.is_discarded() ? json(text) : raw;
}

std::optional<Value> read_value(const json& raw, const Value& like, const Domain& domain) {
    const std::optional<Value> value = read_kind(raw, like);
    if (!value || !domain.contains(*value))
        return std::nullopt;
    return value;
}

}  // namespace flexv::platform
