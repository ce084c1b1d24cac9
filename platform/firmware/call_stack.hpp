// SPDX-License-Identifier: Apache-2.0
// Who has called whom, from the registers and the stack of a core that stands still: by the call
// frame information of the image (.debug_frame, .eh_frame), and where a function has none, by what
// its first instructions do with the stack pointer and the return address.
#pragma once

#include "isa/decoder.hpp"
#include "platform/firmware/debug_information.hpp"

#include <array>
#include <functional>
#include <optional>
#include <vector>

struct Dwarf_CFI_s;

namespace flexv::platform {

/// What the unwinding of one function needs and changes.
struct FrameRegisters {
    std::array<u32, 32> x{};
    Address pc = 0;
    u32 mepc = 0;  ///< where an interrupt or exception has come from
};

struct StackFrame {
    Address pc = 0;        ///< of a caller: where the call returns to
    bool is_call = false;  ///< the call is the instruction before pc
    /// An interrupt or exception has entered the function above from here.
    bool is_interrupted = false;

    /// An address within the instruction that this frame stands at.
    [[nodiscard]] Address place() const { return is_call ? pc - 1 : pc; }
};

class CallStack {
public:
    using ReadWord = std::function<std::optional<u32>(Address)>;

    /// `image` outlives it.
    explicit CallStack(const ElfImage& image);

    /// The innermost frame first; ends at the first function that was not called, or where nothing
    /// is known, after kMostFrames at the latest. A pc outside of the image's code has been jumped
    /// to from where ra points.
    [[nodiscard]] std::vector<StackFrame> unwind(FrameRegisters registers,
                                                 const ReadWord& read) const;

    static constexpr unsigned kMostFrames = 64;

private:
    struct Step;
    [[nodiscard]] bool step_by_tables(FrameRegisters& registers, Address place,
                                      const ReadWord& read) const;
    [[nodiscard]] bool step_by_code(FrameRegisters& registers, const StackFrame& frame,
                                    const ReadWord& read) const;
    [[nodiscard]] bool returns_from_trap(const ElfImage::Symbol& function,
                                         const ReadWord& read) const;

    const ElfImage& image_;
    const DebugInformation information_;
    const isa::Decoder decoder_;
};

}  // namespace flexv::platform
