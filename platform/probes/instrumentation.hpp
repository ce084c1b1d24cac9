// SPDX-License-Identifier: Apache-2.0
// What a user may ask to see of every instruction: a trace. Cores that nobody looks at run as fast
// as without it.
#pragma once

#include "core/core.hpp"
#include "core/probe/instruction_trace.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class OutputFile;

struct InstrumentationOptions {
    std::string trace;             ///< file to write; empty for no trace
    std::vector<u32> trace_harts;  ///< hart ids; empty for all
    core::TraceWindow trace_window;

    [[nodiscard]] bool is_wanted() const { return !trace.empty(); }
};

class Instrumentation {
public:
    /// Observes the `cores`, which are not started yet. `trace`: where the trace goes; its owner
    /// commits it. Throws UserError.
    Instrumentation(const InstrumentationOptions& options, const std::vector<core::Core*>& cores,
                    OutputFile& trace);

private:
    std::vector<std::unique_ptr<core::InstructionTrace>> traces_;
};

}  // namespace flexv::platform
