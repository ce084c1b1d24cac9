// SPDX-License-Identifier: Apache-2.0
#include "platform/results/report.hpp"

#include "energy/figures.hpp"

#include "platform/files/output_file.hpp"
#include "platform/results/diagnosis_json.hpp"

#include <nlohmann/json.hpp>

namespace flexv::platform {

namespace {

using Json = nlohmann::ordered_json;

double picojoules(u64 attojoules) { return double(attojoules) / 1e6; }

Json harts_json(const RunResult& result) {
    Json list = Json::array();
    for (const HartResult& hart : result.harts) {
        Json stalls = Json::object();
        for (const auto& [cause, cycles] : hart.stalls)
            stalls[cause] = cycles;
        list.push_back({{"name", hart.name},
                        {"hartid", hart.hartid},
                        {"instructions", hart.instructions},
                        {"active_cycles", hart.active_cycles},
                        {"sleep_cycles", hart.sleep_cycles},
                        {"stalls", std::move(stalls)},
                        {"energy_pj", picojoules(attojoules_of(result.energy.bill, hart.name))}});
    }
    return list;
}

/// Component path: {event: count}. A region leaves out what did not happen in it.
Json counters_json(const std::vector<std::string>& paths, const energy::Counts& counts,
                   bool with_zeros) {
    Json components = Json::object();
    for (std::size_t i = 0; i < paths.size() && i < counts.size(); ++i)
        if (with_zeros || counts[i] != 0)
            components[std::string(energy::component_of(paths[i]))]
                      [std::string(energy::event_of(paths[i]))] = counts[i];
    return components;
}

Json components_json(const std::vector<energy::ComponentEnergy>& components) {
    Json object = Json::object();
    for (const auto& [path, attojoules] : components)
        object[path] = picojoules(attojoules);
    return object;
}

double mm2(u64 um2) { return double(um2) / 1e6; }

Json areas_json(const std::vector<energy::ComponentArea>& components) {
    Json object = Json::object();
    for (const auto& [path, um2] : components)
        object[path] = mm2(um2);
    return object;
}

Json region_json(const RegionResult& entry, const RunResult& result) {
    const Region& region = entry.region;
    const double mhz = entry.mhz;
    Json json = {{"id", region.id},
                 {"name", region.name},
                 {"visits", region.visits},
                 {"cycles", region.cycles},
                 {"instructions", entry.instructions},
                 {"macs", entry.macs},
                 {"mac_per_cycle", entry.mac_per_cycle()},
                 {"energy_pj", picojoules(entry.attojoules)},
                 {"mean_mw", energy::mean_mw(entry.attojoules, region.cycles, mhz)},
                 {"tops_per_watt", energy::tops_per_watt(entry.macs, entry.attojoules)},
                 {"gops", energy::giga_operations(entry.macs, region.cycles, mhz)},
                 {"own_energy_pj", picojoules(entry.own_attojoules)},
                 {"own_cycles", region.own_cycles},
                 {"components", components_json(entry.components)},
                 {"counters", counters_json(result.counter_paths, region.counts, false)},
                 {"own_counters", counters_json(result.counter_paths, region.own_counts, false)}};
    if (result.energy.area.total != 0)
        json["gops_per_mm2"] =
            energy::giga_operations(entry.macs, region.cycles, mhz) / result.energy.area.mm2();
    if (!result.clocks.empty()) {
        json["cycles_by_clock"] = region.elapsed;
        json["own_cycles_by_clock"] = region.own_elapsed;
    }
    return json;
}

Json regions_json(const RunResult& result) {
    Json list = Json::array();
    for (const RegionResult& entry : result.regions)
        list.push_back(region_json(entry, result));
    return list;
}

Json functions_json(const RunResult& result) {
    Json list = Json::array();
    for (const FunctionResult& function : result.functions)
        list.push_back({{"name", function.name},
                        {"file", function.file},
                        {"line", function.line},
                        {"instructions", function.instructions},
                        {"active_cycles", function.active_cycles},
                        {"sleep_cycles", function.sleep_cycles},
                        {"macs", function.macs},
                        {"energy_pj", picojoules(function.attojoules)},
                        {"counters", counters_json(result.counter_paths, function.counts, false)}});
    return list;
}

Json classes_json(const EnergyResult& energy) {
    Json list = Json::array();
    for (const InstructionClass& entry : energy.classes)
        list.push_back({{"class", entry.name},
                        {"instructions", entry.instructions},
                        {"pj_each", picojoules(entry.attojoules_each)}});
    return list;
}

/// Every line of the profile that was used: where its number comes from, and what it has cost.
Json coefficients_json(const EnergyResult& energy) {
    Json list = Json::array();
    auto item = energy.bill.items.begin();
    for (const energy::Coefficient& coefficient : energy.profile.coefficients) {
        list.push_back({{"symbol", coefficient.symbol},
                        {"counter", coefficient.counter},
                        {"component", coefficient.component},
                        {"value", coefficient.pj},
                        {"unit", "pJ"},
                        {"scale", item->scale},
                        {"kind", name_of(coefficient.kind)},
                        {"source", coefficient.source},
                        {"outside", coefficient.outside},
                        {"events", item->events},
                        {"energy_pj", picojoules(item->attojoules)}});
        ++item;
    }
    for (const energy::Standing& standing : energy.profile.standing) {
        list.push_back({{"symbol", standing.leaks ? "leakage" : "fixed"},
                        {"counter", "elapsed cycles"},
                        {"component", standing.component},
                        {"value", standing.mw},
                        {"unit", "mW"},
                        {"scale", item->scale},
                        {"kind", name_of(standing.kind)},
                        {"source", standing.source},
                        {"outside", false},
                        {"events", item->events},
                        {"energy_pj", picojoules(item->attojoules)}});
        ++item;
    }
    return list;
}

Json uncertainty_json(const energy::Uncertainty& uncertainty) {
    return {{"total", uncertainty.total_percent}, {"component", uncertainty.component_percent}};
}

Json size_json(const energy::Size& size) {
    return std::visit([](const auto& held) { return Json(held); }, size);
}

Json architecture_json(const energy::Architecture& architecture) {
    Json sizes = Json::object();
    for (const auto& [name, size] : architecture)
        sizes[name] = size_json(size);
    return sizes;
}

Json extrapolations_json(const EnergyResult& energy) {
    Json list = Json::array();
    for (const energy::Extrapolation& size : energy.extrapolations)
        list.push_back({{"size", size.name},
                        {"value", size_json(size.size)},
                        {"reference", size_json(size.reference)},
                        {"outside", size.outside}});
    return list;
}

/// Every item of the profile: where its number comes from, and what it takes here.
Json area_items_json(const EnergyResult& energy) {
    Json list = Json::array();
    auto line = energy.area.lines.begin();
    for (const energy::AreaItem& item : energy.profile.area.items) {
        list.push_back({{"symbol", item.symbol},
                        {"component", item.component},
                        {"value", item.value},
                        {"unit", item.is_gates ? "kGE" : "mm2"},
                        {"count", line->count},
                        {"scale", line->scale},
                        {"kind", name_of(item.kind)},
                        {"source", item.source},
                        {"outside", item.outside},
                        {"mm2", mm2(line->um2)}});
        ++line;
    }
    return list;
}

Json area_json(const EnergyResult& energy) {
    const energy::Floorplan& area = energy.area;
    Json by_kind = Json::object();
    for (unsigned kind = 0; kind < energy::kKinds; ++kind)
        by_kind[std::string(name_of(energy::Kind(kind)))] = mm2(area.by_kind[kind]);
    return {{"total_mm2", mm2(area.total)},
            {"components", areas_json(area.components)},
            {"outside_components", areas_json(area.outside)},
            {"item_kinds", std::move(by_kind)},
            {"uncertainty_percent", uncertainty_json(area.uncertainty)},
            {"gate_um2", energy.profile.area.gate_um2},
            {"items", area_items_json(energy)}};
}

/// The clocks that firmware has set are there where it has set any.
Json clock_json(const RunResult& result) {
    Json clock = {{"mhz", result.clock.mhz}, {"vdd", result.clock.vdd}};
    if (!result.clocks.empty()) {
        clock["mhz_of_clock"] = result.clocks;
        clock["cycles_by_clock"] = result.elapsed;
    }
    return clock;
}

Json energy_json(const RunResult& result) {
    const EnergyResult& energy = result.energy;
    Json by_kind = Json::object();
    for (unsigned kind = 0; kind < energy::kKinds; ++kind)
        by_kind[std::string(name_of(energy::Kind(kind)))] = picojoules(energy.bill.by_kind[kind]);
    return {{"profile", energy.profile.name},
            {"vdd", energy.point.vdd},
            {"mhz", energy.point.mhz},
            {"total_pj", picojoules(energy.bill.total)},
            {"mean_mw", result.mean_mw(energy.bill.total)},
            {"components", components_json(energy.bill.components)},
            {"outside_components", components_json(energy.bill.outside)},
            {"coefficient_kinds", std::move(by_kind)},
            {"unpriced", energy.unpriced},
            {"profile_source", energy.profile_source},
            {"profile_meaning", energy.profile.meaning},
            {"uncertainty_percent", uncertainty_json(energy.uncertainty)},
            {"valid_vdd", {energy.profile.valid.min, energy.profile.valid.max}},
            {"max_mhz", energy.profile.max_mhz(energy.point.vdd)},
            {"warnings", energy.doubts},
            {"rest_pj", picojoules(energy.rest_attojoules)},
            {"instruction_classes", classes_json(energy)},
            {"coefficients", coefficients_json(energy)},
            {"extrapolations", extrapolations_json(energy)}};
}

}  // namespace

std::string report_text(const RunResult& result) {
    Json json = {
        {"schema", "flexv-report-1"},
        {"result", name_of(result.outcome)},
        {"exit_code", i32(result.exit_code)},
        {"exit_code_unsigned", result.exit_code},
        {"cycles", result.cycles},
        {"time_ns", result.time_ns},
        {"instructions", result.instructions},
        {"host", {{"seconds", result.host_seconds}, {"mips", result.host_mips()}}},
        {"clock", clock_json(result)},
        {"architecture", architecture_json(result.architecture)},
        {"harts", harts_json(result)},
        {"regions", regions_json(result)},
        {"warnings", result.warnings},
        {"counters", counters_json(result.counter_paths, result.counts, true)},
        {"energy", energy_json(result)},
    };
    if (!result.platform.empty())
        json["platform"] = result.platform;
    if (result.restored)
        json["restored"] = {{"cycle", result.restored->cycle},
                            {"instructions", result.restored->instructions}};
    if (!result.energy.area.empty())
        json["area"] = area_json(result.energy);
    if (result.energy.peak_cycles != 0) {
        json["energy"]["peak_mw"] = result.energy.peak_mw;
        json["energy"]["peak_window_cycles"] = result.energy.peak_cycles;
    }
    if (!result.functions.empty()) {
        json["functions"] = functions_json(result);
        json["energy"]["shared_pj"] = picojoules(result.energy.shared_attojoules);
    }
    if (result.diagnosis)
        json["diagnosis"] = diagnosis_json(*result.diagnosis);
    if (result.findings)
        json["findings"] = findings_json(*result.findings);
    // A file name in a firmware need not be UTF-8: replace what JSON cannot hold.
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void save_report(const RunResult& result, OutputFile& file) {
    file.write(report_text(result));
    file.commit();
}

}  // namespace flexv::platform
