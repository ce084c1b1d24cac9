// SPDX-License-Identifier: Apache-2.0
#include "platform/results/callgrind.hpp"

#include "platform/files/printable.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>
#include <vector>

namespace flexv::platform {

namespace {

/// Of functions or files. A name is given a number with its first use: "(12)" in front of one of
/// the firmware cannot be taken for a number then.
class NameTable {
public:
    /// "fn=(3) main", later "fn=(3)"
    std::string of(const char* key, const std::string& name) {
        const auto [found, is_new] = numbers_.try_emplace(name, numbers_.size() + 1);
        return fmt::format("{}=({}){}\n", key, found->second, is_new ? " " + name : "");
    }

private:
    std::map<std::string, std::size_t> numbers_;
};

struct Call {
    u64 count = 0;
    ProfileCost cost;
};

/// One function, all cores and all chains of calls together.
struct Function {
    std::map<ProfilePlace, ProfileCost> lines;
    std::map<std::tuple<ProfilePlace, unsigned>, Call> calls;  // place, function
};

std::vector<Function> functions_of(const Profile& profile) {
    std::vector<Function> functions(profile.functions.size());
    const std::vector<ProfileCost> inclusive = profile.inclusive();
    for (std::size_t i = 0; i < profile.nodes.size(); ++i) {
        const ProfileNode& node = profile.nodes[i];
        for (const ProfileLine& line : node.lines)
            functions[node.function].lines[line.place].add(line.cost);
        if (node.parent == ProfileNode::kNone || node.is_handler)
            continue;  // nobody has called it
        const unsigned caller = profile.nodes[node.parent].function;
        Call& call = functions[caller].calls[{node.called_at, node.function}];
        call.count += node.calls;
        call.cost.add(inclusive[i]);
    }
    return functions;
}

std::string cost_text(const ProfileCost& cost) {
    std::string text = fmt::format("{} {} {} {} {}", cost.instructions, cost.active(), cost.asleep,
                                   cost.macs, cost.attojoules);
    for (const u64 cycles : cost.stalls)
        text += fmt::format(" {}", cycles);
    return text + "\n";
}

std::string header(const Profile& profile, const std::string& description) {
    std::string names;
    std::string events;
    for (const std::string& name : profile.stall_names) {
        events += " stall_" + name;
        names += fmt::format("event: stall_{} : Stall cycles, {}\n", name, name);
    }
    return fmt::format(
        "# callgrind format\nversion: 1\ncreator: flexv-vp\npositions: line\ndesc: Energy: {}\n"
        "event: Instr : Instructions\nevent: Active : Active cycles\nevent: Sleep : Cycles asleep\n"
        "event: MACs : Multiplications, or lanes of dot products\nevent: Energy : Energy, aJ\n{}"
        "event: Cycles = Active + Sleep : Cycles\nevents: Instr Active Sleep MACs Energy{}\n",
        printable(description), names, events);
}

std::string file_of(const ProfilePlace& place) { return place.file.empty() ? "???" : place.file; }

}  // namespace

std::string callgrind_text(const Profile& profile, const std::string& description) {
    std::string text = header(profile, description);
    NameTable files;
    NameTable names;
    ProfileCost total;
    const std::vector<Function> functions = functions_of(profile);
    for (std::size_t i = 0; i < functions.size(); ++i) {
        const ProfileFunction& function = profile.functions[i];
        text += "\n" + files.of("fl", file_of(function.place)) + names.of("fn", function.name);
        std::string current = file_of(function.place);
        const auto enter = [&](const ProfilePlace& place) {
            if (file_of(place) != current)
                text += files.of(file_of(place) == file_of(function.place) ? "fe" : "fi",
                                 file_of(place));
            current = file_of(place);
        };
        for (const auto& [place, cost] : functions[i].lines) {
            enter(place);
            text += fmt::format("{} {}", place.line, cost_text(cost));
            total.add(cost);
        }
        for (const auto& [key, call] : functions[i].calls) {
            const auto& [place, number] = key;
            const ProfileFunction& callee = profile.functions[number];
            enter(place);
            text += files.of("cfi", file_of(callee.place)) + names.of("cfn", callee.name) +
                    fmt::format("calls={} {}\n{} {}", call.count, callee.place.line, place.line,
                                cost_text(call.cost));
        }
    }
    return text + "\ntotals: " + cost_text(total);
}

}  // namespace flexv::platform
