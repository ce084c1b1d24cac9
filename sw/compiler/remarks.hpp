// SPDX-License-Identifier: Apache-2.0
// Remarks of the passes: what was done, or why it was not, with the source line (-Rflexv).
#pragma once

#include <llvm/ADT/Twine.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Instruction.h>

#include <string>

namespace flexv {

/// `pass` is the name of the switch: flexv-hwloops for -fno-hwloops.
void remark_done(const char* pass, const llvm::Loop& loop, const std::string& text);
void remark_done(const char* pass, const llvm::Instruction& at, const std::string& text);
void remark_missed(const char* pass, const llvm::Loop& loop, const std::string& text);
void remark_missed(const char* pass, const llvm::Instruction& at, const std::string& text);

}  // namespace flexv
