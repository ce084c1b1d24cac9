// SPDX-License-Identifier: Apache-2.0
// The file of `--power-trace`: one line a window, one column a component.
#pragma once

#include "platform/power_meter.hpp"

#include <fstream>
#include <string>
#include <vector>

namespace flexv::platform {

/// CSV with the columns begin_cycle, end_cycle, begin_ns, mean_mw, total_pj and `<component>_pj`.
/// Picojoule have six decimals, which are whole attojoule: columns add up exactly.
class PowerTrace {
public:
    /// Writes the header. Throws UserError when the file cannot be written.
    PowerTrace(const std::string& path, const std::vector<std::string>& components, double mhz);

    void add(const PowerWindow& window);
    /// Throws UserError when something was not written.
    void finish();

private:
    std::string path_;
    std::ofstream file_;
    double mhz_;
};

}  // namespace flexv::platform
