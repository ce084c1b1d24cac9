// SPDX-License-Identifier: Apache-2.0
#include "platform/config/list_settings.hpp"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

namespace flexv::platform {

namespace {

using nlohmann::json;

/// Cuts off what is in front of the first dot, which `path` loses, too.
std::string take_name(std::string_view& path) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string name(path.substr(0, dot));
    path.remove_prefix(std::min(dot + 1, path.size()));
    return name;
}

/// An item without a name is called as its type.
std::string name_of(const json& item) {
    const std::string name = item.value("name", "");
    return name.empty() ? item.value("type", "") : name;
}

json& item_of(json& list, const std::string& name, const std::string& what) {
    std::vector<std::string> known;
    for (json& item : list) {
        if (name_of(item) == name)
            return item;
        known.push_back(name_of(item));
    }
    throw UserError("{}: the list has no item {}; it has: {}", what, name,
                    known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

/// A field of text takes what stands there, all others JSON.
json value_of(const std::vector<ItemField>& fields, const std::string& field,
              const std::string& text) {
    const auto found = std::ranges::find(fields, field, &ItemField::key);
    const bool is_text =
        found != fields.end() && std::holds_alternative<std::string>(found->fallback);
    return is_text ? json(text) : raw_value(text);
}

void set_in_item(json& item, std::string_view path, const Parameter<Configuration>& list,
                 const std::string& text, const std::string& what) {
    const std::string field = take_name(path);
    if (field.empty())
        throw UserError("{}: names no field of the item", what);
    if (path.empty())
        item[field] = value_of(list.fields, field, text);
    else if (item.contains(field) && item[field].is_object())
        item[field][std::string(path)] = raw_value(text);
    else
        throw UserError("{}: {} is no object that has members", what, field);
}

}  // namespace

std::optional<ListSetting> set_in_list(const Configuration& configuration, const std::string& key,
                                       const std::string& text, const std::string& what) {
    for (const Parameter<Configuration>& parameter : schema().parameters()) {
        if (parameter.fields.empty() || !key.starts_with(parameter.key + "."))
            continue;
        json list = json::parse(std::get<List>(parameter.read(configuration)).json);
        std::string_view path = std::string_view(key).substr(parameter.key.size() + 1);
        const std::string name = take_name(path);
        set_in_item(item_of(list, name, what), path, parameter, text, what);
        return ListSetting{.key = parameter.key, .value = std::move(list)};
    }
    return std::nullopt;
}

}  // namespace flexv::platform
