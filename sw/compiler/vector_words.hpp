// SPDX-License-Identifier: Apache-2.0
// Vectors of 4 x 8 and 2 x 16 bits become words, operations on them custom instructions.
#pragma once

#include "instructions.hpp"

#include <llvm/ADT/DenseMap.h>

#include <optional>

namespace flexv {

/// Replaces all vectors of the function. False when one remains, or when there was none; the
/// function is then good for nothing but deleting.
bool lower_vectors(llvm::Function& function);

/// Vectors that fit a word, and the words that stand for them.
class VectorWords {
public:
    explicit VectorWords(llvm::LLVMContext& context) : context_(context) {}

    /// The word that stands for a vector of 4 x 8 or 2 x 16 bits, or for a mask of comparisons;
    /// nullptr when there is none.
    llvm::Value* word_of(llvm::Value* vector) const;
    void set(llvm::Value* vector, llvm::Value* word) { words_[vector] = word; }

private:
    llvm::LLVMContext& context_;
    llvm::DenseMap<llvm::Value*, llvm::Value*> words_;
};

/// 8 for 4 x 8 bits, 16 for 2 x 16 bits, 0 for anything else.
unsigned lane_bits(const llvm::Type* type);

/// |a - b| in lanes without sign of `bits`, when `wide` is that of lanes that were extended;
/// nullptr otherwise.
llvm::Value* distance_word(llvm::IRBuilderBase& builder, const VectorWords& words,
                           llvm::Value* wide, unsigned bits);

/// accumulator + the sum over the lanes of `wide`, a vector of 32-bit lanes that comes from narrow
/// ones; nullptr when dot products cannot compute it.
llvm::Value* add_lanes(llvm::IRBuilderBase& builder, const VectorWords& words, llvm::Value* wide,
                       llvm::Value* accumulator);

}  // namespace flexv
