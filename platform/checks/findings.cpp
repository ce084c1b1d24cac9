// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/findings.hpp"

#include "base/console.hpp"
#include "core/fault.hpp"
#include "platform/system/memory_map.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

std::string short_name(const core::Core& core) {
    const std::string_view name = core.name();
    return std::string(name.substr(name.find('.') + 1));
}

std::string Findings::name_of(Address address) const {
    std::string symbol = image_.symbol_at(address);
    // In a program for several clusters an object has the address at which each sees its own.
    if (symbol.empty() && memory_map::cluster_at(address))
        symbol =
            image_.symbol_at(memory_map::in_first_cluster(address) - memory_map::kCluster.base);
    return symbol.empty() ? fmt::format("{:#010x}", address)
                          : fmt::format("{:#010x} ({})", address, symbol);
}

FindingSide Findings::resolved(const RawSide& side) const {
    FindingSide result{
        .who = side.who, .does = side.does, .place = {}, .cycle = Cycles(side.cycle)};
    if (!side.pc)
        return result;
    CodePlace place{.pc = *side.pc,
                    .symbol = image_.symbol_at(*side.pc),
                    .file = {},
                    .line = 0,
                    .inlined_at = {}};
    const std::vector<SourceFunction> functions = lines_.functions_at(*side.pc);
    for (const SourceFunction& function : functions) {
        if (&function != &functions.front()) {
            place.inlined_at.push_back(
                fmt::format("{}:{}", function.line.file, function.line.line));
            continue;
        }
        place.file = function.line.file;
        place.line = function.line.line;
    }
    result.place = std::move(place);
    return result;
}

void Findings::add(std::string check, const std::string& kind, std::string what,
                   const std::vector<RawSide>& sides, std::string hint, bool is_at_end) {
    std::vector<Address> places;
    for (const RawSide& side : sides)
        places.push_back(side.pc.value_or(0));
    std::ranges::sort(places);  // the same two the other way round are the same
    const std::string key = fmt::format("{} {} {:x}", check, kind, fmt::join(places, " "));
    if (!known_.insert(key).second)
        return;
    if (++counts_[check] > kMost) {
        ++untold_[check];
        return;
    }
    Finding finding{
        .check = std::move(check), .what = std::move(what), .sides = {}, .hint = std::move(hint)};
    for (const RawSide& side : sides)
        finding.sides.push_back(resolved(side));
    console::tell("flexv: warning: {}", finding.text());
    all_.push_back(finding);
    if (!is_strict_ || is_at_end)
        return;
    const auto core = std::ranges::find(sides, true, &RawSide::is_core);
    if (core == sides.end())
        throw FirmwareFault(finding.check + ": " + finding.what);
    throw core::Fault(root_ + "." + core->who, core->pc.value_or(0),
                      finding.check + ": " + finding.what);
}

void Findings::note(std::string check, std::string what, const RawSide& side, std::string hint) {
    all_.push_back({.check = std::move(check),
                    .what = std::move(what),
                    .sides = {resolved(side)},
                    .hint = std::move(hint)});
}

}  // namespace flexv::platform
