// SPDX-License-Identifier: Apache-2.0
// What LLVM's loop vectoriser has to know about the core: vectors of 32 bits in ordinary registers,
// dot products.
#pragma once

#include <llvm/Analysis/TargetTransformInfo.h>

namespace flexv {

/// LLVM's own description of riscv32 has no vector registers, so its vectoriser does nothing for
/// it.
llvm::TargetTransformInfo simd_target(const llvm::Function& function);

}  // namespace flexv
