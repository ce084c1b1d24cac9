// SPDX-License-Identifier: Apache-2.0
// The energy of a run as tables for the terminal: a tree of components, prices of instructions, and
// how far the numbers can be trusted.
#pragma once

#include "platform/results/run_result.hpp"

#include <string>

namespace flexv::platform {

/// "isvlsi23, 0.65 V, 463 MHz": what stands beside every mW and TOPS/W.
[[nodiscard]] std::string point_text(const EnergyResult& energy);

/// Components as a tree with shares; what lies outside of the cluster follows the total.
[[nodiscard]] std::string energy_tree(const RunResult& result);

/// mm2 of each component; empty when the profile says nothing of area.
[[nodiscard]] std::string area_table(const RunResult& result);

/// pJ of an instruction of each class that was executed.
[[nodiscard]] std::string classes_table(const RunResult& result);

/// The functions that need most, if functions were profiled.
[[nodiscard]] std::string functions_table(const RunResult& result);

/// Uncertainty, kinds of sources, warnings, and what has no price.
[[nodiscard]] std::string provenance(const RunResult& result);

}  // namespace flexv::platform
