// SPDX-License-Identifier: Apache-2.0
// What a person wants to see at the end of a run, as plain text of at most 100 columns.
#pragma once

#include "platform/results/run_result.hpp"

#include <string>

namespace flexv::platform {

/// Outcome, regions, harts, stalls and energy. Every mW and TOPS/W stands under the name of its
/// profile and its operating point. The caller prints it to stderr.
[[nodiscard]] std::string summary(const RunResult& result);

}  // namespace flexv::platform
