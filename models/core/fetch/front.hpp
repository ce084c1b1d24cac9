// SPDX-License-Identifier: Apache-2.0
// What the fetch has to know of an instruction, before it is executed.
#pragma once

#include "base/fetch_port.hpp"
#include "base/state_archive.hpp"
#include "core/fetch/fetch_stage.hpp"

namespace flexv::core {

/// An instruction that decode is going to take.
struct Front {
    Address pc = 0;
    bool is_compressed = false;
    bool flows = false;  ///< it is one cycle in EX, whatever others do, and no interrupt is taken
    Address loop_target = FetchStage::kNone;  ///< it ends a hardware loop that goes on there
    /// It is a jump that sends the stage there in its first cycle in decode.
    Address jump_target = FetchStage::kNone;

    [[nodiscard]] constexpr Address last_line() const {
        return line_of(pc + (is_compressed ? 1 : 3));
    }
    [[nodiscard]] constexpr Address next() const { return pc + (is_compressed ? 2 : 4); }
    [[nodiscard]] constexpr bool needs_two_words() const { return (pc & 2) != 0 && !is_compressed; }
    /// Its word has nothing behind it that would still be needed.
    [[nodiscard]] constexpr bool pops() const { return (pc & 2) != 0 || !is_compressed; }
    void serialize(StateArchive& archive) {
        archive(pc, is_compressed, flows, loop_target, jump_target);
    }
};

}  // namespace flexv::core
