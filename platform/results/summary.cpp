// SPDX-License-Identifier: Apache-2.0
#include "platform/results/summary.hpp"

#include "energy/figures.hpp"
#include "platform/results/energy_summary.hpp"
#include "platform/results/terminal_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

namespace {

std::string outcome_text(const RunResult& result) {
    switch (result.outcome) {
        case Outcome::exit:
            return result.exit_code == u32(result.exit_status())
                       ? fmt::format("exit {}", result.exit_code)
                       : fmt::format("exit {} ({} unsigned), status {},", i32(result.exit_code),
                                     result.exit_code, result.exit_status());
        case Outcome::fault:
            return "firmware fault";
        case Outcome::limit:
            return "limit reached";
        case Outcome::deadlock:
            return "deadlock";
        case Outcome::interrupted:
            return "interrupted";
    }
    return {};
}

std::string headline(const RunResult& result) {
    return fmt::format(
        "{} after {} cycles ({} at {:.7g} MHz)\n{} instructions; host {:.2f} s, {:.1f} "
        "MIPS\n",
        outcome_text(result), grouped(result.cycles), with_unit(result.time_ns * 1e-9, "s"),
        result.clock.mhz, grouped(result.instructions), result.host_seconds, result.host_mips());
}

std::string regions_table(const RunResult& result) {
    TerminalTable table(
        fmt::format("Regions ({}; energy, mW and TOPS/W +-{:.3g} %)", point_text(result.energy),
                    result.energy.uncertainty.total_percent),
        {"region", "visits", "cycles", "instructions", "MAC/cycle", "GOPS", "energy", "mW",
         "TOPS/W"});
    for (const RegionResult& entry : result.regions) {
        const Region& region = entry.region;
        table.add(
            {region.name, grouped(region.visits), grouped(region.cycles),
             grouped(entry.instructions), fmt::format("{:.2f}", entry.mac_per_cycle()),
             fmt::format("{:.2f}", energy::giga_operations(entry.macs, region.cycles, entry.mhz)),
             energy_text(entry.attojoules),
             fmt::format("{:.2f}", energy::mean_mw(entry.attojoules, region.cycles, entry.mhz)),
             fmt::format("{:.3f}", energy::tops_per_watt(entry.macs, entry.attojoules))});
    }
    return table.text();
}

Cycles stalled_cycles(const HartResult& hart) {
    Cycles sum = 0;
    for (const auto& [cause, cycles] : hart.stalls)
        sum += cycles;
    return sum;
}

std::string harts_table(const RunResult& result) {
    TerminalTable table("Harts", {"hart", "instructions", "active", "asleep", "stalled",
                                  "instr/cycle", "energy, with fetch"});
    for (const HartResult& hart : result.harts) {
        const double rate =
            hart.active_cycles == 0 ? 0 : double(hart.instructions) / double(hart.active_cycles);
        table.add({hart.name, grouped(hart.instructions), grouped(hart.active_cycles),
                   grouped(hart.sleep_cycles), grouped(stalled_cycles(hart)),
                   fmt::format("{:.3f}", rate),
                   energy_text(attojoules_of(result.energy.bill, hart.name))});
    }
    return table.text();
}

struct Stall {
    std::string cause;
    Cycles cycles = 0;
    Cycles worst = 0;
    std::string worst_hart;
};

std::vector<Stall> stalls_by_cause(const RunResult& result) {
    std::vector<Stall> stalls;
    for (const HartResult& hart : result.harts)
        for (const auto& [cause, cycles] : hart.stalls) {
            if (cycles == 0)
                continue;
            auto found = std::ranges::find(stalls, cause, &Stall::cause);
            if (found == stalls.end())
                found = stalls.insert(stalls.end(), Stall{.cause = cause, .worst_hart = {}});
            found->cycles += cycles;
            if (cycles > found->worst) {
                found->worst = cycles;
                found->worst_hart = hart.name;
            }
        }
    std::ranges::stable_sort(stalls, std::ranges::greater{}, &Stall::cycles);
    return stalls;
}

std::string stalls_table(const RunResult& result) {
    Cycles active = 0;
    for (const HartResult& hart : result.harts)
        active += hart.active_cycles;
    TerminalTable table("Stalls of all harts", {"cause", "cycles", "of active", "most", "at hart"});
    for (const Stall& stall : stalls_by_cause(result))
        table.add({stall.cause, grouped(stall.cycles),
                   share_text(double(stall.cycles), double(active)), grouped(stall.worst),
                   stall.worst_hart});
    return table.text();
}

}  // namespace

std::string summary(const RunResult& result) {
    std::string text = headline(result);
    if (result.restored)
        text +=
            fmt::format("restored at cycle {}, {} instructions later than reset\n",
                        grouped(result.restored->cycle), grouped(result.restored->instructions));
    for (const std::string& warning : result.warnings)
        text += fmt::format("warning: {}\n", warning);
    const auto append = [&text](const std::string& part) {
        if (!part.empty())
            text += "\n" + part;
    };
    append(regions_table(result));
    append(harts_table(result));
    append(stalls_table(result));
    append(energy_tree(result));
    text += provenance(result);
    append(area_table(result));
    append(classes_table(result));
    append(functions_table(result));
    return text;
}

}  // namespace flexv::platform
