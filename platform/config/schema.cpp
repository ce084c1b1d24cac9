// SPDX-License-Identifier: Apache-2.0
// The domains that parameters are declared with, and the reading of one value.
#include "platform/config/schema.hpp"

#include "base/byte_text.hpp"
#include "platform/config/nearest.hpp"

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
    if (std::holds_alternative<List>(like))
        return List{raw.dump(-1, ' ', false, json::error_handler_t::replace)};
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

Domain identifier() {
    return {.text = "a name of letters, digits and _ that begins with a letter",
            .contains = [](const Value& v) {
                const auto is_letter = [](char c) {
                    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
                };
                const auto& name = std::get<std::string>(v);
                return !name.empty() && is_letter(name[0]) &&
                       std::ranges::all_of(name, [&](char c) {
                           return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
                       });
            }};
}

Domain name_or_empty() {
    const Domain name = identifier();
    return {.text = name.text + ", or empty", .contains = [name](const Value& v) {
                return std::get<std::string>(v).empty() || name.contains(v);
            }};
}

Domain any_object() {
    return {.text = "an object {name: value, ...}", .contains = [](const Value& v) {
                return json::parse(std::get<List>(v).json).is_object();
            }};
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

namespace {

json json_of(const Value& value) {
    if (const List* const list = std::get_if<List>(&value))
        return json::parse(list->json);
    return std::visit(
        [](const auto& held) {
            if constexpr (std::is_same_v<std::decay_t<decltype(held)>, List>)
                return json();
            else
                return json(held);
        },
        value);
}

const ItemField* find_field(const std::vector<ItemField>& fields, const std::string& key) {
    const auto found = std::ranges::find(fields, key, &ItemField::key);
    return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> keys_of(const std::vector<ItemField>& fields) {
    std::vector<std::string> keys;
    for (const ItemField& field : fields)
        keys.push_back(field.key);
    return keys;
}

}  // namespace

Item read_item(const json& raw, const std::vector<ItemField>& fields, const std::string& what) {
    if (!raw.is_object())
        throw UserError("{} = {}: must be an object with {}", what, raw.dump(),
                        fmt::join(keys_of(fields), ", "));
    Item item;
    for (const auto& [key, value] : raw.items()) {
        const ItemField* const field = find_field(fields, key);
        if (field == nullptr)
            throw UserError("{}.{}: unknown key; nearest: {}", what, key,
                            nearest_key(key, keys_of(fields)));
        const auto read = read_value(value, field->fallback, field->note.allowed);
        if (!read)
            throw UserError("{}.{} = {}: must be {}", what, key, value.dump(),
                            field->note.allowed.text);
        item[key] = *read;
    }
    for (const ItemField& field : fields) {
        const bool is_given = item.try_emplace(field.key, field.fallback).second == false;
        if (!is_given && !field.note.allowed.contains(field.fallback))
            throw UserError("{}.{}: is missing: must be {}", what, field.key,
                            field.note.allowed.text);
    }
    return item;
}

List read_list(const json& raw, const std::vector<ItemField>& fields, const std::string& what) {
    if (!raw.is_array())
        throw UserError("{} = {}: must be {}", what, raw.dump(), list_domain(fields).text);
    std::vector<Item> items;
    for (std::size_t index = 0; index < raw.size(); ++index)
        items.push_back(read_item(raw[index], fields, fmt::format("{}[{}]", what, index)));
    return list_of(items);
}

std::vector<Item> items_of(const List& list, const std::vector<ItemField>& fields) {
    std::vector<Item> items;
    for (const json& raw : json::parse(list.json))
        items.push_back(read_item(raw, fields, "a list that was checked before"));
    return items;
}

List list_of(const std::vector<Item>& items) {
    json raw = json::array();
    for (const Item& item : items) {
        json object = json::object();
        for (const auto& [key, value] : item)
            object[key] = json_of(value);
        raw.push_back(std::move(object));
    }
    return {.json = raw.dump(-1, ' ', false, json::error_handler_t::replace)};
}

Domain list_domain(const std::vector<ItemField>& fields) {
    std::vector<std::string> texts;
    for (const ItemField& field : fields)
        texts.push_back(fmt::format("{}: {}", field.key, field.note.allowed.text));
    return {.text = fmt::format("a list of objects {{{}}}", fmt::join(texts, "; ")),
            .contains = [](const Value& value) { return std::holds_alternative<List>(value); }};
}

std::string value_text(const Value& value) {
    const json raw = json_of(value);
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
