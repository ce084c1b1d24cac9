// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/power_trace.hpp"

#include "platform/files/output_file.hpp"

#include <fmt/format.h>

#include <utility>

namespace flexv::platform {

namespace {

/// Whole attojoule as decimal picojoule, nothing rounded.
std::string exact_picojoules(u64 attojoules) {
    constexpr u64 kAttojoulesPerPicojoule = 1'000'000;
    return fmt::format("{}.{:06}", attojoules / kAttojoulesPerPicojoule,
                       attojoules % kAttojoulesPerPicojoule);
}

}  // namespace

PowerTrace::PowerTrace(OutputFile& file, const std::vector<std::string>& components,
                       OthersColumns others)
    : file_(file), others_(std::move(others)) {
    std::string header = "begin_cycle,end_cycle,begin_ns,mean_mw,total_pj";
    for (const std::string& component : components)
        header += fmt::format(",{}_pj", component);
    for (const OthersColumns::Column& column : others_.prices)
        header += fmt::format(",{}_pj", column.name);
    for (const OthersColumns::Column& column : others_.counters)
        header += "," + column.name;
    file_.write(header + "\n");
}

void PowerTrace::add(const PowerWindow& window) {
    std::string row =
        fmt::format("{},{},{:.3f},{:.6f},{}", window.begin, window.end, window.begin_ns,
                    window.mean_mw(window.bill.total), exact_picojoules(window.bill.total));
    for (const energy::ComponentEnergy& component : window.bill.components)
        row += "," + exact_picojoules(component.attojoules);
    for (const OthersColumns::Column& column : others_.prices)
        row += "," + exact_picojoules(window.bill.outside.at(column.index).attojoules);
    for (const OthersColumns::Column& column : others_.counters)
        row += fmt::format(",{}", window.counts.at(column.index));
    file_.write(row + "\n");
}

}  // namespace flexv::platform
