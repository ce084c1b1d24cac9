// SPDX-License-Identifier: Apache-2.0
// What the code of a function has done with its stack frame up to a place, for functions without
// call frame information: hand-written assembly, images without debug information.
#pragma once

#include "isa/decoder.hpp"

#include <functional>
#include <optional>

namespace flexv::platform {

/// One decoded instruction of the firmware.
struct CodeWord {
    Address pc = 0;
    const isa::Instruction* row = nullptr;
    isa::Operands op;
};

/// Calls `see` for each instruction in [begin, end); ends early where there is none.
void for_each_instruction(Address begin, Address end, const isa::Decoder& decoder,
                          const std::function<std::optional<u32>(Address)>& read,
                          const std::function<void(const CodeWord&)>& see);

struct FrameShape {
    u32 stack_bytes = 0;                   ///< that the stack pointer lies below the caller's
    std::optional<u32> return_address_at;  ///< from the stack pointer; empty: it is in ra
};

/// Of a function that begins at `begin`, in front of the instruction at `place`. Code in a straight
/// line is taken for the way that was gone; behind a return stands again what it was before the
/// epilogue.
[[nodiscard]] FrameShape frame_shape(Address begin, Address place, const isa::Decoder& decoder,
                                     const std::function<std::optional<u32>(Address)>& read);

}  // namespace flexv::platform
