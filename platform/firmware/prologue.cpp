// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/prologue.hpp"

#include "platform/firmware/abi_registers.hpp"

#include <string_view>

namespace flexv::platform {

namespace {

bool moves_sp(const CodeWord& code) {
    const std::string_view name = code.row->name;
    const bool adds = name == "addi" || name == "c.addi" || name == "c.addi16sp";
    return adds && code.op.rd == abi::kSp && (name != "addi" || code.op.rs1 == abi::kSp);
}

bool touches_ra(const CodeWord& code, isa::Timing timing, unsigned number) {
    return code.row->timing == timing && number == abi::kRa && code.op.rs1 == abi::kSp &&
           code.row->access.mode == isa::AddressMode::base_immediate;
}

bool is_return(const CodeWord& code) {
    return code.row->timing == isa::Timing::mret ||
           (code.row->timing == isa::Timing::jump_register && code.op.rs1 == abi::kRa &&
            code.op.rd == 0);
}

}  // namespace

void for_each_instruction(Address begin, Address end, const isa::Decoder& decoder,
                          const std::function<std::optional<u32>(Address)>& read,
                          const std::function<void(const CodeWord&)>& see) {
    constexpr Address kLongest = 64 * 1024;  // a function that is longer has no frame to be found
    for (Address pc = begin & ~Address{1}; pc < end && pc - begin < kLongest;) {
        const auto low = read(pc & ~3U);
        const auto high = pc % 4 == 0 ? low : read((pc & ~3U) + 4);
        if (!low)
            return;
        const u32 word = pc % 4 == 0 ? *low : *low >> 16 | high.value_or(0) << 16;
        const isa::Instruction* row = decoder.find(word, isa::Mode::legacy);
        if (row == nullptr)
            row = decoder.find(word, isa::Mode::status);
        if (row != nullptr)
            see({.pc = pc, .row = row, .op = isa::operands_of(*row, word)});
        pc += (word & 3) == 3 ? 4 : 2;
    }
}

FrameShape frame_shape(Address begin, Address place, const isa::Decoder& decoder,
                       const std::function<std::optional<u32>(Address)>& read) {
    FrameShape shape;
    FrameShape whole;  // in front of an epilogue
    for_each_instruction(begin, place, decoder, read, [&](const CodeWord& code) {
        if (moves_sp(code)) {
            const u32 lower = u32(-code.op.imm);
            if (code.op.imm > 0 && shape.stack_bytes != 0 && whole.stack_bytes == 0)
                whole = shape;
            shape.stack_bytes += lower;
            if (shape.return_address_at)
                *shape.return_address_at += lower;
        } else if (touches_ra(code, isa::Timing::store, code.op.rs2)) {
            shape.return_address_at = u32(code.op.imm);
        } else if (touches_ra(code, isa::Timing::load, code.op.rd)) {
            if (whole.stack_bytes == 0)
                whole = shape;
            shape.return_address_at.reset();
        } else if (is_return(code)) {
            shape = whole;
            whole = {};
        }
    });
    return shape;
}

}  // namespace flexv::platform
