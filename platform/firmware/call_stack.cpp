// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/call_stack.hpp"

#include "platform/firmware/abi_registers.hpp"
#include "platform/firmware/prologue.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <span>

namespace flexv::platform {

namespace {

using Frame = std::unique_ptr<Dwarf_Frame, decltype(&std::free)>;
using Operations = std::span<const Dwarf_Op>;

/// The few operations that compilers describe frames with; nullopt for any other.
std::optional<u32> value_of(Operations operations, const FrameRegisters& registers,
                            std::optional<u32> cfa) {
    std::optional<u32> value;
    for (const Dwarf_Op& op : operations) {
        if (op.atom >= DW_OP_breg0 && op.atom <= DW_OP_breg31)
            value = registers.x[op.atom - DW_OP_breg0] + u32(op.number);
        else if (op.atom == DW_OP_bregx && op.number < registers.x.size())
            value = registers.x[op.number] + u32(op.number2);
        else if (op.atom == DW_OP_call_frame_cfa && cfa)
            value = *cfa;
        else if (op.atom == DW_OP_plus_uconst && value)
            value = *value + u32(op.number);
        else if (op.atom != DW_OP_stack_value)
            return std::nullopt;
    }
    return value;
}

Frame frame_of(Dwarf_CFI* tables, Address place) {
    Dwarf_Frame* frame = nullptr;
    if (tables != nullptr && dwarf_cfi_addrframe(tables, place, &frame) != 0)
        frame = nullptr;
    return {frame, &std::free};
}

/// What register `number` was in the caller; nullopt when it cannot be known.
std::optional<u32> caller_value(Dwarf_Frame* frame, unsigned number,
                                const FrameRegisters& registers, u32 cfa,
                                const CallStack::ReadWord& read) {
    std::array<Dwarf_Op, 3> space{};
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (dwarf_frame_register(frame, int(number), space.data(), &operations, &count) != 0)
        return std::nullopt;
    if (count == 0)  // the same value, or the compiler does not say
        return registers.x[number];
    const Operations rule(operations, count);
    const std::optional<u32> value = value_of(rule, registers, cfa);
    const bool is_value = rule.back().atom == DW_OP_stack_value;
    return value && !is_value ? read(*value) : value;
}

}  // namespace

CallStack::CallStack(const ElfImage& image)
    : image_(image), information_(image), decoder_(*isa::isa_subset("flexv")) {}

/// Of the function around `place`, by its call frame information.
bool CallStack::step_by_tables(FrameRegisters& registers, Address place,
                               const ReadWord& read) const {
    if (information_.dwarf() == nullptr)
        return false;
    Frame frame = frame_of(dwarf_getcfi(information_.dwarf()), place);
    if (!frame)
        frame = frame_of(dwarf_getcfi_elf(information_.elf()), place);
    Dwarf_Op* operations = nullptr;
    std::size_t count = 0;
    if (!frame || dwarf_frame_cfa(frame.get(), &operations, &count) != 0)
        return false;
    const std::optional<u32> cfa = value_of({operations, count}, registers, std::nullopt);
    if (!cfa)
        return false;
    FrameRegisters caller = registers;
    for (unsigned number = 1; number < caller.x.size(); ++number)
        if (number != abi::kSp)
            caller.x[number] = caller_value(frame.get(), number, registers, *cfa, read).value_or(0);
    caller.x[abi::kSp] = *cfa;
    caller.pc = caller.x[abi::kRa];
    registers = caller;
    return true;
}

/// The same by its code: what of its prologue has been executed.
bool CallStack::step_by_code(FrameRegisters& registers, const StackFrame& frame,
                             const ReadWord& read) const {
    const Address place = frame.place();
    const ElfImage::Symbol* const function = image_.function_at(place);
    if (function == nullptr)
        return false;
    const FrameShape shape =
        frame_shape(function->address, std::min(registers.pc, place + 1), decoder_, read);
    const Address sp = registers.x[abi::kSp];
    if (frame.is_call && !shape.return_address_at)
        return false;  // the call has overwritten it
    if (shape.return_address_at) {
        const auto saved = read(sp + *shape.return_address_at);
        if (!saved)
            return false;
        registers.x[abi::kRa] = *saved;
    }
    registers.x[abi::kSp] = sp + shape.stack_bytes;
    registers.pc = registers.x[abi::kRa];
    return true;
}

/// A handler: what it returns to stands in mepc.
bool CallStack::returns_from_trap(const ElfImage::Symbol& function, const ReadWord& read) const {
    bool found = false;
    for_each_instruction(
        function.address, function.address + function.size, decoder_, read,
        [&found](const CodeWord& code) { found = found || code.row->timing == isa::Timing::mret; });
    return found;
}

std::vector<StackFrame> CallStack::unwind(FrameRegisters registers, const ReadWord& read) const {
    std::vector<StackFrame> frames{{.pc = registers.pc}};
    bool has_left_handler = false;
    const bool has_jumped_away = image_.function_at(registers.pc) == nullptr;
    if (has_jumped_away && image_.function_at(registers.x[abi::kRa] - 1) != nullptr) {
        registers.pc = registers.x[abi::kRa];
        frames.push_back({.pc = registers.pc, .is_call = true});
    }
    while (frames.size() < kMostFrames) {
        const StackFrame frame = frames.back();
        const ElfImage::Symbol* const function = image_.function_at(frame.place());
        const FrameRegisters before = registers;
        if (!step_by_tables(registers, frame.place(), read) &&
            !step_by_code(registers, frame, read))
            break;
        const bool is_handler =
            !has_left_handler && function != nullptr && returns_from_trap(*function, read);
        if (is_handler) {
            has_left_handler = true;
            registers.pc = registers.mepc;
        }
        const bool is_stuck =
            !is_handler && registers.pc == before.pc && registers.x[abi::kSp] == before.x[abi::kSp];
        if (is_stuck || image_.function_at(registers.pc) == nullptr ||
            registers.x[abi::kSp] < before.x[abi::kSp])
            break;
        frames.push_back(
            {.pc = registers.pc, .is_call = !is_handler, .is_interrupted = is_handler});
    }
    return frames;
}

}  // namespace flexv::platform
