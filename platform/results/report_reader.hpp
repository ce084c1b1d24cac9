// SPDX-License-Identifier: Apache-2.0
// The way back from a report to a run. A report is a user's file like any other: it may have been
// edited, cut or made by a script, so every number is looked at before it is believed.
#pragma once

#include "platform/results/run_result.hpp"

#include <string>

namespace flexv::platform {

/// Reads everything but the energy, which price_run() computes anew. Throws UserError that names
/// file, path in it, value and what was expected.
[[nodiscard]] RunResult load_report(const std::string& path);
/// The same from text; `origin` names it in messages.
[[nodiscard]] RunResult parse_report(const std::string& text, const std::string& origin);

}  // namespace flexv::platform
