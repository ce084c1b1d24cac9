// SPDX-License-Identifier: Apache-2.0
// How a parameter is declared: once, beside its member, with documentation, unit and allowed
// values. Reading, writing, validation and the printed configuration are derived from these
// declarations.
#pragma once

#include "base/error.hpp"
#include "base/units.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace flexv::platform {

/// JSON on one line: a list of things with parameters of their own, or what a domain says.
struct List {
    std::string json = "[]";

    bool operator==(const List&) const = default;
};

/// What a parameter holds, whatever the type of its member. An enumeration is its name.
using Value = std::variant<bool, u64, double, std::string, List>;

/// The values that make sense for a parameter.
struct Domain {
    std::string text;  ///< completes "must be ..."
    std::function<bool(const Value&)> contains;
};

[[nodiscard]] Domain whole(u64 low, u64 high);
[[nodiscard]] Domain one_of(std::vector<u64> values);
/// Powers of two, written as bytes in KiB or MiB.
[[nodiscard]] Domain power_of_two_bytes(u64 low, u64 high);
[[nodiscard]] Domain multiple_of_bytes(u64 unit, u64 low, u64 high);
[[nodiscard]] Domain power_of_two(u64 low, u64 high);
[[nodiscard]] Domain number(double low, double high);
/// 0 stands for something special.
[[nodiscard]] Domain zero_or_number(double low, double high);
[[nodiscard]] Domain flag();
/// Any text; `what` says what it stands for.
[[nodiscard]] Domain text(std::string what);
/// Any text but the empty one.
[[nodiscard]] Domain some_text(std::string what);
/// A name as C has them.
[[nodiscard]] Domain identifier();
[[nodiscard]] Domain name_or_empty();
/// Of JSON, whatever is in it.
[[nodiscard]] Domain any_object();
[[nodiscard]] Domain one_name_of(std::vector<std::string> names);

/// The largest power of two in the domain of a size; 0 when there is none.
[[nodiscard]] u64 largest_power_of_two(const Domain& domain);

/// The value as it stands in JSON.
[[nodiscard]] std::string value_text(const Value& value);

/// The text of an option as JSON: a bare word is a string.
[[nodiscard]] nlohmann::json raw_value(const std::string& text);

/// Reads `raw` as a value of the same kind as `like`: a whole number may also be written as text in
/// hexadecimal or with KiB or MiB. Nothing when `raw` is of another kind or not in `domain`.
[[nodiscard]] std::optional<Value> read_value(const nlohmann::json& raw, const Value& like,
                                              const Domain& domain);

/// What a declaration says about its parameter, except key and member.
struct Note {
    std::string doc;
    std::string unit;  ///< empty for names, flags and counts that the doc names
    Domain allowed;
};

/// What the items of a list have.
struct ItemField {
    std::string key;
    Note note;
    Value fallback;  ///< where an item does not give it
};
using Item = std::map<std::string, Value>;
/// Reads a JSON object; what it does not give is the fallback. Throws UserError, whose message
/// begins with `what` and names the field.
[[nodiscard]] Item read_item(const nlohmann::json& raw, const std::vector<ItemField>& fields,
                             const std::string& what);
/// Reads a JSON array of them. Throws UserError, whose message begins with `what`, the place and
/// key of the list, and names item and field.
[[nodiscard]] List read_list(const nlohmann::json& raw, const std::vector<ItemField>& fields,
                             const std::string& what);
/// Every field of every item, given or not.
[[nodiscard]] std::vector<Item> items_of(const List& list, const std::vector<ItemField>& fields);
[[nodiscard]] List list_of(const std::vector<Item>& items);
/// "a list of objects {name: a name, ...}"
[[nodiscard]] Domain list_domain(const std::vector<ItemField>& fields);

/// A parameter of `Owner`: key relative to the owner, and the way to its member.
template <typename Owner>
struct Parameter {
    std::string key;
    Note note;
    std::function<Value(const Owner&)> read;
    std::function<void(Owner&, const Value&)> write;
    std::vector<ItemField> fields = {};  ///< of a list's items; empty for everything else
};

template <typename E>
using Names = std::vector<std::pair<std::string, E>>;

namespace detail {

template <typename T>
Value to_value(const T& member) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string> ||
                  std::is_same_v<T, List>)
        return member;
    else if constexpr (std::is_floating_point_v<T>)
        return double(member);
    else
        return u64(member);
}

template <typename T>
T from_value(const Value& value) {
    if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::string> ||
                  std::is_same_v<T, List>) {
        return std::get<T>(value);
    } else if constexpr (std::is_floating_point_v<T>) {
        return T(std::get<double>(value));
    } else {
        FLEXV_ASSERT(std::get<u64>(value) <= u64(std::numeric_limits<T>::max()),
                     "a parameter's domain fits its member");
        return T(std::get<u64>(value));
    }
}

template <typename E>
std::vector<std::string> only_names(const Names<E>& names) {
    std::vector<std::string> result;
    for (const auto& [name, unused] : names)
        result.push_back(name);
    return result;
}

}  // namespace detail

/// The parameters of one aggregate, and those of the aggregates inside it.
template <typename Owner>
class Group {
public:
    /// A member of type bool, unsigned integer, Cycles, floating point, std::string or, within the
    /// items of a list, List.
    template <typename T>
    Group&& value(const std::string& key, T Owner::*member, Note note) && {
        parameters_.push_back(
            {.key = key,
             .note = std::move(note),
             .read = [member](const Owner& owner) { return detail::to_value(owner.*member); },
             .write = [member](
                          Owner& owner,
                          const Value& value) { owner.*member = detail::from_value<T>(value); }});
        return std::move(*this);
    }

    /// A member whose values have names: usually an enumeration.
    template <typename E>
    Group&& choice(const std::string& key, E Owner::*member, const Names<E>& names,
                   const std::string& doc) && {
        parameters_.push_back(
            {.key = key,
             .note = {.doc = doc, .unit = "", .allowed = one_name_of(detail::only_names(names))},
             .read = [member, names](const Owner& owner) -> Value {
                 for (const auto& [name, value] : names)
                     if (value == owner.*member)
                         return name;
                 return std::string{};
             },
             .write =
                 [member, names](Owner& owner, const Value& wanted) {
                     for (const auto& [name, value] : names)
                         if (name == std::get<std::string>(wanted))
                             owner.*member = value;
                 }});
        return std::move(*this);
    }

    /// A std::vector of aggregates, whose parameters `inner` declares.
    template <typename Inner>
    Group&& list(const std::string& key, std::vector<Inner> Owner::*member, const std::string& doc,
                 const Group<Inner>& inner) && {
        std::vector<ItemField> fields;
        for (const Parameter<Inner>& parameter : inner.parameters())
            fields.push_back({.key = parameter.key,
                              .note = parameter.note,
                              .fallback = parameter.read(Inner{})});
        parameters_.push_back(
            {.key = key,
             .note = {.doc = doc, .unit = "", .allowed = list_domain(fields)},
             .read = [member, inner](const Owner& owner) -> Value {
                 std::vector<Item> items;
                 for (const Inner& element : owner.*member) {
                     Item& item = items.emplace_back();
                     for (const Parameter<Inner>& parameter : inner.parameters())
                         item[parameter.key] = parameter.read(element);
                 }
                 return list_of(items);
             },
             .write =
                 [member, inner, fields](Owner& owner, const Value& value) {
                     (owner.*member).clear();
                     for (const Item& item : items_of(std::get<List>(value), fields)) {
                         Inner& element = (owner.*member).emplace_back();
                         for (const Parameter<Inner>& parameter : inner.parameters())
                             parameter.write(element, item.at(parameter.key));
                     }
                 },
             .fields = fields});
        return std::move(*this);
    }

    /// A member that is an aggregate with parameters of its own.
    template <typename Inner>
    Group&& group(const std::string& key, Inner Owner::*member, const std::string& doc,
                  const Group<Inner>& inner) && {
        groups_[key] = doc;
        for (const auto& [inner_key, inner_doc] : inner.groups())
            groups_[key + "." + inner_key] = inner_doc;
        for (const Parameter<Inner>& parameter : inner.parameters())
            parameters_.push_back(within(key, member, parameter));
        return std::move(*this);
    }

    [[nodiscard]] const std::vector<Parameter<Owner>>& parameters() const { return parameters_; }
    /// Dotted key of every aggregate inside, with its documentation.
    [[nodiscard]] const std::map<std::string, std::string>& groups() const { return groups_; }

private:
    template <typename Inner>
    static Parameter<Owner> within(const std::string& key, Inner Owner::*member,
                                   const Parameter<Inner>& inner) {
        return {
            .key = key + "." + inner.key,
            .note = inner.note,
            .read = [member, read = inner.read](const Owner& owner) { return read(owner.*member); },
            .write = [member, write = inner.write](
                         Owner& owner, const Value& value) { write(owner.*member, value); },
            .fields = inner.fields};
    }

    std::vector<Parameter<Owner>> parameters_;
    std::map<std::string, std::string> groups_;
};

}  // namespace flexv::platform
