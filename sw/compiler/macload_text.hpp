// SPDX-License-Identifier: Apache-2.0
// The text of a Mac&Load loop: which register of the NN register file each operand gets, and in
// which order products and refills come.
#pragma once

#include <llvm/ADT/ArrayRef.h>

#include <string>

namespace flexv {

/// A product of an activation register 0..1 and a weight register 0..3, added to an accumulator of
/// its own.
struct MacloadProduct {
    unsigned activation;
    unsigned weight;
    std::string instruction;  ///< pv.mlsdotsup.b and so on
    unsigned accumulator;     ///< index of the assembly's operand
};

/// How many streams there are, and the index of the assembly's operand that points into each.
struct MacloadStreams {
    llvm::SmallVector<unsigned, 2> activation_pointers;
    llvm::SmallVector<unsigned, 4> weight_pointers;
};

/// Text with operands $N for a loop over at least one word of each stream; `count` is the operand
/// with the number of words. It reads no word behind the last one. `in_hardware`: the loop is a
/// hardware loop.
std::string macload_text(llvm::SmallVectorImpl<MacloadProduct>& products,
                         const MacloadStreams& streams, unsigned count, bool in_hardware);

}  // namespace flexv
