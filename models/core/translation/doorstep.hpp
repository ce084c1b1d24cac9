// SPDX-License-Identifier: Apache-2.0
// In front of a block that is not hot yet stands a step that counts how often it is entered. It is
// a step as any other, so a block that is hot, or is not to be translated, pays nothing for it.
#pragma once

#include "base/units.hpp"
#include "isa/chain.hpp"

#include <type_traits>

namespace flexv::core {

class BasicBlock;

namespace translation {

struct Doorstep {
    isa::Step step{.chain = &pass, .op = {}};
    BasicBlock* block = nullptr;
    u32 left = 0;  ///< passes until the block is hot

    /// Goes on into the block. `step` is that of a doorstep.
    static void pass(isa::Hart& hart, const isa::Step* step);
};
static_assert(std::is_standard_layout_v<Doorstep>);  // so a step leads to its doorstep

}  // namespace translation

}  // namespace flexv::core
