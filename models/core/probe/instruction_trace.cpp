// SPDX-License-Identifier: Apache-2.0
#include "core/probe/instruction_trace.hpp"

#include "isa/tools/disassembler.hpp"

#include <bit>
#include <cmath>
#include <utility>

namespace flexv::core {

namespace {

using Line = fmt::memory_buffer;

/// The low `digits` digits.
void add_hex(Line& line, u32 value, unsigned digits) {
    std::array<char, 8> text;
    for (unsigned digit = digits; digit != 0; value >>= 4)
        text[--digit] = "0123456789abcdef"[value & 15];
    line.append(text.data(), text.data() + digits);
}

void add_text(Line& line, std::string_view text) {
    line.append(text.data(), text.data() + text.size());
}

/// `separator` is '=' for a register that is written and ':' for one that is read.
void add_registers(Line& line, u32 mask, char separator, const std::array<u32, 32>& values) {
    for (u32 rest = mask & ~1U; rest != 0; rest &= rest - 1) {
        const unsigned index = unsigned(std::countr_zero(rest));
        add_text(line, " x");
        if (index >= 10)
            line.push_back(char('0' + index / 10));
        line.push_back(char('0' + index % 10));
        line.push_back(separator);
        add_hex(line, values[index], 8);
    }
}

void add_memory(Line& line, const MemoryAccess& access) {
    add_text(line, " PA:");
    add_hex(line, access.address, 8);
    add_text(line, access.is_write ? " store:" : " load:");
    add_hex(line, access.data, 2U * access.bytes);
}

/// In `width` characters or more, blanks first.
void add_decimal(Line& line, u64 value, std::size_t width) {
    constexpr std::string_view kBlanks = "                    ";
    const fmt::format_int digits(value);
    if (digits.size() < width)
        add_text(line, kBlanks.substr(0, width - digits.size()));
    line.append(digits.data(), digits.data() + digits.size());
}

/// Nanoseconds with three decimals, in 16 characters.
void add_time(Line& line, u64 picoseconds) {
    add_decimal(line, picoseconds / 1000, 12);
    const unsigned rest = unsigned(picoseconds % 1000);
    line.push_back('.');
    line.push_back(char('0' + rest / 100));
    line.push_back(char('0' + rest / 10 % 10));
    line.push_back(char('0' + rest % 10));
}

u64 picoseconds(const sc_core::sc_time& time) {
    static const bool is_tick = sc_core::sc_get_time_resolution().to_seconds() == 1e-12;
    return is_tick ? time.value() : u64(std::llround(time.to_seconds() * 1e12));
}

}  // namespace

InstructionTrace::InstructionTrace(unsigned hart, const ClockDomain& clock, TraceWindow window,
                                   Write write)
    : hart_(hart), clock_(clock), window_(window), write_(std::move(write)), known_(kKnown) {}

std::string_view InstructionTrace::header() {
    return "            Time      Cycle Hart PC       Instr    Decoded instruction            "
           "Register and memory contents\n";
}

void InstructionTrace::before(const Execution& execution, isa::Hart& hart) {
    if (is_wanted(execution))
        registers_before_ = hart.x;
}

const InstructionTrace::Known& InstructionTrace::known(const Execution& execution) {
    const isa::Operands& op = execution.slot.op;
    Known& known = known_[execution.pc / 2 % kKnown];
    if (known.row == &execution.row && known.pc == execution.pc && known.word == op.word)
        return known;
    known = {
        .row = &execution.row,
        .pc = execution.pc,
        .word = op.word,
        .written = isa::registers_written(execution.row, op),
        .read = isa::registers_read(execution.row, op),
        .text = fmt::format(
            " {:08x} {:<8} {:<30}", execution.pc, fmt::format("{:0{}x}", op.word, 2 * op.size),
            isa::format_instruction(execution.row, op, execution.pc, isa::RegisterNames::numeric))};
    return known;
}

void InstructionTrace::after(const Execution& execution, isa::Hart& hart) {
    if (!is_wanted(execution))
        return;
    const Known& known = this->known(execution);
    line_.clear();
    add_time(line_, picoseconds(clock_.time_of(execution.cycle)));
    line_.push_back(' ');
    add_decimal(line_, u64(execution.cycle), 10);
    line_.push_back(' ');
    add_decimal(line_, hart_, 4);
    add_text(line_, known.text);
    add_registers(line_, known.written, '=', hart.x);
    add_registers(line_, known.read, ':', registers_before_);
    if (execution.memory)
        add_memory(line_, *execution.memory);
    line_.push_back('\n');
    write_({line_.data(), line_.size()});
}

}  // namespace flexv::core
