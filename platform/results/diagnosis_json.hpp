// SPDX-License-Identifier: Apache-2.0
// A diagnosis in the report.
#pragma once

#include "platform/results/diagnosis.hpp"

#include <nlohmann/json_fwd.hpp>

namespace flexv::platform {

[[nodiscard]] nlohmann::ordered_json diagnosis_json(const Diagnosis& diagnosis);

}  // namespace flexv::platform
