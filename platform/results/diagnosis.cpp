// SPDX-License-Identifier: Apache-2.0
#include "platform/results/diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace flexv::platform {

namespace {

constexpr unsigned kRegistersALine = 4;

std::string source_of(const CodePlace& place) {
    return place.file.empty() ? "" : fmt::format("{}:{}", place.file, place.line);
}

/// Of a function that calls itself.
bool is_same_call(const StackLine& inner, const StackLine& outer) {
    return inner.place.pc == outer.place.pc && inner.function == outer.function &&
           inner.place.line == outer.place.line && inner.is_inlined == outer.is_inlined;
}

std::string frame_text(const StackLine& line, std::size_t number) {
    const std::string at = fmt::format("{:#010x}", line.place.pc);
    const std::string name = line.function.empty() ? line.place.symbol : line.function;
    const std::string source = source_of(line.place);
    return fmt::format("#{:<2} {} {}{}{}{}", number, line.is_inlined ? "(inlined) " : at,
                       name.empty() ? "no symbol" : name, source.empty() ? "" : "  ", source,
                       line.is_interrupted ? "  <- interrupted here" : "");
}

std::string stack_text(const CoreDiagnosis& core, const std::string& indent) {
    std::string text;
    for (std::size_t i = 0; i < core.stack.size();) {
        text += fmt::format("{}{}\n", indent, frame_text(core.stack[i], i));
        const std::size_t first = i;
        while (++i < core.stack.size() && is_same_call(core.stack[first], core.stack[i])) {
        }
        if (i - first > 1)
            text += fmt::format("{}... the same {} times more\n", indent, i - first - 1);
    }
    return text + (core.is_stack_cut ? indent + "... and deeper\n" : "");
}

std::string past_text(const Diagnosis& diagnosis) {
    if (diagnosis.past.empty())
        return diagnosis.past_note.empty()
                   ? ""
                   : fmt::format("\n  last instructions: {}", diagnosis.past_note);
    std::string text = fmt::format("\n  last instructions of {} (cycle, pc)", diagnosis.core);
    std::string symbol;
    for (const PastLine& line : diagnosis.past) {
        const std::string function = line.place.symbol.substr(0, line.place.symbol.find('+'));
        text += fmt::format("\n    {:>10} {:08x} {:<30} {:<26} {}", line.cycle, line.place.pc,
                            line.instruction, line.effect, function == symbol ? "" : function);
        text.erase(text.find_last_not_of(' ') + 1);
        symbol = function;
    }
    return text;
}

std::string registers_text(const CoreDiagnosis& core) {
    std::string text = fmt::format("\n  registers of {}", core.name);
    unsigned column = 0;
    for (const auto& [name, value] : core.registers) {
        const bool is_csr = name.starts_with("lp") || name == "mepc" || name == "mcause";
        if (is_csr && value == 0)
            continue;
        text += column == 0 ? "\n   " : "";
        text += fmt::format(" {:>8} {:08x}", name, value);
        column = (column + 1) % kRegistersALine;
    }
    return text;
}

/// "cluster.core0, 1, 4": names that differ in their last number.
std::string names_of(const std::vector<const CoreDiagnosis*>& cores) {
    std::string text = cores.front()->name;
    for (std::size_t i = 1; i < cores.size(); ++i) {
        const std::string& name = cores[i]->name;
        const auto digits = name.find_last_not_of("0123456789") + 1;
        const bool is_numbered = cores.front()->name.starts_with(name.substr(0, digits));
        text += ", " + (is_numbered ? name.substr(digits) : name);
    }
    return text;
}

/// Cores that stand at the same place and wait for the same are told of once.
std::string others_text(const Diagnosis& diagnosis) {
    std::vector<std::vector<const CoreDiagnosis*>> groups;
    const auto key = [](const CoreDiagnosis& core) { return std::tie(core.place.pc, core.state); };
    for (const CoreDiagnosis& core : diagnosis.cores) {
        if (core.name == diagnosis.core)
            continue;
        const auto same = std::ranges::find_if(
            groups, [&](const auto& group) { return key(*group.front()) == key(core); });
        if (same == groups.end())
            groups.push_back({&core});
        else
            same->push_back(&core);
    }
    std::string text;
    for (const auto& group : groups) {
        const CoreDiagnosis& first = *group.front();
        text +=
            fmt::format("\n  {}: {}\n{}", names_of(group), first.state, stack_text(first, "    "));
        text.pop_back();
    }
    return text;
}

}  // namespace

std::string CodePlace::text() const {
    const std::string name = symbol.empty() ? ", no symbol" : " " + symbol;
    if (file.empty())
        return fmt::format("{:#010x}{}", pc, name);
    const std::string outer =
        inlined_at.empty() ? "" : fmt::format(", inlined at {}", fmt::join(inlined_at, ", "));
    return fmt::format("{:#010x}{} ({}:{}{})", pc, name, file, line, outer);
}

const CoreDiagnosis* Diagnosis::subject() const {
    const auto found = std::ranges::find(cores, core, &CoreDiagnosis::name);
    return found == cores.end() ? nullptr : &*found;
}

std::string details_of(const Diagnosis& diagnosis) {
    std::string text;
    if (const CoreDiagnosis* const core = diagnosis.subject()) {
        text += fmt::format("\n  call stack of {}: {}\n{}", core->name, core->state,
                            stack_text(*core, "    "));
        text.pop_back();
        text += past_text(diagnosis) + registers_text(*core);
    }
    text += others_text(diagnosis);
    for (const std::string& hint : diagnosis.hints)
        text += "\n  hint: " + hint;
    return text;
}

}  // namespace flexv::platform
