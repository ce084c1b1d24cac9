// SPDX-License-Identifier: Apache-2.0
#include "platform/config/plugins.hpp"

#include "platform/plugin/library.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace flexv::platform {

namespace {

using nlohmann::json;

Value value_of(const plugin::Value& value) {
    return std::visit([](const auto& held) { return Value{held}; }, value);
}

Domain domain_of(const plugin::Parameter& parameter) {
    if (std::holds_alternative<bool>(parameter.fallback))
        return flag();
    if (std::holds_alternative<std::string>(parameter.fallback))
        return parameter.choices.empty() ? text("a text") : one_name_of(parameter.choices);
    if (std::holds_alternative<double>(parameter.fallback))
        return number(std::get<double>(parameter.low), std::get<double>(parameter.high));
    return whole(std::get<std::uint64_t>(parameter.low), std::get<std::uint64_t>(parameter.high));
}

/// The plug-in is foreign: its bounds may be of another kind than the default.
bool has_bounds_of_its_kind(const plugin::Parameter& parameter) {
    const std::size_t kind = parameter.fallback.index();
    const bool is_bounded = std::holds_alternative<std::uint64_t>(parameter.fallback) ||
                            std::holds_alternative<double>(parameter.fallback);
    return !is_bounded || (parameter.low.index() == kind && parameter.high.index() == kind);
}

const plugin::Type& type_of(const PluginConfiguration& device, const std::string& what) {
    try {
        return PluginLibrary::load(device.plugin).type(device.type);
    } catch (const UserError& error) {
        throw UserError("{}: {}", what, error.what());
    }
}

/// What the plug-in says of the parameters of the device. Throws UserError where that cannot be.
std::vector<ItemField> fields_of(const PluginConfiguration& device, const std::string& what) {
    const plugin::Type& type = type_of(device, what);
    std::vector<ItemField> fields;
    std::set<std::string> names;
    for (const plugin::Parameter& parameter : type.parameters) {
        const std::string who = fmt::format("{}: plug-in {}: type {} declares parameter \"{}\"",
                                            what, device.plugin, type.name, parameter.name);
        if (!identifier().contains(Value{parameter.name}))
            throw UserError("{}: must be {}", who, identifier().text);
        if (!names.insert(parameter.name).second)
            throw UserError("{} twice", who);
        if (!has_bounds_of_its_kind(parameter))
            throw UserError("{} with bounds of another kind than its default", who);
        const ItemField field{
            .key = parameter.name,
            .note = {.doc = parameter.doc, .unit = parameter.unit, .allowed = domain_of(parameter)},
            .fallback = value_of(parameter.fallback)};
        if (!field.note.allowed.contains(field.fallback))
            throw UserError("{} with the default {}, which must be {}", who,
                            value_text(field.fallback), field.note.allowed.text);
        fields.push_back(field);
    }
    return fields;
}

Item read_parameters(const PluginConfiguration& device, const std::vector<ItemField>& fields,
                     const std::string& what) {
    const json raw = json::parse(device.parameters.json);
    if (fields.empty() && !raw.empty())
        throw UserError("{}.parameters = {}: type {} has no parameters", what, raw.dump(),
                        device.type);
    return read_item(raw, fields, what + ".parameters");
}

}  // namespace

std::string name_of(const PluginConfiguration& device) {
    return device.name.empty() ? device.type : device.name;
}

Item parameters_of(const PluginConfiguration& device, const std::string& what) {
    return read_parameters(device, fields_of(device, what), what);
}

void check_plugins(const std::vector<PluginConfiguration>& devices, const std::string& what) {
    std::set<std::string> names;
    for (std::size_t index = 0; index < devices.size(); ++index) {
        const std::string item = fmt::format("{}[{}]", what, index);
        const std::string name = name_of(devices[index]);
        if (!names.insert(name).second)
            throw UserError("{}: two devices are called {}; give each a \"name\" of its own", item,
                            name);
        static_cast<void>(parameters_of(devices[index], item));
    }
}

std::vector<std::string> descriptions_of(const std::vector<PluginConfiguration>& devices) {
    std::vector<std::string> lines;
    for (const PluginConfiguration& device : devices) {
        const plugin::Type& type = type_of(device, name_of(device));
        const std::vector<ItemField> fields = fields_of(device, name_of(device));
        const Item values = read_parameters(device, fields, name_of(device));
        lines.push_back(
            fmt::format("{}: {} of {}. {}", name_of(device), type.name, device.plugin, type.doc));
        for (const auto& [key, note, fallback] : fields)
            lines.push_back(fmt::format("  {}.{} = {}: {} [{}{}{}] default {}", name_of(device),
                                        key, value_text(values.at(key)), note.doc, note.unit,
                                        note.unit.empty() ? "" : "; ", note.allowed.text,
                                        value_text(fallback)));
    }
    for (std::string& line : lines)
        std::ranges::replace(line, '\n', ' ');
    return lines;
}

}  // namespace flexv::platform
