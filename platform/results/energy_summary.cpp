// SPDX-License-Identifier: Apache-2.0
#include "platform/results/energy_summary.hpp"

#include "energy/cluster_path.hpp"
#include "energy/figures.hpp"
#include "platform/results/terminal_table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr std::size_t kBarLength = 24;
constexpr std::size_t kFunctionsShown = 12;
constexpr std::size_t kUnpricedEnd = 8;  // ", " in front of a name, and ", ..)"

/// One name of the hierarchy with everything below it.
struct Node {
    std::string name;
    u64 attojoules = 0;
    unsigned members = 1;  // more: siblings that differ by a number at the end
    std::vector<Node> children;
};

/// "core*" for "core7"; other names as they are.
std::string stem(const std::string& name) {
    const std::size_t end = name.find_last_not_of("0123456789") + 1;
    return end == name.size() ? name : name.substr(0, end) + "*";
}

/// `is_top`: a name that no other stands above keeps its number, as that of a cluster.
void add(Node& parent, std::string_view path, u64 attojoules, bool is_top = false) {
    parent.attojoules += attojoules;
    if (path.empty())
        return;
    const std::size_t dot = path.find('.');
    const std::string first(path.substr(0, dot));
    const std::string name = is_top ? first : stem(first);
    const std::string_view below =
        dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    auto child = std::ranges::find(parent.children, name, &Node::name);
    if (child == parent.children.end())
        child = parent.children.insert(child, Node{.name = name, .children = {}});
    else if (below.empty())
        ++child->members;
    add(*child, below, attojoules);
}

Node tree_of(const std::vector<energy::ComponentEnergy>& components) {
    Node root{.name = {}, .children = {}};
    for (const auto& [path, attojoules] : components)
        add(root, path, attojoules, true);
    return root;
}

std::string bar(u64 part, u64 whole) {
    const double share = whole == 0 ? 0 : double(part) / double(whole);
    const auto length = std::size_t(share * double(kBarLength) + 0.5);
    return std::string(length, '#') + std::string(kBarLength - length, '.');
}

/// Writes the rows of a tree in depth-first order.
class TreeRows {
public:
    TreeRows(TerminalTable& table, const RunResult& result) : table_(table), result_(result) {}

    void write(const Node& node, std::size_t depth) {
        const std::string members = node.members > 1 ? fmt::format(" ({})", node.members) : "";
        row(std::string(2 * depth, ' ') + node.name + members, node.attojoules);
        for (const Node& child : node.children)
            write(child, depth + 1);
    }
    void row(const std::string& name, u64 attojoules) {
        const u64 total = result_.energy.bill.total;
        table_.add({name, energy_text(attojoules), power(attojoules),
                    share_text(double(attojoules), double(total)), bar(attojoules, total)});
    }
    [[nodiscard]] std::string power(u64 attojoules) const {
        return fmt::format("{:.3f}", result_.mean_mw(attojoules));
    }

private:
    TerminalTable& table_;
    const RunResult& result_;
};

/// As many names as fit into the line; the report has them all.
std::string unpriced_text(const std::vector<std::string>& paths) {
    if (paths.empty())
        return {};
    std::string text = fmt::format("  unpriced: {} counters (", paths.size());
    std::size_t shown = 0;
    for (; shown < paths.size(); ++shown) {
        if (text.size() + paths[shown].size() + kUnpricedEnd > TerminalTable::kMaxWidth)
            break;
        text += (shown == 0 ? "" : ", ") + paths[shown];
    }
    return text + (shown < paths.size() ? ", ..)\n" : ")\n");
}

/// What the profile was not made for: "cores 1 instead of 8".
std::string extrapolations_text(const std::vector<energy::Extrapolation>& sizes) {
    if (sizes.empty())
        return {};
    std::string text;
    std::string line = "  extrapolated by laws of size:";
    for (const energy::Extrapolation& size : sizes) {
        const std::string item = fmt::format(
            " {} {} instead of {}{}", size.name, energy::size_text(size.name, size.size),
            energy::size_text(size.name, size.reference), &size == &sizes.back() ? "" : ",");
        if (line.size() + item.size() > TerminalTable::kMaxWidth) {
            text += line + "\n";
            line = "   ";
        }
        line += item;
    }
    return text + line + "\n";
}

}  // namespace

std::string point_text(const EnergyResult& energy) {
    return fmt::format("{}, {} V, {:.7g} MHz", energy.profile.name, energy.point.vdd,
                       energy.point.mhz);
}

std::string energy_tree(const RunResult& result) {
    const EnergyResult& energy = result.energy;
    TerminalTable table(fmt::format("Energy ({})", point_text(energy)),
                        {"component", "energy", "mW", "share", ""});
    TreeRows rows(table, result);
    for (const Node& node : tree_of(energy.bill.components).children)
        rows.write(node, 0);
    if (!energy.bill.outside.empty())
        table.add_rule();
    for (const auto& [path, attojoules] : energy.bill.outside)
        table.add({path + ", not in the total", energy_text(attojoules), rows.power(attojoules),
                   "-", ""});
    return table.text();
}

std::string area_table(const RunResult& result) {
    const energy::Floorplan& area = result.energy.area;
    if (area.empty())
        return {};
    TerminalTable table(fmt::format("Area ({}; total +-{:.3g} %, components +-{:.3g} %)",
                                    result.energy.profile.name, area.uncertainty.total_percent,
                                    area.uncertainty.component_percent),
                        {"component", "mm2", "share", ""});
    const auto add = [&](const std::string& name, u64 um2) {
        table.add({name, fmt::format("{:.4f}", double(um2) * 1e-6),
                   share_text(double(um2), double(area.total)), bar(um2, area.total)});
    };
    const bool are_several =
        !area.components.empty() && energy::cluster_number(area.components.back().path) != 0;
    add(are_several ? "all clusters" : "cluster", area.total);
    for (const auto& [path, um2] : area.components)
        add("  " + (are_several ? path : path.substr(path.find('.') + 1)), um2);
    if (!area.outside.empty())
        table.add_rule();
    for (const auto& [path, um2] : area.outside)
        table.add(
            {path + ", not in the total", fmt::format("{:.4f}", double(um2) * 1e-6), "-", ""});
    return table.text();
}

std::string classes_table(const RunResult& result) {
    TerminalTable table(fmt::format("Instructions ({}; one cycle, cache hit, data in the TCDM)",
                                    point_text(result.energy)),
                        {"class", "instructions", "pJ each", "energy", "share"});
    const u64 total = result.energy.bill.total;
    for (const InstructionClass& entry : result.energy.classes) {
        if (entry.instructions == 0)
            continue;
        const u64 energy = entry.instructions * entry.attojoules_each;
        table.add({entry.name, grouped(entry.instructions),
                   fmt::format("{:.2f}", double(entry.attojoules_each) * 1e-6), energy_text(energy),
                   share_text(double(energy), double(total))});
    }
    return table.text();
}

std::string functions_table(const RunResult& result) {
    TerminalTable table(fmt::format("Functions ({}; clock, execution, fetch and TCDM of the cores)",
                                    point_text(result.energy)),
                        {"function", "instructions", "active", "asleep", "energy", "share"});
    std::vector<const FunctionResult*> sorted;
    for (const FunctionResult& function : result.functions)
        sorted.push_back(&function);
    std::ranges::stable_sort(sorted, std::ranges::greater{}, &FunctionResult::attojoules);
    const double total = double(result.energy.bill.total);
    for (const FunctionResult* function : sorted) {
        if (table.size() == kFunctionsShown)
            break;
        table.add({function->name, grouped(function->instructions),
                   grouped(function->active_cycles), grouped(function->sleep_cycles),
                   energy_text(function->attojoules),
                   share_text(double(function->attojoules), total)});
    }
    return table.text();
}

std::string provenance(const RunResult& result) {
    const EnergyResult& energy = result.energy;
    const auto share = [&energy](energy::Kind kind) {
        return share_text(double(energy.bill.by_kind[std::size_t(kind)]),
                          double(energy.bill.total));
    };
    const energy::Uncertainty& uncertainty = energy.uncertainty;
    std::string text = fmt::format(
        "  uncertain by +-{:.3g} % (totals) and +-{:.3g} % (components), but for the anchors of "
        "the "
        "profile\n"
        "  coefficients behind the total: published {}, derived {}, assumed {}\n",
        uncertainty.total_percent, uncertainty.component_percent, share(energy::Kind::published),
        share(energy::Kind::derived), share(energy::Kind::assumed));
    text += extrapolations_text(energy.extrapolations);
    if (energy.peak_cycles != 0)
        text += fmt::format("  peak {:.3f} mW in a window of {} cycles\n", energy.peak_mw,
                            grouped(energy.peak_cycles));
    for (const std::string& doubt : energy.doubts)
        text += fmt::format("  warning: {}\n", doubt);
    return text + unpriced_text(energy.unpriced);
}

}  // namespace flexv::platform
