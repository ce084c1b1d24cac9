// SPDX-License-Identifier: Apache-2.0
// The file of `--power-trace`: one line per window, one column per component.
#pragma once

#include "platform/probes/power_meter.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

class OutputFile;

/// CSV with the columns begin_cycle, end_cycle, begin_ns, mean_mw, total_pj and `<component>_pj`.
/// Picojoule have six decimals, which are whole attojoule: columns add up exactly. What components
/// of others cost and count stands behind, in none of the sums: `outside.<component>_pj` and
/// `outside.<component>.<event>`.
class PowerTrace {
public:
    /// Writes the header. The owner of `file` commits it.
    PowerTrace(OutputFile& file, const std::vector<std::string>& components,
               OthersColumns others = {});

    void add(const PowerWindow& window);

private:
    OutputFile& file_;
    const OthersColumns others_;
};

}  // namespace flexv::platform
