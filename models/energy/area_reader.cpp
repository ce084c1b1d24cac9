// SPDX-License-Identifier: Apache-2.0
#include "energy/area_reader.hpp"

#include "base/edit_distance.hpp"
#include "energy/size_law_reader.hpp"

#include <variant>

namespace flexv::energy {

namespace {

bool read_unit(JsonView& view) {
    const std::string unit = view.text("unit");
    if (unit != "kGE" && unit != "mm2")
        throw UserError("{}.unit = \"{}\": must be kGE or mm2", view.where(), unit);
    return unit == "kGE";
}

/// Without `per` there is one of it.
SizeProduct read_per(JsonView& view, const Architecture& reference) {
    if (!view.has("per"))
        return {};
    SizeProduct per = read_product(view);
    for (const std::string& name : per.names()) {
        const Size* size = find_size(reference, name);
        if (size != nullptr && std::holds_alternative<u64>(*size))
            continue;
        std::vector<std::string> counts;
        for (const auto& [other, value] : reference)
            if (std::holds_alternative<u64>(value))
                counts.push_back(other);
        throw UserError("{}.per: {} is no count in reference.architecture; nearest: {}",
                        view.where(), name, nearest_name(name, counts));
    }
    return per;
}

AreaItem read_item(JsonView view, const std::string& symbol, const std::vector<SizeLaw>& laws,
                   const Architecture& reference) {
    AreaItem item{.symbol = symbol,
                  .component = view.text("component"),
                  .value = view.not_negative("value"),
                  .is_gates = read_unit(view),
                  .per = read_per(view, reference),
                  .scales = read_scales(view, "scales", laws),
                  .kind = view.kind(),
                  .source = view.text("source"),
                  .outside = view.flag("outside"),
                  .optional = view.flag("optional")};
    view.finish();
    return item;
}

void read_uncertainty(JsonView view, Area& area) {
    area.uncertainty = {.total_percent = view.not_negative("total_percent"),
                        .component_percent = view.not_negative("component_percent")};
    JsonView growth = view.object("per_doubling");
    area.uncertainty_growth = {.total_percent = growth.not_negative("total_percent"),
                               .component_percent = growth.not_negative("component_percent")};
    growth.require_source();
    growth.finish();
    view.require_source();
    view.finish();
}

void refuse_two_places(const AreaItem& item, const std::vector<AreaItem>& others,
                       const std::string& where) {
    for (const AreaItem& other : others)
        if (other.component == item.component && other.outside != item.outside)
            throw UserError("{}.{}: component {} is both inside and outside of the cluster ({})",
                            where, item.symbol, item.component, other.symbol);
}

}  // namespace

Area read_area(JsonView view, const std::vector<SizeLaw>& laws, const Architecture& reference) {
    if (reference.empty())
        throw UserError("{}: needs reference.architecture, the sizes that it is given for",
                        view.where());
    Area area;
    JsonView gate = view.object("gate");
    area.gate_um2 = gate.not_negative("um2");
    gate.require_source();
    gate.finish();
    read_uncertainty(view.object("uncertainty"), area);
    JsonView items = view.object("items");
    for (const std::string& symbol : items.keys()) {
        AreaItem item = read_item(items.object(symbol), symbol, laws, reference);
        refuse_two_places(item, area.items, items.where());
        area.items.push_back(std::move(item));
    }
    if (area.items.empty())
        throw UserError("{}: must name at least one, for example \"core\"", items.where());
    view.finish();
    return area;
}

}  // namespace flexv::energy
