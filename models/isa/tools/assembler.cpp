// SPDX-License-Identifier: Apache-2.0
// Matches a line against the syntax strings of the rows with its mnemonic.
#include "isa/tools/assembler.hpp"

#include "isa/csr.hpp"
#include "isa/decoder.hpp"
#include "isa/tools/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace flexv::isa {
namespace {

template <typename... Args>
[[noreturn]] void fail(fmt::format_string<Args...> format, Args&&... args) {
    throw std::invalid_argument(fmt::format(format, std::forward<Args>(args)...));
}

u8 register_number(const std::string& name) {
    const auto* found = std::ranges::find(kRegisterNames, name);
    if (found != kRegisterNames.end())
        return u8(found - kRegisterNames.begin());
    for (unsigned number = 0; number < 32; ++number)
        if (name == fmt::format("x{}", number))
            return u8(number);
    if (name == "fp")
        return 8;
    fail("'{}' is not a register", name);
}

i64 number(const std::string& text) {
    std::size_t used = 0;
    i64 value = 0;
    try {
        value = std::stoll(text, &used, 0);
    } catch (const std::exception&) {
        used = 0;
    }
    if (used == 0 || used != text.size())
        fail("'{}' is not a number", text);
    return value;
}

u8 loop_number(const std::string& text) {
    return text.starts_with('x') ? register_number(text) : u8(number(text));
}

i32 csr_operand(const std::string& text) {
    const std::optional<unsigned> named = csr_number(text);
    return named ? i32(*named) : i32(number(text));
}

/// Distance in units of two bytes to the end of a hardware loop.
u32 half_distance(const std::string& text, u32 pc) {
    const u32 distance = u32(number(text)) - pc;
    if (distance % 2 != 0)
        fail("a loop end lies an even number of bytes away, not {}", distance);
    return distance / 2;
}

void set_operand(Operands& op, Word word, const std::string& text, u32 pc) {
    switch (word) {
        case Word::rd:
            op.rd = register_number(text);
            break;
        case Word::rs1:
            op.rs1 = register_number(text);
            break;
        case Word::rs2:
            op.rs2 = register_number(text);
            break;
        case Word::loop:
            op.rd = loop_number(text);
            break;
        case Word::csr:
            op.imm = csr_operand(text);
            break;
        case Word::imm:
            op.imm = i32(number(text));
            break;
        case Word::imm2:
            op.imm2 = u8(number(text));
            break;
        case Word::upper:
            op.imm = i32(u32(number(text)) << 12);
            break;
        case Word::target:
            op.imm = i32(u32(number(text)) - pc);
            break;
        case Word::end:
            op.imm = i32(half_distance(text, pc));
            break;
        case Word::end2:
            op.imm2 = u8(std::min(half_distance(text, pc), u32{255}));
            break;
    }
}

u32 value_of(const Operands& op, Field field) {
    switch (field) {
        case Field::rd:
        case Field::loop:
            return op.rd;
        case Field::rs1:
            return op.rs1;
        case Field::rs2:
            return op.rs2;
        case Field::immediate:
            return u32(op.imm);
        case Field::immediate2:
            return op.imm2;
    }
    return 0;
}

/// The word, after a check that every operand survives in it.
u32 encode(const Instruction& row, const Operands& op, const std::vector<SyntaxPart>& parts) {
    const Encoding& encoding = encoding_of(row);
    const u32 word = encode_operands(encoding, op);
    const Operands back = decode_operands(encoding, word);
    for (const SyntaxPart& part : parts) {
        if (!part.word)
            continue;
        const Field field = field_of(*part.word);
        if (value_of(op, field) != value_of(back, field))
            fail("operand of {} out of range: {}", row.name, i32(value_of(op, field)));
    }
    if (!accepts(encoding, word))
        fail("{} does not allow these operands", row.name);
    return word;
}

std::string without_spaces(std::string_view text) {
    std::string result;
    std::ranges::copy_if(text, std::back_inserter(result),
                         [](char c) { return c != ' ' && c != '\t'; });
    return result;
}

/// `operands` without spaces, taken apart by the punctuation of the row's syntax.
u32 assemble_as(const Instruction& row, std::string_view operands, u32 pc) {
    const std::vector<SyntaxPart> parts = parse_syntax(row.syntax);
    Operands op;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (!parts[i].word) {
            if (!operands.starts_with(parts[i].literal))
                fail("operands of {} are '{}'", row.name, row.syntax);
            operands.remove_prefix(1);
            continue;
        }
        const std::size_t length =
            i + 1 < parts.size() ? operands.find(parts[i + 1].literal) : operands.size();
        if (length == std::string_view::npos)
            fail("operands of {} are '{}'", row.name, row.syntax);
        set_operand(op, *parts[i].word, std::string(operands.substr(0, length)), pc);
        operands.remove_prefix(length);
    }
    if (!operands.empty())
        fail("'{}' is too much for {} {}", operands, row.name, row.syntax);
    return encode(row, op, parts);
}

}  // namespace

u32 assemble(std::string_view line, u32 pc) {
    const std::string_view name = line.substr(0, line.find(' '));
    const std::string operands = without_spaces(line.substr(name.size()));
    std::string reason = fmt::format("no instruction is called '{}'", name);
    for (const Instruction& row : all_instructions()) {
        if (mnemonic(row) != name)
            continue;
        try {
            return assemble_as(row, operands, pc);
        } catch (const std::invalid_argument& error) {  // perhaps another addressing mode fits
            reason = error.what();
        }
    }
    throw std::invalid_argument(fmt::format("{}: {}", line, reason));
}

}  // namespace flexv::isa
