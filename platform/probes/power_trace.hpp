// SPDX-License-Identifier: Apache-2.0
// The file of `--power-trace`: one line a window, one column a component.
#pragma once

#include "platform/probes/power_meter.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

class OutputFile;

/// CSV with the columns begin_cycle, end_cycle, begin_ns, mean_mw, total_pj and `<component>_pj`.
/// Picojoule have six decimals, which are whole attojoule: columns add up exactly.
class PowerTrace {
public:
    /// Writes the header. The owner of `file` commits it.
    PowerTrace(OutputFile& file, const std::vector<std::string>& components);

    void add(const PowerWindow& window);

private:
    OutputFile& file_;
};

}  // namespace flexv::platform
