// SPDX-License-Identifier: Apache-2.0
// Custom instructions in intermediate code: calls of assembly without side effects, which LLVM
// moves and deletes like any arithmetic. Their text is that of sw/include/flexv/isa.inc.
#pragma once

#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstrTypes.h>

#include <string>

namespace flexv {

/// `mnemonic rd, operands..., immediates`: one 32-bit result.
llvm::CallInst* custom(llvm::IRBuilderBase& builder, llvm::StringRef mnemonic,
                       llvm::ArrayRef<llvm::Value*> operands, llvm::ArrayRef<int> immediates = {});
/// The same where rd is read, too: `accumulator` comes in it.
llvm::CallInst* accumulating(llvm::IRBuilderBase& builder, llvm::StringRef mnemonic,
                             llvm::Value* accumulator, llvm::ArrayRef<llvm::Value*> operands,
                             llvm::ArrayRef<int> immediates = {});

/// The text of a call of assembly, empty for any other value.
llvm::StringRef assembly_of(const llvm::Value* value);
/// The mnemonic of a call that custom() or accumulating() has made, empty for any other value.
llvm::StringRef mnemonic_of(const llvm::Value* value);

}  // namespace flexv
