// SPDX-License-Identifier: Apache-2.0
#include "core/translation/doorstep.hpp"

#include "core/decode/basic_block.hpp"

namespace flexv::core::translation {

void Doorstep::pass(isa::Hart& hart, const isa::Step* step) {
    auto& doorstep = reinterpret_cast<Doorstep&>(const_cast<isa::Step&>(*step));
    BasicBlock& block = *doorstep.block;
    if (--doorstep.left == 0)
        block.translate();
    block.execute_steps(hart);
}

}  // namespace flexv::core::translation
