// SPDX-License-Identifier: Apache-2.0
// What a function finds when it runs and what it must leave alone: the format of SIMD lanes and the
// operand registers of Mac&Load belong to whoever set them.
#pragma once

#include <llvm/IR/Function.h>

#include <string>

namespace flexv {

/// Why instructions on bytes and halfwords may mean something else in the function; empty when they
/// do not.
std::string objection_to_lanes(const llvm::Function& function);
/// Why the function must not have Mac&Load loops; empty when it may.
std::string objection_to_macload(const llvm::Function& function);

}  // namespace flexv
