// SPDX-License-Identifier: Apache-2.0
// `if (a[i] < 0) a[i] = 0;` as `a[i] = a[i] < 0 ? 0 : a[i];`, which lanes can do.
#pragma once

#include <llvm/Analysis/LoopInfo.h>

namespace flexv {

/// Stores under a condition on the element's own old value write either the new or the old one.
/// Blocks stay where they are.
void make_stores_unconditional(llvm::Loop& loop);

}  // namespace flexv
