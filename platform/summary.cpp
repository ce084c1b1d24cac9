// SPDX-License-Identifier: Apache-2.0
#include "platform/summary.hpp"

#include "platform/terminal_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace flexv::platform {

namespace {

constexpr std::size_t kBarLength = 24;
constexpr std::size_t kUnpricedShown = 4;

std::string point_text(const EnergyResult& energy) {
    return fmt::format("{}, {} V, {} MHz", energy.profile, energy.point.vdd, energy.point.mhz);
}

std::string outcome_text(const RunResult& result) {
    switch (result.outcome) {
        case Outcome::exit:
            return fmt::format("exit {}", result.exit_code);
        case Outcome::fault:
            return "firmware fault";
        case Outcome::limit:
            return "limit reached";
        case Outcome::deadlock:
            return "deadlock";
    }
    return {};
}

std::string headline(const RunResult& result) {
    return fmt::format(
        "{} after {} cycles ({} at {} MHz)\n{} instructions; host {:.2f} s, {:.1f} "
        "MIPS\n",
        outcome_text(result), grouped(result.cycles), with_unit(result.time_ns * 1e-9, "s"),
        result.clock.mhz, grouped(result.instructions), result.host_seconds, result.host_mips());
}

std::string regions_table(const RunResult& result) {
    const double mhz = result.energy.point.mhz;
    TerminalTable table(
        fmt::format("Regions ({})", point_text(result.energy)),
        {"region", "visits", "cycles", "instructions", "MAC/cycle", "GOPS", "mW", "TOPS/W"});
    for (const RegionResult& entry : result.regions) {
        const Region& region = entry.region;
        table.add({region.name, grouped(region.visits), grouped(region.cycles),
                   grouped(entry.instructions), fmt::format("{:.2f}", entry.mac_per_cycle()),
                   fmt::format("{:.2f}", giga_operations(entry.macs, region.cycles, mhz)),
                   fmt::format("{:.2f}", mean_mw(entry.attojoules, region.cycles, mhz)),
                   fmt::format("{:.3f}", tops_per_watt(entry.macs, entry.attojoules))});
    }
    return table.text();
}

u64 stalled_cycles(const HartResult& hart) {
    u64 sum = 0;
    for (const auto& [cause, cycles] : hart.stalls)
        sum += cycles;
    return sum;
}

std::string harts_table(const RunResult& result) {
    TerminalTable table("Harts",
                        {"hart", "instructions", "active", "asleep", "stalled", "instr/cycle"});
    for (const HartResult& hart : result.harts) {
        const double rate =
            hart.active_cycles == 0 ? 0 : double(hart.instructions) / double(hart.active_cycles);
        table.add({hart.name, grouped(hart.instructions), grouped(hart.active_cycles),
                   grouped(hart.sleep_cycles), grouped(stalled_cycles(hart)),
                   fmt::format("{:.3f}", rate)});
    }
    return table.text();
}

struct Stall {
    std::string cause;
    u64 cycles = 0;
    u64 worst = 0;
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
    u64 active = 0;
    for (const HartResult& hart : result.harts)
        active += hart.active_cycles;
    TerminalTable table("Stalls of all harts", {"cause", "cycles", "of active", "most", "at hart"});
    for (const Stall& stall : stalls_by_cause(result))
        table.add({stall.cause, grouped(stall.cycles),
                   share_text(double(stall.cycles), double(active)), grouped(stall.worst),
                   stall.worst_hart});
    return table.text();
}

/// Components that differ by a number at the end become one row: "cluster.core* (8)".
std::vector<energy::ComponentEnergy> folded(const std::vector<energy::ComponentEnergy>& all) {
    std::vector<energy::ComponentEnergy> rows;
    std::map<std::string, unsigned> members;
    const auto stem = [](const std::string& path) {
        const std::size_t end = path.find_last_not_of("0123456789") + 1;
        return end == path.size() ? path : path.substr(0, end) + "*";
    };
    for (const auto& [path, attojoules] : all) {
        const std::string name = stem(path);
        if (members[name]++ == 0)
            rows.push_back({name, 0});
        std::ranges::find(rows, name, &energy::ComponentEnergy::path)->attojoules += attojoules;
    }
    for (energy::ComponentEnergy& row : rows)
        if (row.path.ends_with('*'))
            row.path += fmt::format(" ({})", members[row.path]);
    return rows;
}

std::string bar(u64 part, u64 whole) {
    const double share = whole == 0 ? 0 : double(part) / double(whole);
    const auto length = std::size_t(share * double(kBarLength) + 0.5);
    return std::string(length, '#') + std::string(kBarLength - length, '.');
}

std::string energy_table(const RunResult& result) {
    const EnergyResult& energy = result.energy;
    const u64 total = energy.bill.total;
    const auto power = [&](u64 attojoules) {
        return fmt::format("{:.3f}", mean_mw(attojoules, result.cycles, energy.point.mhz));
    };
    TerminalTable table(fmt::format("Energy ({})", point_text(energy)),
                        {"component", "energy", "mW", "share", ""});
    for (const auto& [path, attojoules] : folded(energy.bill.components))
        table.add({path, energy_text(attojoules), power(attojoules),
                   share_text(double(attojoules), double(total)), bar(attojoules, total)});
    table.add_rule();
    table.add(
        {"total", energy_text(total), power(total), share_text(double(total), double(total)), ""});
    for (const auto& [path, attojoules] : energy.bill.outside)
        table.add(
            {path + ", not in the total", energy_text(attojoules), power(attojoules), "-", ""});
    return table.text();
}

std::string provenance(const RunResult& result) {
    const EnergyResult& energy = result.energy;
    const auto share = [&energy](energy::Kind kind) {
        return share_text(double(energy.bill.by_kind[std::size_t(kind)]),
                          double(energy.bill.total));
    };
    std::string text = fmt::format(
        "  of this on coefficients that are published {}, derived {}, "
        "assumed {}\n",
        share(energy::Kind::published), share(energy::Kind::derived), share(energy::Kind::assumed));
    for (const std::string& doubt : energy.doubts)
        text += fmt::format("  warning: {}\n", doubt);
    if (energy.unpriced.empty())
        return text;
    const auto shown = std::ptrdiff_t(std::min(energy.unpriced.size(), kUnpricedShown));
    text += fmt::format("  unpriced: {} counters ({}{})\n", energy.unpriced.size(),
                        fmt::join(energy.unpriced.begin(), energy.unpriced.begin() + shown, ", "),
                        energy.unpriced.size() > kUnpricedShown ? ", .." : "");
    return text;
}

}  // namespace

std::string summary(const RunResult& result) {
    std::string text = headline(result);
    const auto append = [&text](const std::string& part) {
        if (!part.empty())
            text += "\n" + part;
    };
    append(regions_table(result));
    append(harts_table(result));
    append(stalls_table(result));
    if (!result.energy.profile.empty()) {
        append(energy_table(result));
        text += provenance(result);
    }
    return text;
}

}  // namespace flexv::platform
