// SPDX-License-Identifier: Apache-2.0
#include "base/strict_json.hpp"

#include "base/error.hpp"
#include "base/json_mistake.hpp"

#include <utility>
#include <vector>

namespace flexv {

using Json = nlohmann::ordered_json;

namespace {

/// Builds the value while the text is read: a parser would take the last of two equal keys and any
/// depth.
class StrictBuilder final : public nlohmann::json_sax<Json> {
public:
    StrictBuilder(const std::string& text, const std::string& origin)
        : text_(text), origin_(origin) {}

    Json build() {
        Json::sax_parse(text_, this);
        return std::move(root_);
    }

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t& /*digits*/) override {
        return put(value);
    }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t& /*value*/) override { return false; }
    bool start_object(std::size_t /*elements*/) override { return enter(Json::object()); }
    bool start_array(std::size_t /*elements*/) override { return enter(Json::array()); }
    bool end_object() override { return leave(); }
    bool end_array() override { return leave(); }
    bool key(string_t& name) override {
        Open& object = open_.back();
        object.key = name;
        const auto [member, is_new] =
            object.value->get_ref<Json::object_t&>().emplace(name, nullptr);
        if (!is_new)
            throw UserError("{}: is given twice; keep one", path());
        object.member = &member->second;
        return true;
    }
    bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                     const nlohmann::detail::exception& error) override {
        if (const auto* const mistake = dynamic_cast<const Json::parse_error*>(&error))
            throw UserError("{}", json_mistake(origin_, text_, mistake->byte, error.what()));
        throw UserError("{}: {}", origin_, error.what());  // a number beyond all
    }

private:
    struct Open {
        Json* value = nullptr;   // stays in place: nothing is put in front of it until it is closed
        Json* member = nullptr;  // of an object: what the value of `key` becomes
        std::string key{};
    };

    /// Where the next value belongs.
    Json& place() {
        if (open_.empty())
            return root_;
        return open_.back().value->is_object() ? *open_.back().member
                                               : open_.back().value->emplace_back();
    }
    bool put(Json value) {
        place() = std::move(value);
        return true;
    }
    bool enter(Json value) {
        constexpr std::size_t kDeepest = 16;  // profiles have 4 levels, reports 6
        if (open_.size() > kDeepest)
            throw UserError("{}: nests objects and lists deeper than {} levels", origin_, kDeepest);
        Json& opened = place();
        opened = std::move(value);
        open_.push_back({.value = &opened});
        return true;
    }
    bool leave() {
        open_.pop_back();
        return true;
    }
    [[nodiscard]] std::string path() const {
        std::string text = origin_;
        for (const Open& object : open_)
            text += object.key.empty() ? "" : "." + object.key;
        return text;
    }

    const std::string& text_;
    const std::string& origin_;
    Json root_;
    std::vector<Open> open_;  // objects and lists, outermost first
};

}  // namespace

Json parse_strictly(const std::string& text, const std::string& origin) {
    return StrictBuilder(text, origin).build();
}

}  // namespace flexv
