// SPDX-License-Identifier: Apache-2.0
// Which functions a core is in, from its instructions one after the other. Plain logic: calls, tail
// calls, returns through several frames, interrupts, jumps back as longjmp makes them; hardware
// loops are none of these.
#pragma once

#include "isa/hart.hpp"
#include "isa/instruction.hpp"
#include "platform/firmware/elf.hpp"

#include <optional>
#include <vector>

namespace flexv::platform {

struct CallFrame {
    const ElfImage::Symbol* function = nullptr;  ///< null: code without a symbol
    Address called_at = 0;                       ///< of the instruction that has entered it
    Address returns_to = 0;
    u32 sp = 0;               ///< when it was entered
    bool is_handler = false;  ///< entered by an interrupt or an exception
};

/// Who wants to hear of changes.
class CallListener {
public:
    virtual void entered(const CallFrame& frame) = 0;
    virtual void left() = 0;  ///< the innermost frame

protected:
    ~CallListener() = default;
};

class CallTracker {
public:
    /// Both outlive it.
    CallTracker(const ElfImage& image, CallListener& listener)
        : image_(image), listener_(listener) {}

    /// The instruction at `hart.pc` is about to execute.
    void arrive(const isa::Hart& hart);
    /// It has executed; one that traps does not. `hart.next_pc` is where it leads.
    void leave(const isa::Instruction& row, const isa::Operands& op, const isa::Hart& hart);
    /// The core has been reset.
    void forget();

    [[nodiscard]] const std::vector<CallFrame>& stack() const { return stack_; }

    /// Deeper calls are not told apart.
    static constexpr std::size_t kMostFrames = 256;

private:
    enum class Way : u8 { none, straight, call, jump, back, from_trap };

    [[nodiscard]] bool is_inside(Address pc) const { return pc - begin_ < size_; }
    void go_to(Address target, u32 sp);
    void go_back_to(Address target, u32 sp);
    void move_to(Address target, u32 sp);
    [[nodiscard]] std::optional<std::size_t> open_function(const ElfImage::Symbol* function,
                                                           u32 sp) const;
    void push(const CallFrame& frame);
    void pop();
    void pop_to(std::size_t size);
    void find_bounds();

    const ElfImage& image_;
    CallListener& listener_;
    std::vector<CallFrame> stack_;
    Address begin_ = 0;  // of the innermost function
    Address size_ = 0;
    u64 untold_ = 0;        // calls beyond kMostFrames
    Way way_ = Way::none;   // in which the last instruction has led on
    Address from_ = 0;      // it stood here
    Address expected_ = 0;  // and leads here
    Address link_ = 0;      // a call returns here
};

}  // namespace flexv::platform
