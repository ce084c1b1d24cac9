// SPDX-License-Identifier: Apache-2.0
// What a user may ask to see of every instruction: a trace, and warnings about sequences that
// silicon would get wrong. Cores that nobody looks at run as fast as without it.
#pragma once

#include "core/core.hpp"
#include "core/hazard_check.hpp"
#include "core/instruction_trace.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class OutputFile;

struct InstrumentationOptions {
    std::string trace;             ///< file to write; empty for no trace
    std::vector<u32> trace_harts;  ///< hart ids; empty for all
    core::TraceWindow trace_window;
    bool checks_hazards = false;

    [[nodiscard]] bool is_wanted() const { return !trace.empty() || checks_hazards; }
};

class Instrumentation {
public:
    /// Names a pc with its function, for messages.
    using Place = std::function<std::string(u32 pc)>;

    /// Observes the `cores`, which are not started yet. `trace`: where the trace goes, if one is
    /// wanted; its owner commits it. Throws UserError.
    Instrumentation(const InstrumentationOptions& options, const std::vector<core::Core*>& cores,
                    Place place, OutputFile* trace);

private:
    void trace(const InstrumentationOptions& options, const std::vector<core::Core*>& cores,
               OutputFile& file);
    void check_hazards(core::Core& core);

    const Place place_;
    std::vector<std::unique_ptr<core::InstructionTrace>> traces_;
    std::vector<std::unique_ptr<core::HazardCheck>> hazard_checks_;
};

}  // namespace flexv::platform
