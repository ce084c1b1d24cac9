// SPDX-License-Identifier: Apache-2.0
// What an observer sees of a branch behind its execution.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"

namespace flexv::platform {

/// next_pc of a branch that is not taken stays odd (core/core.hpp).
[[nodiscard]] inline bool takes_branch(const isa::Instruction& row, const isa::Hart& hart) {
    return row.timing == isa::Timing::branch && (hart.next_pc & 1) == 0;
}

}  // namespace flexv::platform
