// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/call_tracker.hpp"

#include "platform/firmware/abi_registers.hpp"
#include "platform/probes/branches.hpp"

#include <algorithm>
#include <utility>

namespace flexv::platform {

namespace {

constexpr bool is_link(unsigned number) { return number == abi::kRa || number == abi::kT0; }

}  // namespace

void CallTracker::arrive(const isa::Hart& hart) {
    const Address pc = hart.pc;
    const u32 sp = hart.x[abi::kSp];
    if (stack_.empty()) {
        push({.function = image_.function_at(pc), .called_at = pc, .sp = sp});
        return;
    }
    const Way way = std::exchange(way_, Way::none);
    const bool is_straight = way == Way::straight && pc == expected_;
    if (is_straight && is_inside(pc)) [[likely]]
        return;
    const bool loops = way == Way::straight && is_inside(pc) &&
                       (pc == hart.loops[0].start || pc == hart.loops[1].start);
    if (loops)
        return;
    if (way != Way::none) {  // with what it has led to an interrupt may have begun at once
        way_ = way;
        go_to(expected_, sp);
    }
    if (way == Way::none || pc != expected_)
        push({.function = image_.function_at(pc),
              .called_at = hart.mepc,
              .returns_to = hart.mepc,
              .sp = sp,
              .is_handler = true});
}

void CallTracker::leave(const isa::Instruction& row, const isa::Operands& op,
                        const isa::Hart& hart) {
    from_ = hart.pc;
    expected_ = hart.next_pc;
    link_ = hart.pc + op.size;
    switch (row.timing) {
        case isa::Timing::branch:
            way_ = Way::straight;
            if (!takes_branch(row, hart))
                expected_ = link_;
            break;
        case isa::Timing::jump:
            way_ = is_link(op.rd) ? Way::call : Way::jump;
            break;
        case isa::Timing::jump_register:
            way_ = is_link(op.rd) ? Way::call : is_link(op.rs1) ? Way::back : Way::jump;
            break;
        case isa::Timing::mret:
            way_ = Way::from_trap;
            break;
        default:
            way_ = Way::straight;
    }
}

void CallTracker::forget() {
    pop_to(0);
    untold_ = 0;
    way_ = Way::none;
}

/// The last instruction leads to `target`.
void CallTracker::go_to(Address target, u32 sp) {
    switch (std::exchange(way_, Way::none)) {
        case Way::call:
            push({.function = image_.function_at(target),
                  .called_at = from_,
                  .returns_to = link_,
                  .sp = sp});
            break;
        case Way::back:
            go_back_to(target, sp);
            break;
        case Way::from_trap: {
            const auto handler =
                std::ranges::find_if(stack_.rbegin(), stack_.rend(), &CallFrame::is_handler);
            if (handler != stack_.rend() && handler + 1 != stack_.rend())
                pop_to(std::size_t(stack_.rend() - handler) - 1);
            move_to(target, sp);
            break;
        }
        default:
            move_to(target, sp);
    }
}

/// A return ends the innermost call that returns there, and all that it has called.
void CallTracker::go_back_to(Address target, u32 sp) {
    if (untold_ != 0) {
        --untold_;
        return;
    }
    for (std::size_t i = stack_.size(); i-- > 1 && !stack_[i].is_handler;)
        if (stack_[i].returns_to == target) {
            pop_to(i);
            break;
        }
    move_to(target, sp);
}

/// The innermost function that is open and from which a jump to `target` may come back.
std::optional<std::size_t> CallTracker::open_function(const ElfImage::Symbol* function,
                                                      u32 sp) const {
    for (std::size_t i = stack_.size(); i-- > 0 && function != nullptr;) {
        if (stack_[i].function == function && (i == 0 || sp <= stack_[i].sp))
            return i;
        if (stack_[i].is_handler)
            break;
    }
    return std::nullopt;
}

/// A jump out of the function: back into one that is still open, as longjmp does, or a tail call,
/// which takes the place of its caller.
void CallTracker::move_to(Address target, u32 sp) {
    if (is_inside(target))
        return;
    const ElfImage::Symbol* const function = image_.function_at(target);
    if (stack_.back().function == function)
        return;
    if (const auto open = open_function(function, sp)) {
        pop_to(*open + 1);
        return;
    }
    CallFrame frame = stack_.back();
    frame.function = function;
    frame.called_at = from_;
    const bool is_replaced = stack_.size() > 1 && !frame.is_handler;
    frame.is_handler = false;
    if (is_replaced)
        pop();
    push(frame);
}

void CallTracker::push(const CallFrame& frame) {
    if (stack_.size() == kMostFrames) {
        ++untold_;
        return;
    }
    stack_.push_back(frame);
    listener_.entered(frame);
    find_bounds();
}

void CallTracker::pop() {
    stack_.pop_back();
    listener_.left();
}

void CallTracker::pop_to(std::size_t size) {
    while (stack_.size() > size)
        pop();
    find_bounds();
}

/// Of the innermost function.
void CallTracker::find_bounds() {
    const ElfImage::Symbol* const function = stack_.empty() ? nullptr : stack_.back().function;
    begin_ = function == nullptr ? 0 : function->address;
    size_ = function == nullptr ? 0 : function->size;
}

}  // namespace flexv::platform
