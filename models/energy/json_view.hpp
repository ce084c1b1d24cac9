// SPDX-License-Identifier: Apache-2.0
// Strict reading of a JSON object: every message names file and key, and a key that nobody asked
// for is an error. For profiles and for reports; no part of the installed headers.
#pragma once

#include "base/edit_distance.hpp"
#include "base/error.hpp"
#include "energy/architecture.hpp"
#include "energy/profile.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace flexv::energy {

using Json = nlohmann::ordered_json;

class JsonView {
public:
    JsonView(const Json& value, std::string where) : value_(value), where_(std::move(where)) {
        if (!value_.is_object())
            throw UserError("{}: must be an object", where_);
    }

    [[nodiscard]] const std::string& where() const { return where_; }
    [[nodiscard]] bool has(const std::string& key) {
        known_.push_back(key);
        return value_.contains(key);
    }

    [[nodiscard]] std::string text(const std::string& key) {
        const Json& found = at(key);
        if (!found.is_string())
            throw UserError("{}.{}: must be a string, not {}", where_, key, shown(found));
        return found.get<std::string>();
    }
    /// What something has counted, up to `max`.
    [[nodiscard]] u64 count(const std::string& key, u64 max = ~u64{0}) {
        const Json& found = at(key);
        if (!found.is_number_unsigned() || found.get<u64>() > max)
            throw UserError("{}.{} = {}: must be a whole number from 0 to {}", where_, key,
                            shown(found), max);
        return found.get<u64>();
    }
    [[nodiscard]] Cycles cycles(const std::string& key, Cycles max = kNever) {
        return Cycles{count(key, u64(max))};
    }
    [[nodiscard]] double number(const std::string& key) {
        const Json& found = at(key);
        if (!found.is_number())
            throw UserError("{}.{}: must be a number, not {}", where_, key, shown(found));
        return found.get<double>();
    }
    [[nodiscard]] double number(const std::string& key, double min, double max) {
        const double found = number(key);
        if (!(found >= min && found <= max))
            throw UserError("{}.{} = {}: must be a number from {} to {}", where_, key, found, min,
                            max);
        return found;
    }
    [[nodiscard]] double not_negative(const std::string& key) {
        const double found = number(key);
        if (found < 0)
            throw UserError("{}.{} = {}: must not be negative", where_, key, found);
        return found;
    }
    [[nodiscard]] bool flag(const std::string& key) {
        if (!has(key))
            return false;
        if (!at(key).is_boolean())
            throw UserError("{}.{}: must be true or false", where_, key);
        return at(key).get<bool>();
    }
    [[nodiscard]] std::vector<std::string> texts(const std::string& key) {
        const Json& found = at(key);
        const bool is_list = found.is_array() && std::ranges::all_of(found, [](const Json& item) {
                                 return item.is_string();
                             });
        if (!is_list)
            throw UserError("{}.{}: must be a list of strings", where_, key);
        return found.get<std::vector<std::string>>();
    }
    [[nodiscard]] std::vector<double> numbers(const std::string& key, double min, double max) {
        std::vector<double> found;
        for (const Json& item : list(key)) {
            if (!item.is_number() || item.get<double>() < min || item.get<double>() > max)
                throw UserError("{}.{}[{}] = {}: must be a number from {} to {}", where_, key,
                                found.size(), shown(item), min, max);
            found.push_back(item.get<double>());
        }
        return found;
    }
    [[nodiscard]] std::vector<u64> counts(const std::string& key) {
        std::vector<u64> found;
        for (const Json& item : list(key)) {
            if (!item.is_number_unsigned())
                throw UserError("{}.{}[{}] = {}: must be a whole number, not negative", where_, key,
                                found.size(), shown(item));
            found.push_back(item.get<u64>());
        }
        return found;
    }
    /// A count or a name.
    [[nodiscard]] Size size(const std::string& key) {
        const Json& found = at(key);
        if (found.is_string())
            return found.get<std::string>();
        if (!found.is_number_unsigned() || found.get<u64>() == 0)
            throw UserError("{}.{} = {}: must be a whole number above 0, or a name", where_, key,
                            found.dump());
        return found.get<u64>();
    }
    [[nodiscard]] Kind kind() {
        const std::string found = text("kind");
        for (const Kind kind : {Kind::published, Kind::derived, Kind::assumed})
            if (found == name_of(kind))
                return kind;
        throw UserError("{}.kind = \"{}\": must be published, derived or assumed", where_, found);
    }
    /// Every law says where it comes from; the text is for the reader of the file.
    void require_source() {
        static_cast<void>(kind());
        static_cast<void>(text("source"));
    }
    [[nodiscard]] JsonView object(const std::string& key) { return {at(key), where_ + "." + key}; }
    [[nodiscard]] std::vector<JsonView> objects(const std::string& key) {
        const Json& found = list(key);
        std::vector<JsonView> items;
        for (std::size_t i = 0; i < found.size(); ++i)
            items.emplace_back(found[i], fmt::format("{}.{}[{}]", where_, key, i));
        return items;
    }
    /// The keys of an object whose keys are names.
    [[nodiscard]] std::vector<std::string> keys() const {
        std::vector<std::string> names;
        for (const auto& item : value_.items())
            names.push_back(item.key());
        return names;
    }
    /// Every key must have been asked for.
    void finish() const {
        for (const auto& [key, value] : value_.get_ref<const Json::object_t&>())
            if (std::ranges::find(known_, key) == known_.end())
                throw UserError("{}.{}: unknown key; nearest: {}", where_, key,
                                nearest_name(key, known_));
    }

    /// A value in a message: as it stands, but not pages of it.
    [[nodiscard]] static std::string shown(const Json& value) {
        constexpr std::size_t kMost = 60;
        if (value.is_structured())
            return value.is_array() ? "a list" : "an object";
        const std::string text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
        return text.size() <= kMost ? text : text.substr(0, kMost) + "...";
    }

private:
    const Json& list(const std::string& key) {
        const Json& found = at(key);
        if (!found.is_array())
            throw UserError("{}.{}: must be a list", where_, key);
        return found;
    }
    const Json& at(const std::string& key) {
        known_.push_back(key);
        const auto found = value_.find(key);
        if (found == value_.end())
            throw UserError("{}.{}: is missing", where_, key);
        return *found;
    }

    const Json& value_;
    std::string where_;
    std::vector<std::string> known_;
};

}  // namespace flexv::energy
