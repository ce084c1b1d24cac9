// SPDX-License-Identifier: Apache-2.0
// The passes over LLVM's intermediate code, one file each, in the order in which they run. Each
// returns whether it has changed the function. docs/design/compiler.md tells what they are for.
#pragma once

#include <llvm/Analysis/LoopInfo.h>
#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/PassManager.h>

namespace flexv {

/// Keeps a loop of few iterations, when it may be one for `vectorise`, from being taken apart.
void keep_short_loop(llvm::Loop& loop, llvm::ScalarEvolution& evolution);
/// Lets it go again.
void release_short_loop(llvm::Loop& loop);
/// Loops over arrays of 8 and 16 bits become loops over words of 4 or 2 lanes.
bool vectorise(llvm::Function& function);
/// Loops of dot products become Mac&Load loops where the operands lie in the TCDM; `in_hardware`:
/// hardware loops.
bool fuse_macload(llvm::Function& function, llvm::FunctionAnalysisManager& analyses,
                  bool in_hardware);
/// a + b * c becomes p.mac, a - b * c p.msu.
bool form_macs(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);
/// Minima of maxima between powers of two become p.clip and p.clipu.
bool form_clips(llvm::Function& function);
/// Counting, rotating and reversing of bits; fields.
bool form_bit_instructions(llvm::Function& function);
/// Counted loops get a counter of their own, which the assembly stage turns into a hardware loop.
bool count_loops(llvm::Function& function, llvm::FunctionAnalysisManager& analyses);

}  // namespace flexv
