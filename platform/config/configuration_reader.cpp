// SPDX-License-Identifier: Apache-2.0
// JSON is read event by event, so that every mistake is reported with the line it stands on.
#include "platform/config/configuration_reader.hpp"

#include "base/json_mistake.hpp"
#include "platform/config/embedded.hpp"
#include "platform/config/list_settings.hpp"
#include "platform/config/nearest.hpp"
#include "platform/config/plugins.hpp"
#include "platform/config/windows.hpp"
#include "platform/files/input_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace flexv::platform {

namespace {

using nlohmann::json;

const Parameter<Configuration>* find_parameter(const std::string& key) {
    const auto& parameters = schema().parameters();
    const auto found = std::ranges::find(parameters, key, &Parameter<Configuration>::key);
    return found == parameters.end() ? nullptr : &*found;
}

std::vector<std::string> parameter_keys() {
    std::vector<std::string> keys;
    for (const auto& parameter : schema().parameters())
        keys.push_back(parameter.key);
    return keys;
}

std::vector<std::string> group_keys() {
    std::vector<std::string> keys;
    for (const auto& [key, doc] : schema().groups())
        keys.push_back(key);
    return keys;
}

/// The names directly inside a group, for a message.
std::string members_of(const std::string& group) {
    std::vector<std::string> names;
    for (const std::string& key : parameter_keys()) {
        if (!key.starts_with(group + "."))
            continue;
        const std::string rest = key.substr(group.size() + 1);
        const std::string name = rest.substr(0, rest.find('.'));
        if (std::ranges::find(names, name) == names.end())
            names.push_back(name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

/// Assigns one parameter. `what` begins the message of a mistake: place, key and value.
void assign(LoadedConfiguration& configuration, const std::string& key, const json& raw,
            const std::string& what, const std::string& origin) {
    const Parameter<Configuration>* parameter = find_parameter(key);
    if (parameter == nullptr) {
        if (schema().groups().contains(key))
            throw UserError("{}: is a group of parameters: {}", what, members_of(key));
        throw UserError("{}: unknown key; nearest: {}", what, nearest_key(key, parameter_keys()));
    }
    if (!parameter->fields.empty()) {
        parameter->write(
            configuration.values,
            read_list(raw, parameter->fields, what.substr(0, what.find(key) + key.size())));
        configuration.origins[key] = origin;
        return;
    }
    const Domain& allowed = parameter->note.allowed;
    const Value like = parameter->read(configuration.values);
    const std::optional<Value> value = read_value(raw, like, allowed);
    if (!value)
        throw UserError("{}: must be {}", what, allowed.text);
    parameter->write(configuration.values, *value);
    configuration.origins[key] = origin;
}

/// Walks over text and counts the lines it has passed.
class LineCounter {
public:
    using iterator_category = std::forward_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    LineCounter() = default;
    LineCounter(const char* at, unsigned* line) : at_(at), line_(line) {}

    reference operator*() const { return *at_; }
    LineCounter& operator++() {
        if (*at_++ == '\n')
            ++*line_;
        return *this;
    }
    LineCounter operator++(int) {
        const LineCounter old = *this;
        ++*this;
        return old;
    }
    bool operator==(const LineCounter& other) const { return at_ == other.at_; }

private:
    const char* at_ = nullptr;
    unsigned* line_ = nullptr;
};

/// What the JSON parser reports, turned into assignments. A value is reported on the line of its
/// key.
class Reader final : public nlohmann::json_sax<json> {
public:
    Reader(LoadedConfiguration& configuration, std::string_view text, const std::string& source)
        : configuration_(configuration), text_(text), source_(source) {}

    void run() {
        const LineCounter begin{text_.data(), &line_};
        const LineCounter end{text_.data() + text_.size(), nullptr};
        json::sax_parse(begin, end, this, json::input_format_t::json, true, true);
    }

    bool null() override { return scalar(nullptr); }
    bool boolean(bool value) override { return scalar(value); }
    bool number_integer(number_integer_t value) override { return scalar(value); }
    bool number_unsigned(number_unsigned_t value) override { return scalar(value); }
    bool number_float(number_float_t value, const string_t& /*digits*/) override {
        return scalar(value);
    }
    bool string(string_t& value) override { return scalar(value); }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_array(std::size_t /*elements*/) override {
        if (open_.empty() && !is_list(key_))
            return scalar(json::array());
        open_.push_back(json::array());
        return true;
    }
    bool end_array() override { return open_.empty() || close(); }

    bool start_object(std::size_t /*elements*/) override {
        if (!open_.empty()) {
            open_.push_back(json::object());
            return true;
        }
        if (!key_.empty() && !schema().groups().contains(key_))
            refuse_object();
        groups_.push_back(key_);
        return true;
    }
    bool end_object() override {
        if (!open_.empty())
            return close();
        groups_.pop_back();
        return true;
    }
    bool key(string_t& name) override {
        if (!open_.empty())
            return member(name);
        key_line_ = line_;
        if (name.empty())
            throw UserError("{}: a key is empty; `flexv-vp config` lists the parameters", place());
        key_ = groups_.back().empty() ? name : groups_.back() + "." + name;
        if (const auto [first, is_new] = lines_.try_emplace(key_, line_); !is_new)
            throw UserError("{}: {}: given twice, first in line {}", place(), key_, first->second);
        return true;
    }
    bool parse_error(std::size_t position, const std::string& token,
                     const nlohmann::detail::exception& error) override {
        if (dynamic_cast<const json::out_of_range*>(&error) != nullptr)
            refuse_number(token);
        throw UserError("{}", json_mistake(source_, text_, position, error.what()));
    }

private:
    [[nodiscard]] std::string place() const { return fmt::format("{}:{}", source_, key_line_); }

    [[noreturn]] void refuse_object() const {
        if (const auto* parameter = find_parameter(key_))
            throw UserError("{}: {}: must be {}, not an object", place(), key_,
                            parameter->note.allowed.text);
        throw UserError("{}: {}: unknown key; nearest: {}", place(), key_,
                        nearest_key(key_, group_keys()));
    }

    /// Larger than any that a parameter could have.
    [[noreturn]] void refuse_number(const std::string& digits) const {
        require_object();
        assign(configuration_, key_, json(std::numeric_limits<double>::infinity()),
               fmt::format("{}: {} = {}", place(), key_, digits), place());
        throw InternalError("a parameter took an infinite value");
    }

    void require_object() const {
        if (groups_.empty())
            throw UserError("{}:{}: must be an object: {{ ... }}", source_, line_);
    }

    static bool is_list(const std::string& key) {
        const auto* const parameter = find_parameter(key);
        return parameter != nullptr && !parameter->fields.empty();
    }

    /// The key of a value within a list.
    bool member(const std::string& name) {
        if (open_.back().contains(name))
            throw UserError("{}:{}: {}: \"{}\" is given twice", source_, line_, key_, name);
        names_.push_back(name);
        return true;
    }

    /// A value within a list is complete.
    void add(json value) {
        json& parent = open_.back();
        if (parent.is_array()) {
            parent.push_back(std::move(value));
            return;
        }
        parent[names_.back()] = std::move(value);
        names_.pop_back();
    }

    bool close() {
        json value = std::move(open_.back());
        open_.pop_back();
        if (open_.empty())
            return scalar(value);
        add(std::move(value));
        return true;
    }

    bool scalar(const json& raw) {
        if (!open_.empty()) {
            add(raw);
            return true;
        }
        require_object();
        assign(configuration_, key_, raw, fmt::format("{}: {} = {}", place(), key_, raw.dump()),
               place());
        return true;
    }

    LoadedConfiguration& configuration_;
    const std::string_view text_;
    const std::string& source_;
    unsigned line_ = 1;
    unsigned key_line_ = 1;
    std::string key_;                        // of the value that comes next
    std::vector<std::string> groups_;        // objects that are open, outermost first
    std::map<std::string, unsigned> lines_;  // [key]: where it was given
    std::vector<json> open_;                 // arrays and objects of a list, outermost first
    std::vector<std::string> names_;         // keys within them whose values are to come
};

/// Files that the configuration `file` names lie beside it.
void look_beside(LoadedConfiguration& configuration, const std::string& file) {
    const std::filesystem::path folder = std::filesystem::path(file).parent_path();
    for (PluginConfiguration& device : configuration.values.soc.plugins)
        device.plugin = folder / device.plugin;
}

void apply_named(LoadedConfiguration& configuration, const std::string& name) {
    constexpr u64 kMaxBytes = 16_MiB;
    std::error_code error;  // a name that cannot be one of a file is none
    if (std::filesystem::exists(name, error)) {
        apply_json(configuration, read_input(name, kMaxBytes, "configuration " + name), name);
        return look_beside(configuration, name);
    }
    const std::string stem = name.ends_with(".json") ? name.substr(0, name.size() - 5) : name;
    const auto shipped = embedded_file("config/" + stem + ".json");
    if (!shipped)
        throw UserError("{}: no such configuration file\n  shipped: {}", name,
                        fmt::join(embedded_names("config/", ".json"), ", "));
    apply_json(configuration, *shipped, stem);
}

}  // namespace

void apply_json(LoadedConfiguration& configuration, std::string_view text,
                const std::string& source) {
    Reader(configuration, text, source).run();
}

void apply_setting(LoadedConfiguration& configuration, const Setting& setting) {
    const auto list = set_in_list(configuration.values, setting.key, setting.text, setting.origin);
    if (list) {
        const Parameter<Configuration>& whole = *find_parameter(list->key);
        whole.write(configuration.values,
                    read_list(list->value, whole.fields, setting.origin + ": " + list->key));
        configuration.origins[list->key] = setting.origin;
        return;
    }
    const Parameter<Configuration>* parameter = find_parameter(setting.key);
    const bool is_text = parameter != nullptr &&
                         std::holds_alternative<std::string>(parameter->read(configuration.values));
    const std::string what = setting.origin + (setting.text.empty() ? ": has no value" : "");
    assign(configuration, setting.key, is_text ? json(setting.text) : raw_value(setting.text), what,
           setting.origin);
}

namespace {

/// "cluster.json:3: soc.plugins"
std::string place_of(const LoadedConfiguration& configuration, const std::string& key) {
    const auto origin = configuration.origins.find(key);
    return fmt::format("{}: {}", origin == configuration.origins.end() ? "default" : origin->second,
                       key);
}

void check_list(const LoadedConfiguration& configuration, const std::string& key,
                const std::vector<WindowConfiguration>& windows, u64 end) {
    if (const std::string mistake = mistake_in(windows, end); !mistake.empty())
        throw UserError("{}: {}", place_of(configuration, key), mistake);
}

void check_remotes(const LoadedConfiguration& configuration) {
    std::set<std::string> names;
    for (const RemoteConfiguration& device : configuration.values.soc.remotes)
        if (!names.insert(device.name).second)
            throw UserError("{}: two devices are called {}; give each its own name",
                            place_of(configuration, "soc.remotes"), device.name);
}

}  // namespace

void check_consistency(const LoadedConfiguration& configuration) {
    const SocConfiguration& soc = configuration.values.soc;
    check_list(configuration, "soc.external_out", soc.external_out, u64{1} << 32);
    check_list(configuration, "soc.cluster.external_out", soc.cluster.external_out, 0x1020'4000);
    check_plugins(soc.plugins, place_of(configuration, "soc.plugins"));
    check_remotes(configuration);
    check_list(configuration, soc.remotes.empty() ? "soc.plugins" : "soc.remotes", soc_windows(soc),
               u64{1} << 32);
    for (const Rule& rule : rules()) {
        if (rule.holds(configuration.values))
            continue;
        std::vector<std::string> given;
        for (const std::string& key : rule.keys) {
            const auto origin = configuration.origins.find(key);
            given.push_back(fmt::format(
                "{} = {} ({})", key, value_text(find_parameter(key)->read(configuration.values)),
                origin == configuration.origins.end() ? "default" : origin->second));
        }
        throw UserError("{}: {}", fmt::join(given, ", "), rule.what);
    }
}

LoadedConfiguration load_configuration(const std::string& name, std::span<const Setting> settings) {
    LoadedConfiguration configuration;
    apply_named(configuration, name.empty() ? std::string{kDefaultConfiguration} : name);
    for (const Setting& setting : settings)
        apply_setting(configuration, setting);
    check_consistency(configuration);
    return configuration;
}

}  // namespace flexv::platform
