// SPDX-License-Identifier: Apache-2.0
// From the JSON text of a power annotation file to a Profile. Its own file, because only it knows
// the format; models/energy/README.md describes it.
#include "base/edit_distance.hpp"
#include "base/error.hpp"
#include "base/strict_json.hpp"
#include "energy/area_reader.hpp"
#include "energy/json_view.hpp"
#include "energy/profile.hpp"
#include "energy/size_law_reader.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <set>

namespace flexv::energy {

namespace {

constexpr int kMaxExtends = 8;  // who extends deeper goes in a circle

/// A list whose items are told apart by some of their keys.
struct KeyedList {
    const char* name;
    std::vector<const char*> keys;
};
const std::array<KeyedList, 2> kKeyedLists = {
    KeyedList{"coefficients", {"symbol", "counter"}},
    KeyedList{"statistics", {"counter"}},
};

/// What tells an item apart from the others of its list, as text.
std::string identity(const Json& item, const KeyedList& list) {
    std::vector<std::string> parts;
    for (const char* key : list.keys)
        if (item.is_object() && item.contains(key) && item[key].is_string())
            parts.push_back(item[key].get<std::string>());
    return fmt::format("{}", fmt::join(parts, " of "));
}

void refuse_duplicates(const Json& file, const std::string& origin) {
    for (const KeyedList& list : kKeyedLists) {
        if (!file.contains(list.name) || !file[list.name].is_array())
            continue;
        std::set<std::string> seen;
        for (const Json& item : file[list.name])
            if (const std::string name = identity(item, list); !seen.insert(name).second)
                throw UserError("{}.{}: {} is there twice; keep one", origin, list.name, name);
    }
}

/// The items of `base`, each replaced by the one of `own` with the same identity; new ones follow.
Json merged(const Json& base, const Json& own, const KeyedList& list) {
    Json result = base;
    for (const Json& item : own) {
        const auto same = std::find_if(result.begin(), result.end(), [&](const Json& other) {
            return identity(other, list) == identity(item, list);
        });
        if (same == result.end())
            result.push_back(item);
        else
            *same = item;
    }
    return result;
}

/// JSON merge patch (RFC 7396), but for the keyed lists.
Json patched(Json base, const Json& own) {
    Json patch = own;
    for (const KeyedList& list : kKeyedLists)
        if (base.contains(list.name) && own.contains(list.name) && own[list.name].is_array())
            patch[list.name] = merged(base[list.name], own[list.name], list);
    base.merge_patch(patch);
    return base;
}

Json read_file(const std::string& text, const std::string& origin) {
    Json file = parse_strictly(text, origin);
    if (file.is_object())
        refuse_duplicates(file, origin);
    return file;
}

/// The file with what it extends underneath.
Json resolved(const std::string& text, const std::string& origin, const ProfileSource& base_of) {
    Json result = read_file(text, origin);
    for (int depth = 0; result.is_object() && result.contains("extends"); ++depth) {
        if (depth == kMaxExtends || !result["extends"].is_string())
            throw UserError("{}.extends: must name a profile that does not extend this one",
                            origin);
        const auto base_name = result["extends"].get<std::string>();
        result.erase("extends");
        result = patched(read_file(base_of(base_name), base_name), result);
    }
    return result;
}

Coefficient read_coefficient(JsonView view, const std::vector<SizeLaw>& laws) {
    const std::string unit = view.text("unit");
    if (unit != "pJ")
        throw UserError("{}.unit = \"{}\": must be pJ", view.where(), unit);
    Coefficient result{.symbol = view.text("symbol"),
                       .counter = view.text("counter"),
                       .component = view.text("component"),
                       .pj = view.not_negative("value"),
                       .kind = view.kind(),
                       .source = view.text("source"),
                       .outside = view.flag("outside"),
                       .has_own_supply = view.flag("has_own_supply"),
                       .optional = view.flag("optional"),
                       .scales = read_scales(view, "scales", laws)};
    view.finish();
    return result;
}

/// The laws of each component's leakage; every key is a component of the split.
std::map<std::string, std::vector<std::string>> read_leakage_scales(
    JsonView& view, const std::vector<std::string>& components, const std::vector<SizeLaw>& laws) {
    std::map<std::string, std::vector<std::string>> result;
    if (!view.has("scales"))
        return result;
    JsonView scales = view.object("scales");
    for (const std::string& component : scales.keys()) {
        if (std::ranges::find(components, component) == components.end())
            throw UserError("{}: {} is no component of the split; nearest: {}", scales.where(),
                            component, nearest_name(component, components));
        result[component] = read_scales(scales, component, laws);
    }
    return result;
}

/// One Standing per share of the split, so that each component's leakage is seen.
void read_leakage(JsonView view, Profile& profile) {
    const double mw = view.not_negative("mw");
    const Kind kind = view.kind();
    const std::string source = view.text("source");
    JsonView split = view.object("split");
    auto scales = read_leakage_scales(view, split.keys(), profile.size_laws);
    double sum = 0;
    for (const std::string& component : split.keys()) {
        const double share = split.not_negative(component);
        sum += share;
        if (mw * share > 0)
            profile.standing.push_back(
                {component, mw * share, kind, source, true, scales[component]});
    }
    if (std::abs(sum - 1) > 1e-9)
        throw UserError("{} sums up to {}: the shares must sum up to 1", split.where(), sum);
    view.finish();
}

void read_fixed(JsonView view, Profile& profile) {
    const Standing fixed{view.text("component"),
                         view.not_negative("mw"),
                         view.kind(),
                         view.text("source"),
                         false,
                         read_scales(view, "scales", profile.size_laws)};
    if (fixed.mw > 0)
        profile.standing.push_back(fixed);
    view.finish();
}

void finish_law(JsonView& law) {
    law.require_source();
    law.finish();
}

void read_laws(JsonView view, Profile& profile) {
    Laws& laws = profile.laws;
    JsonView dynamic = view.object("dynamic");
    laws.dynamic_exponent = dynamic.not_negative("exponent");
    laws.dynamic_scale = dynamic.not_negative("scale");
    finish_law(dynamic);
    JsonView leakage = view.object("leakage");
    laws.leakage_per_volt = leakage.not_negative("slope_per_volt");
    finish_law(leakage);
    if (view.has("max_mhz")) {
        JsonView limit = view.object("max_mhz");
        const double scale = limit.not_negative("scale");
        laws.max_mhz_per_volt = scale * limit.number("per_volt");
        laws.max_mhz_offset = scale * limit.number("offset");
        finish_law(limit);
    }
    if (view.has("size"))
        profile.size_laws = read_size_laws(view.object("size"), profile.architecture);
    view.finish();
}

void read_reference(JsonView view, Profile& profile) {
    profile.reference = {.vdd = view.not_negative("vdd"), .mhz = view.not_negative("mhz")};
    static_cast<void>(view.text("corner"));
    if (view.has("architecture"))
        profile.architecture = read_architecture(view.object("architecture"));
    view.finish();
}

VoltageRange read_range(JsonView view) {
    const VoltageRange range{.min = view.not_negative("vdd_min"),
                             .max = view.not_negative("vdd_max")};
    if (range.min == 0 || range.max < range.min)
        throw UserError("{}: {}..{} V is no range; 0 < vdd_min <= vdd_max", view.where(), range.min,
                        range.max);
    finish_law(view);
    return range;
}

void read_ranges(JsonView& view, Profile& profile) {
    profile.valid = read_range(view.object("valid"));
    profile.limits = view.has("limits") ? read_range(view.object("limits")) : profile.valid;
    if (!profile.limits.contains(profile.valid.min) || !profile.limits.contains(profile.valid.max))
        throw UserError("{}.limits: must contain the range of `valid`, {}..{} V", view.where(),
                        profile.valid.min, profile.valid.max);
}

void read_uncertainty(JsonView view, Profile& profile) {
    profile.uncertainty = {.total_percent = view.not_negative("total_percent"),
                           .component_percent = view.not_negative("component_percent")};
    if (!profile.architecture.empty()) {
        JsonView growth = view.object("per_doubling");
        profile.uncertainty_growth = {
            .total_percent = growth.not_negative("total_percent"),
            .component_percent = growth.not_negative("component_percent")};
        finish_law(growth);
    }
    finish_law(view);
}

void read_statistics(JsonView& view, Profile& profile) {
    for (JsonView item : view.objects("statistics")) {
        profile.statistics.push_back({item.text("counter"), item.text("reason")});
        item.finish();
    }
}

}  // namespace

Profile parse_profile(const std::string& text, const std::string& origin,
                      const ProfileSource& base_of) {
    const Json json = resolved(text, origin, base_of);
    JsonView view(json, origin);
    Profile profile;
    profile.name = view.text("name");
    profile.meaning = view.text("meaning");
    read_reference(view.object("reference"), profile);
    read_ranges(view, profile);
    read_uncertainty(view.object("uncertainty"), profile);
    read_laws(view.object("laws"), profile);
    for (const JsonView& item : view.objects("coefficients"))
        profile.coefficients.push_back(read_coefficient(item, profile.size_laws));
    read_leakage(view.object("leakage"), profile);
    if (view.has("fixed"))
        read_fixed(view.object("fixed"), profile);
    if (view.has("statistics"))
        read_statistics(view, profile);
    if (view.has("area"))
        profile.area = read_area(view.object("area"), profile.size_laws, profile.architecture);
    view.finish();
    static_cast<void>(profile.doubts(profile.reference));  // the reference must have a meaning
    return profile;
}

}  // namespace flexv::energy
