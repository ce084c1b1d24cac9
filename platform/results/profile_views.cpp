// SPDX-License-Identifier: Apache-2.0
#include "platform/results/profile_views.hpp"

#include "platform/files/output_file.hpp"
#include "platform/results/callgrind.hpp"
#include "platform/results/run_result.hpp"
#include "platform/results/terminal_table.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <vector>

namespace flexv::platform {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostLines = 60;  // of the table of lines

/// One function over all cores and chains of calls.
struct FunctionSum {
    ProfileCost own;
    ProfileCost inclusive;  ///< of its outermost calls
    u64 calls = 0;
};

/// Whether the function of `node` is already open further out, so that its cost is counted there.
bool is_recursive(const Profile& profile, const ProfileNode& node) {
    for (unsigned up = node.parent; up != ProfileNode::kNone; up = profile.nodes[up].parent)
        if (profile.nodes[up].function == node.function)
            return true;
    return false;
}

std::vector<FunctionSum> sums_of(const Profile& profile) {
    std::vector<FunctionSum> sums(profile.functions.size());
    const std::vector<ProfileCost> inclusive = profile.inclusive();
    for (std::size_t i = 0; i < profile.nodes.size(); ++i) {
        const ProfileNode& node = profile.nodes[i];
        FunctionSum& sum = sums[node.function];
        sum.own.add(node.own());
        sum.calls += node.calls;
        if (!is_recursive(profile, node))
            sum.inclusive.add(inclusive[i]);
    }
    return sums;
}

using Lines = std::map<std::pair<unsigned, ProfilePlace>, ProfileCost>;  // function, place

Lines lines_of(const Profile& profile) {
    Lines lines;
    for (const ProfileNode& node : profile.nodes)
        if (!profile.functions[node.function].is_wait)
            for (const ProfileLine& line : node.lines)
                lines[{node.function, line.place}].add(line.cost);
    return lines;
}

/// What most cycles are lost to, "tcdm 12.3 %" of the active ones.
std::string worst_stall(const Profile& profile, const ProfileCost& cost) {
    const auto most = std::ranges::max_element(cost.stalls);
    if (*most == 0)
        return "-";
    return fmt::format("{} {}", profile.stall_names[std::size_t(most - cost.stalls.begin())],
                       share_text(double(*most), double(cost.active())));
}

/// Indices of `costs`, the most cycles first.
template <typename Cycles>
std::vector<std::size_t> by_cycles(std::size_t count, Cycles cycles) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), 0);
    std::ranges::stable_sort(order,
                             [&](std::size_t a, std::size_t b) { return cycles(a) > cycles(b); });
    return order;
}

std::string functions_table(const Profile& profile, const std::string& description) {
    TerminalTable table(fmt::format("Functions ({})", description),
                        {"function", "calls", "cycles with calls", "active", "asleep", "instr",
                         "MAC", "lost most to", "energy"},
                        TerminalTable::kAnyWidth);
    const std::vector<FunctionSum> sums = sums_of(profile);
    for (const std::size_t i :
         by_cycles(sums.size(), [&](std::size_t k) { return sums[k].own.cycles(); })) {
        const ProfileCost& own = sums[i].own;
        table.add({profile.functions[i].name, grouped(sums[i].calls),
                   grouped(sums[i].inclusive.cycles()), grouped(own.active()), grouped(own.asleep),
                   grouped(own.instructions), grouped(own.macs), worst_stall(profile, own),
                   energy_text(own.attojoules)});
    }
    return table.text();
}

std::string name_of(const ProfilePlace& place) {
    if (place.file.empty())
        return "(no line)";
    return fmt::format("{}:{}", place.file.substr(place.file.rfind('/') + 1), place.line);
}

std::string lines_table(const Profile& profile) {
    const Lines lines = lines_of(profile);
    std::vector<Lines::const_iterator> all;
    for (auto line = lines.begin(); line != lines.end(); ++line)
        all.push_back(line);
    TerminalTable table(all.size() > kMostLines
                            ? fmt::format("Lines, the first {} of {}", kMostLines, all.size())
                            : "Lines",
                        {"line", "function", "active", "instr", "MAC", "lost most to", "energy"},
                        TerminalTable::kAnyWidth);
    for (const std::size_t i :
         by_cycles(all.size(), [&](std::size_t k) { return all[k]->second.active(); })) {
        if (table.size() == kMostLines)
            break;
        const auto& [key, cost] = *all[i];
        table.add({name_of(key.second), profile.functions[key.first].name, grouped(cost.active()),
                   grouped(cost.instructions), grouped(cost.macs), worst_stall(profile, cost),
                   energy_text(cost.attojoules)});
    }
    return table.text();
}

std::string cores_table(const Profile& profile) {
    TerminalTable table("Cores",
                        {"core", "active", "asleep", "instr", "MAC", "lost most to", "energy"});
    std::vector<ProfileCost> sums(profile.cores.size());
    for (const ProfileNode& node : profile.nodes)
        sums[node.core].add(node.own());
    for (std::size_t i = 0; i < sums.size(); ++i)
        table.add({profile.cores[i], grouped(sums[i].active()), grouped(sums[i].asleep),
                   grouped(sums[i].instructions), grouped(sums[i].macs),
                   worst_stall(profile, sums[i]), energy_text(sums[i].attojoules)});
    return table.text();
}

/// A separator of the format becomes something else.
std::string folded_name(std::string name) {
    std::ranges::replace(name, ';', ':');
    std::ranges::replace(name, '\n', ' ');
    return name;
}

std::string chain_of(const Profile& profile, const ProfileNode& node) {
    const std::string own = ";" + folded_name(profile.functions[node.function].name);
    return (node.parent == ProfileNode::kNone ? folded_name(profile.cores[node.core])
                                              : chain_of(profile, profile.nodes[node.parent])) +
           own;
}

Json cost_json(const Profile& profile, const ProfileCost& cost) {
    Json stalls = Json::object();
    for (unsigned cause = 0; cause < ProfileCost::kStalls; ++cause)
        if (cost.stalls[cause] != 0)
            stalls[profile.stall_names[cause]] = cost.stalls[cause];
    return {{"instructions", cost.instructions},
            {"active_cycles", cost.active()},
            {"sleep_cycles", cost.asleep},
            {"macs", cost.macs},
            {"energy_pj", double(cost.attojoules) / 1e6},
            {"stalls", std::move(stalls)}};
}

Json functions_json(const Profile& profile) {
    Json list = Json::array();
    const std::vector<FunctionSum> sums = sums_of(profile);
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const ProfileFunction& function = profile.functions[i];
        list.push_back({{"name", function.name},
                        {"file", function.place.file},
                        {"line", function.place.line},
                        {"is_wait", function.is_wait},
                        {"calls", sums[i].calls},
                        {"own", cost_json(profile, sums[i].own)},
                        {"with_calls", cost_json(profile, sums[i].inclusive)}});
    }
    return list;
}

Json lines_json(const Profile& profile) {
    Json list = Json::array();
    for (const auto& [key, cost] : lines_of(profile)) {
        Json entry = {
            {"function", key.first}, {"file", key.second.file}, {"line", key.second.line}};
        entry.update(cost_json(profile, cost));
        list.push_back(std::move(entry));
    }
    return list;
}

Json calls_json(const Profile& profile) {
    Json list = Json::array();
    for (const ProfileNode& node : profile.nodes) {
        Json entry = {{"parent", node.parent == ProfileNode::kNone ? Json() : Json(node.parent)},
                      {"core", node.core},
                      {"function", node.function},
                      {"called_at", {node.called_at.file, node.called_at.line}},
                      {"calls", node.calls},
                      {"handler", node.is_handler}};
        entry.update(cost_json(profile, node.own()));
        list.push_back(std::move(entry));
    }
    return list;
}

}  // namespace

std::string profile_tables(const Profile& profile, const std::string& description) {
    return functions_table(profile, description) + "\n" + lines_table(profile) + "\n" +
           cores_table(profile);
}

std::string folded_text(const Profile& profile) {
    std::map<std::string, Cycles> chains;
    for (const ProfileNode& node : profile.nodes)
        if (const Cycles cycles = node.own().cycles(); cycles != 0)
            chains[chain_of(profile, node)] += cycles;
    std::string text;
    for (const auto& [chain, cycles] : chains)
        text += fmt::format("{} {}\n", chain, cycles);
    return text;
}

std::string profile_json(const Profile& profile, const std::string& description) {
    const Json json = {{"schema", "flexv-profile-1"},  {"energy", description},
                       {"cores", profile.cores},       {"functions", functions_json(profile)},
                       {"lines", lines_json(profile)}, {"calls", calls_json(profile)}};
    // A file name in a firmware need not be UTF-8: replace what JSON cannot hold.
    return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void save_profile(const Profile& profile, const RunResult& result, OutputFile& file) {
    const std::string description = fmt::format("{}, {} V, {} MHz, aJ", result.energy.profile.name,
                                                result.energy.point.vdd, result.energy.point.mhz);
    const std::string& path = file.path();
    if (path.ends_with(".folded"))
        file.write(folded_text(profile));
    else if (path.ends_with(".txt"))
        file.write(profile_tables(profile, description));
    else if (path.ends_with(".json"))
        file.write(profile_json(profile, description));
    else
        file.write(callgrind_text(profile, description));
    file.commit();
}

}  // namespace flexv::platform
