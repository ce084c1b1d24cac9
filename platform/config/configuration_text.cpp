// SPDX-License-Identifier: Apache-2.0
// The effective configuration as commented JSON: what `flexv-vp config` prints.
#include "platform/config/configuration_reader.hpp"
#include "platform/config/plugins.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace flexv::platform {

namespace {

std::vector<std::string> split(const std::string& key) {
    std::vector<std::string> names;
    std::size_t start = 0;
    for (std::size_t dot = key.find('.'); dot != std::string::npos; dot = key.find('.', start)) {
        names.push_back(key.substr(start, dot - start));
        start = dot + 1;
    }
    names.push_back(key.substr(start));
    return names;
}

/// Writes members one after the other; opens and closes the objects between them.
class Writer {
public:
    explicit Writer(const LoadedConfiguration& configuration) : configuration_(configuration) {}

    std::string run() {
        text_ =
            "// Configuration of flexv-vp. Every key may be left out; --config takes this file.\n{";
        for (const auto& parameter : schema().parameters())
            write(parameter);
        close_to(0);
        text_ += "\n}\n";
        return std::move(text_);
    }

private:
    void write(const Parameter<Configuration>& parameter) {
        std::vector<std::string> path = split(parameter.key);
        const std::string name = path.back();
        path.pop_back();
        enter(path);
        begin_member(parameter.note.doc + "\n" + indent() + "// " + domain_and_origin(parameter),
                     name);
        if (parameter.key == "soc.plugins")
            describe_plugins();
        text_ += value_text(parameter.read(configuration_.values));
    }

    /// In front of the value that the text ends with the name of.
    void describe_plugins() {
        std::string lines;
        for (const std::string& line : descriptions_of(configuration_.values.soc.plugins))
            lines += indent() + "// - " + line + "\n";
        text_.insert(text_.rfind('\n') + 1, lines);
    }

    void enter(const std::vector<std::string>& path) {
        const auto common = std::ranges::mismatch(path, open_).in1 - path.begin();
        close_to(std::size_t(common));
        for (auto name = path.begin() + common; name != path.end(); ++name) {
            const std::string key =
                fmt::format("{}", fmt::join(path.begin(), std::next(name), "."));
            begin_member(schema().groups().at(key), *name);
            text_ += "{";
            open_.push_back(*name);
            is_first_ = true;
        }
    }

    void close_to(std::size_t depth) {
        while (open_.size() > depth) {
            open_.pop_back();
            text_ += "\n" + indent() + "}";
            is_first_ = false;
        }
    }

    void begin_member(const std::string& what, const std::string& name) {
        text_ += fmt::format("{}\n{}// {}\n{}\"{}\": ", is_first_ ? "" : ",", indent(), what,
                             indent(), name);
        is_first_ = false;
    }

    [[nodiscard]] std::string domain_and_origin(const Parameter<Configuration>& parameter) const {
        const auto& [doc, unit, allowed] = parameter.note;
        const auto found = configuration_.origins.find(parameter.key);
        std::string origin =
            found == configuration_.origins.end() ? "default" : "from " + found->second;
        std::ranges::replace(origin, '\n', ' ');  // a file name or setting may hold anything
        return fmt::format("[{}{}{}] {}", unit, unit.empty() ? "" : "; ", allowed.text, origin);
    }

    [[nodiscard]] std::string indent() const { return std::string(2 * (open_.size() + 1), ' '); }

    const LoadedConfiguration& configuration_;
    std::string text_;
    std::vector<std::string> open_;  // names of the objects that are open
    bool is_first_ = true;           // no member stands in the innermost object yet
};

}  // namespace

std::string to_text(const LoadedConfiguration& configuration) {
    return Writer(configuration).run();
}

std::vector<std::string> parameter_keys() {
    std::vector<std::string> keys;
    for (const auto& parameter : schema().parameters())
        keys.push_back(parameter.key);
    return keys;
}

}  // namespace flexv::platform
