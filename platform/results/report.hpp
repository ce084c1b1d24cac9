// SPDX-License-Identifier: Apache-2.0
// The report of a run as JSON, schema "flexv-report-1" (docs/design: contracts). Besides the
// contract's keys it holds, for `price`, the sizes of the platform and the counters of each region,
// and what the energy total leaves out.
#pragma once

#include "platform/results/run_result.hpp"

#include <string>

namespace flexv::platform {

class OutputFile;

/// The report as text. Two equal runs differ in `host` only.
[[nodiscard]] std::string report_text(const RunResult& result);

/// Writes and commits the report; what goes wrong is the file's problem().
void save_report(const RunResult& result, OutputFile& file);

}  // namespace flexv::platform
