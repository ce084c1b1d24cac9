// SPDX-License-Identifier: Apache-2.0
#include "core/instruction_trace.hpp"

#include "isa/disassembler.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace flexv::core {

namespace {

using Line = fmt::memory_buffer;

/// `separator` is '=' for a register that is written and ':' for one that is read.
void add_registers(Line& line, u32 mask, char separator, const std::array<u32, 32>& values) {
    for (unsigned index = 1; index < values.size(); ++index)
        if ((mask >> index & 1) != 0)
            fmt::format_to(std::back_inserter(line), " x{}{}{:08x}", index, separator,
                           values[index]);
}

void add_memory(Line& line, const MemoryAccess& access) {
    const u32 mask = access.bytes == 4 ? ~0U : (1U << 8 * access.bytes) - 1;
    fmt::format_to(std::back_inserter(line), " PA:{:08x} {}:{:0{}x}", access.address,
                   access.is_write ? "store" : "load", access.data & mask, 2 * access.bytes);
}

}  // namespace

InstructionTrace::InstructionTrace(unsigned hart, const ClockDomain& clock, TraceWindow window,
                                   Write write)
    : hart_(hart), clock_(clock), window_(window), write_(std::move(write)) {}

std::string_view InstructionTrace::header() {
    return "            Time      Cycle Hart PC       Instr    Decoded instruction            "
           "Register and memory contents\n";
}

bool InstructionTrace::is_wanted(const Execution& execution) const {
    return execution.cycle >= window_.from && execution.cycle <= window_.to;
}

void InstructionTrace::before(const Execution& execution, isa::Hart& hart) {
    if (is_wanted(execution))
        registers_before_ = hart.x;
}

void InstructionTrace::after(const Execution& execution, isa::Hart& hart) {
    if (!is_wanted(execution))
        return;
    const isa::Operands& op = execution.slot.op;
    const double time_ns = clock_.time_of(execution.cycle).to_seconds() * 1e9;
    Line line;
    fmt::format_to(
        std::back_inserter(line), "{:16.3f} {:10} {:4} {:08x} {:<8} {:<30}", time_ns,
        execution.cycle, hart_, execution.pc, fmt::format("{:0{}x}", op.word, 2 * op.size),
        isa::format_instruction(execution.row, op, execution.pc, isa::RegisterNames::numeric));
    add_registers(line, isa::registers_written(execution.row, op), '=', hart.x);
    add_registers(line, isa::registers_read(execution.row, op), ':', registers_before_);
    if (execution.memory)
        add_memory(line, *execution.memory);
    line.push_back('\n');
    write_({line.data(), line.size()});
}

}  // namespace flexv::core
