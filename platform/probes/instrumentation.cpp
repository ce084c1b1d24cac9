// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/instrumentation.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "platform/files/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flexv::platform {

namespace {

std::string hart_list(const std::vector<core::Core*>& cores) {
    std::vector<u32> harts;
    for (const core::Core* core : cores)
        harts.push_back(core->hartid());
    return fmt::format("{}", fmt::join(harts, ", "));
}

void require_harts(const std::vector<u32>& wanted, const std::vector<core::Core*>& cores) {
    for (const u32 hart : wanted)
        if (std::ranges::find(cores, hart, &core::Core::hartid) == cores.end())
            throw UserError("--trace-harts: there is no hart {}; harts: {}", hart,
                            hart_list(cores));
}

}  // namespace

Instrumentation::Instrumentation(const InstrumentationOptions& options,
                                 const std::vector<core::Core*>& cores, Place place,
                                 OutputFile* trace_file)
    : place_(std::move(place)) {
    if (trace_file != nullptr)
        trace(options, cores, *trace_file);
    if (options.checks_hazards)
        for (core::Core* core : cores)
            check_hazards(*core);
}

void Instrumentation::trace(const InstrumentationOptions& options,
                            const std::vector<core::Core*>& cores, OutputFile& file) {
    require_harts(options.trace_harts, cores);
    const auto write = [&file](std::string_view line) { file.write(line); };
    write(core::InstructionTrace::header());
    for (core::Core* core : cores) {
        const std::vector<u32>& harts = options.trace_harts;
        if (!harts.empty() && std::ranges::find(harts, core->hartid()) == harts.end())
            continue;
        traces_.push_back(std::make_unique<core::InstructionTrace>(core->hartid(), core->clock(),
                                                                   options.trace_window, write));
        core->observe(*traces_.back());
    }
}

void Instrumentation::check_hazards(core::Core& core) {
    hazard_checks_.push_back(std::make_unique<core::HazardCheck>(
        [this, &core](Address pc, const core::HazardRule& rule) {
            console::tell("flexv: warning: {}: hazard {} ({}) at pc {}: {}\n  hint: {}\n",
                          core.name(), rule.name, rule.quirk, place_(pc), rule.what, rule.remedy);
        },
        core.mtvec_is_writable()));
    core.observe(*hazard_checks_.back());
}

}  // namespace flexv::platform
