// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/instrumentation.hpp"

#include "base/error.hpp"
#include "platform/files/output_file.hpp"

#include <fmt/format.h>

#include <algorithm>

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
        core->probes.instruction.attach(*traces_.back());
    }
}

}  // namespace flexv::platform
