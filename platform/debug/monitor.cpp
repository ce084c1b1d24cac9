// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/monitor.hpp"

#include "platform/debug/core_state.hpp"
#include "platform/system/register_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace flexv::platform {

namespace {

/// In front of what is said about a cluster beside the first.
std::string prefix_of(const Cluster& cluster) {
    return cluster.number() == 0 ? "" : cluster.short_name() + " ";
}

std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    std::ranges::transform(capitals, capitals.begin(),
                           [](unsigned char letter) { return char(std::toupper(letter)); });
    return capitals;
}

}  // namespace

struct Monitor::Row {
    std::string_view name;
    std::string_view doc;
    std::string (Monitor::*answer)(const std::string& argument);
};

const Monitor::Row Monitor::kRows[] = {
    {"help", "these commands", &Monitor::help},
    {"cores", "where each core stands and what it waits for", &Monitor::cores},
    {"event_unit", "who sleeps on what, and the registers that are not 0", &Monitor::event_unit},
    {"dma", "whether the DMA works, its counters and registers", &Monitor::dma},
    {"registers", "[BLOCK]: registers that are not 0, of one block (TIMER_CLUSTER) or of all",
     &Monitor::registers},
    {"counters", "[TEXT]: counters that are not 0 and whose name has TEXT in it",
     &Monitor::counters},
    {"regions", "the regions that the firmware has marked so far", &Monitor::regions},
    {"report", "cores, stalls and energy of the run so far", &Monitor::report},
    {"reset", "back to the start of the run", &Monitor::reset},
    {"stop_at", "CYCLE: the run stops in front of what happens in that cycle", &Monitor::stop_at},
};

std::string Monitor::answer(std::string_view line) {
    const std::size_t start = std::min(line.find_first_not_of(' '), line.size());
    line.remove_prefix(start);
    const std::string_view name = line.substr(0, line.find(' '));
    line.remove_prefix(name.size());
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const std::string argument(line.substr(0, line.find(' ')));
    if (name.empty())
        return help("");
    for (const Row& row : kRows)
        if (row.name == name)
            return (this->*row.answer)(argument);
    return fmt::format("unknown command \"{}\"\n", name) + help("");
}

std::string Monitor::help(const std::string& /*argument*/) {
    std::string text;
    for (const Row& row : kRows)
        text += fmt::format("monitor {:<11} {}\n", row.name, row.doc);
    return text;
}

std::string Monitor::cores(const std::string& /*argument*/) {
    std::string text = fmt::format("cycle {}\n", soc_.now());
    for (const core::Core* core : soc_.cores())
        text += fmt::format("{:<18} pc {:#010x}  {:>12} instructions  {}\n", core->name(),
                            core->hart().pc, core->instructions(), state_of(soc_, *core));
    return text;
}

std::string Monitor::event_unit(const std::string& /*argument*/) {
    std::string text;
    for (Cluster* const cluster : soc_.clusters.all())
        for (unsigned index = 0; index < cluster->core_count(); ++index)
            text += fmt::format("{}core {}: {}\n", prefix_of(*cluster), index,
                                state_of(soc_, cluster->core(index)));
    return text + registers("EU_GLOBAL");
}

std::string Monitor::dma(const std::string& /*argument*/) {
    std::string text;
    for (Cluster* const cluster : soc_.clusters.all()) {
        const std::string state = cluster->dma.is_idle() ? "idle" : "transferring";
        text += fmt::format("{}{}\n", prefix_of(*cluster), state) +
                counters(cluster->short_name() + ".dma.") +
                registers(cluster->number() == 0 ? "MCHAN_CL"
                                                 : fmt::format("MCHAN_CL_{}", cluster->number()));
    }
    return text;
}

/// Read as a debugger reads: without the side effects that some registers have.
std::string Monitor::registers(const std::string& argument) {
    const std::string wanted = in_capitals(argument);
    std::string text;
    std::vector<std::string> names;
    bool is_known = false;
    for (const RegisterChapter& block : register_blocks(soc_))
        for (const RegisterChapter::Instance& instance : block.instances) {
            names.emplace_back(instance.name);
            if (!wanted.empty() && wanted != in_capitals(instance.name) &&
                wanted != in_capitals(block.name))
                continue;
            is_known = true;
            for (const Register* entry : block.bank->registers()) {
                const Address address = instance.base + entry->offset();
                u32 value = 0;
                if (soc_.read(address, &value, sizeof value) == sizeof value && value != 0)
                    text += fmt::format("{:#010x} {}.{} = {:#x}\n", address, instance.name,
                                        entry->name(), value);
            }
        }
    if (!is_known)
        return fmt::format("no block {}; there are: {}\n", argument, fmt::join(names, ", "));
    return text.empty() ? "all of them are 0\n" : text;
}

std::string Monitor::counters(const std::string& argument) {
    const energy::Counts counts = counters_.read();
    std::string text;
    bool is_known = false;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counters_.paths()[i].find(argument) == std::string::npos)
            continue;
        is_known = true;
        if (counts[i] != 0)
            text += fmt::format("{:<40} {}\n", counters_.paths()[i], counts[i]);
    }
    if (!is_known)
        return fmt::format("no counter has \"{}\" in its name\n", argument);
    return text.empty() ? "all of them are 0\n" : text;
}

std::string Monitor::report(const std::string& /*argument*/) { return texts_.report(); }
std::string Monitor::regions(const std::string& /*argument*/) { return texts_.regions(); }
std::string Monitor::reset(const std::string& /*argument*/) { return texts_.reset(); }

std::string Monitor::stop_at(const std::string& argument) { return texts_.stop_at(argument); }

}  // namespace flexv::platform
