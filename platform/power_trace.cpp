// SPDX-License-Identifier: Apache-2.0
#include "platform/power_trace.hpp"

#include "base/error.hpp"
#include "platform/run_result.hpp"

namespace flexv::platform {

namespace {

/// Whole attojoule as decimal picojoule, nothing rounded.
std::string exact_picojoules(u64 attojoules) {
    constexpr u64 kAttojoulesPerPicojoule = 1'000'000;
    return fmt::format("{}.{:06}", attojoules / kAttojoulesPerPicojoule,
                       attojoules % kAttojoulesPerPicojoule);
}

}  // namespace

PowerTrace::PowerTrace(const std::string& path, const std::vector<std::string>& components,
                       double mhz)
    : path_(path), file_(path), mhz_(mhz) {
    file_ << "begin_cycle,end_cycle,begin_ns,mean_mw,total_pj";
    for (const std::string& component : components)
        file_ << "," << component << "_pj";
    file_ << "\n";
    if (!file_)
        throw UserError("power trace {}: cannot be written", path_);
}

void PowerTrace::add(const PowerWindow& window) {
    file_ << fmt::format(
        "{},{},{:.3f},{:.6f},{}", window.begin, window.end, double(window.begin) * 1000 / mhz_,
        mean_mw(window.bill.total, window.cycles(), mhz_), exact_picojoules(window.bill.total));
    for (const energy::ComponentEnergy& component : window.bill.components)
        file_ << "," << exact_picojoules(component.attojoules);
    file_ << "\n";
}

void PowerTrace::finish() {
    if (!file_.flush())
        throw UserError("power trace {}: cannot be written", path_);
}

}  // namespace flexv::platform
