// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/stack_check.hpp"

#include "isa/decoder.hpp"
#include "platform/firmware/abi_registers.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

/// The stack of one core.
class StackCheck::CoreObserver final : public core::Observer {
public:
    CoreObserver(StackCheck& owner, core::Core& core)
        : owner_(owner), core_(core), view_(owner.soc_.view_of(core)) {}

    void before(const core::Execution& execution, isa::Hart& hart) override {
        if (execution.previous.slot == nullptr)
            top_ = 0;
        sp_ = hart.x[abi::kSp];
    }

    void after(const core::Execution& execution, isa::Hart& hart) override {
        if (hart.x[abi::kSp] == sp_)
            return;
        const Address now = in_memory(hart.x[abi::kSp]);
        const u32 sources = isa::registers_read(execution.row, execution.slot.op);
        const bool is_relative = (sources >> abi::kSp & 1) != 0;
        const bool was_half = is_half_;
        is_half_ = execution.row.name == "lui" || execution.row.name == "auipc";
        if (is_half_)
            return;
        if (is_relative && top_ != 0 && !was_half)
            grow(execution, now);
        else if (!is_own(now))
            begin(execution, hart.x[abi::kSp]);
    }

    [[nodiscard]] const core::Core& core() const { return core_; }
    [[nodiscard]] Address top() const { return top_; }  ///< 0: it has no stack
    [[nodiscard]] Address low() const { return low_; }  ///< the deepest so far
    [[nodiscard]] RawSide side() const {
        return {.who = short_name(core_),
                .does = fmt::format("moves sp to {:#010x}, {} bytes below {:#010x}, where its "
                                    "stack begins",
                                    low_, top_ - low_, top_),
                .pc = low_pc_,
                .cycle = low_cycle_};
    }

private:
    /// The same place in the view that has an address of its own; a stack ends below `sp`.
    [[nodiscard]] Address in_memory(Address sp) const {
        const auto place = owner_.places_.at(view_.absolute(sp - 4));
        return place ? place->address + 4 : sp;
    }

    /// Set back within the stack, from a frame pointer or by longjmp.
    [[nodiscard]] bool is_own(Address sp) const { return top_ != 0 && sp >= low_ && sp <= top_; }

    void note_low(const core::Execution& execution, Address sp) {
        low_ = sp;
        low_pc_ = execution.pc;
        low_cycle_ = owner_.soc_.cluster_cycle(core_, execution.cycle);
    }

    void grow(const core::Execution& execution, Address sp) {
        if (sp >= low_)
            return;
        note_low(execution, sp);
        owner_.look_at(*this);
    }

    void begin(const core::Execution& execution, Address sp) {
        const auto place = owner_.places_.at(view_.absolute(sp - 4));
        top_ = place ? place->address + 4 : 0;
        note_low(execution, top_);
        if (top_ != 0)
            owner_.began(*this);
    }

    StackCheck& owner_;
    core::Core& core_;
    const CoreView view_;
    u32 sp_ = 0;            // in front of the instruction
    bool is_half_ = false;  // the upper part of an address, the next instruction adds the rest
    Address top_ = 0;
    Address low_ = 0;
    Address low_pc_ = 0;
    ClusterCycles low_cycle_ = 0;
};

StackCheck::StackCheck(Soc& soc, const ElfImage& image, Findings& findings)
    : soc_(soc),
      image_(image),
      findings_(findings),
      places_(soc.memories(), soc.clusters.all().size()) {
    for (core::Core* core : soc.cores()) {
        observers_.push_back(std::make_unique<CoreObserver>(*this, *core));
        core->probes.instruction.attach(*observers_.back());
    }
}

StackCheck::~StackCheck() = default;

/// The object that holds the stack, or the nearest segment below it.
StackCheck::Bound StackCheck::data_below(Address top) const {
    Bound bound;
    for (const ElfImage::Segment& segment : image_.segments()) {
        const Address begin = segment.physical_address;
        const Address end = begin + segment.memory_size;
        if (end < top && end > bound.address)
            bound = {.address = end, .what = findings_.name_of(end - 1)};
        if (begin >= top || end < top)  // the stack is not in it
            continue;
        const auto holds = [top](const ElfImage::Symbol& symbol) {
            return !symbol.is_code && top - 1 - symbol.address < symbol.size;
        };
        const auto object = std::ranges::find_if(image_.symbols(), holds);
        if (object != image_.symbols().end())
            return {.address = object->address, .what = "what lies below " + object->name};
    }
    return bound;
}

StackCheck::Bound StackCheck::bound_of(const CoreObserver& stack) const {
    Bound bound = data_below(stack.top());
    for (const auto& other : observers_)
        if (other->top() != 0 && other->top() < stack.top() && other->top() > bound.address)
            bound = {.address = other->top(), .what = "the stack of " + short_name(other->core())};
    return bound;
}

void StackCheck::look_at(const CoreObserver& stack) {
    const Bound bound = bound_of(stack);
    if (stack.low() >= bound.address)
        return;
    const std::string who = short_name(stack.core());
    findings_.add("stack", who + bound.what,
                  fmt::format("the stack of {} grows {} bytes beyond {:#010x} into {}", who,
                              bound.address - stack.low(), bound.address, bound.what),
                  {stack.side()}, "make the stack larger, or what it holds smaller");
}

/// Another stack may have grown over this place before.
void StackCheck::began(const CoreObserver& stack) {
    for (const auto& other : observers_)
        if (other.get() != &stack && other->top() > stack.top() && other->low() < stack.top())
            look_at(*other);
}

}  // namespace flexv::platform
