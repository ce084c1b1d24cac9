// SPDX-License-Identifier: Apache-2.0
#include "base/strict_json.hpp"

#include "base/error.hpp"
#include "base/json_mistake.hpp"

#include <functional>
#include <set>
#include <vector>

namespace flexv {

using Json = nlohmann::ordered_json;

namespace {

/// Guards the parser, which would take the last of two equal keys and any depth.
class KeyAndDepthCheck {
public:
    explicit KeyAndDepthCheck(const std::string& origin) : origin_(origin) {}

    bool operator()(int depth, Json::parse_event_t event, const Json& parsed) {
        if (event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start)
            enter(depth);
        else if (event == Json::parse_event_t::object_end ||
                 event == Json::parse_event_t::array_end)
            open_.pop_back();
        else if (event == Json::parse_event_t::key)
            take(parsed.get_ref<const std::string&>());
        return true;
    }

private:
    struct Open {
        std::set<std::string> keys;
        std::string last;
    };

    void enter(int depth) {
        constexpr int kDeepest = 16;  // profiles have 4 levels, reports 6
        if (depth > kDeepest)
            throw UserError("{}: nests objects and lists deeper than {} levels", origin_, kDeepest);
        open_.emplace_back();
    }
    void take(const std::string& key) {
        open_.back().last = key;
        if (!open_.back().keys.insert(key).second)
            throw UserError("{}: is given twice; keep one", path());
    }
    [[nodiscard]] std::string path() const {
        std::string text = origin_;
        for (const Open& object : open_)
            text += object.last.empty() ? "" : "." + object.last;
        return text;
    }

    const std::string& origin_;
    std::vector<Open> open_;  // objects and lists, outermost first
};

}  // namespace

Json parse_strictly(const std::string& text, const std::string& origin) {
    try {
        KeyAndDepthCheck check(origin);
        return Json::parse(text, std::ref(check));
    } catch (const Json::parse_error& error) {
        throw UserError("{}", json_mistake(origin, text, error.byte, error.what()));
    } catch (const Json::exception& error) {
        throw UserError("{}: {}", origin, error.what());  // a number beyond all
    }
}

}  // namespace flexv
