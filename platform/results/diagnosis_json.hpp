// SPDX-License-Identifier: Apache-2.0
// A diagnosis, and what checks have found, in the report.
#pragma once

#include "platform/results/diagnosis.hpp"
#include "platform/results/finding.hpp"

#include <nlohmann/json_fwd.hpp>

namespace flexv::platform {

[[nodiscard]] nlohmann::ordered_json diagnosis_json(const Diagnosis& diagnosis);
[[nodiscard]] nlohmann::ordered_json findings_json(const std::vector<Finding>& findings);

}  // namespace flexv::platform
