// SPDX-License-Identifier: Apache-2.0
// Writes an assembler include file: toolchains without the custom instructions get them as macros
// that build the word from the row's slices.
#include "isa/decoder.hpp"
#include "isa/tools/listing.hpp"
#include "isa/tools/syntax.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace flexv::isa {
namespace {

/// One argument of a macro.
struct Argument {
    Word word;
    std::string name;
};

bool is_custom(const Instruction& row) {
    return row.extension == Extension::xpulpv2 || row.extension == Extension::xpulpnn ||
           row.extension == Extension::flexv;
}

bool is_register(Word word) { return word == Word::rd || word == Word::rs1 || word == Word::rs2; }

std::string argument_name(Word word) {
    switch (word) {
        case Word::rd:
            return "rd";
        case Word::rs1:
            return "rs1";
        case Word::rs2:
            return "rs2";
        case Word::loop:
            return "loop";
        case Word::imm2:
            return "imm2";
        case Word::end:
        case Word::end2:
            return "end";
        case Word::target:
            return "target";
        default:
            return "imm";
    }
}

std::vector<Argument> arguments_of(const Instruction& row) {
    std::vector<Argument> arguments;
    for (const SyntaxPart& part : parse_syntax(row.syntax))
        if (part.word)
            arguments.push_back({*part.word, argument_name(*part.word)});
    return arguments;
}

/// The value of an argument inside the macro: register numbers by symbols, loop ends in halfwords.
std::string value_of(const Argument& argument) {
    if (is_register(argument.word))
        return fmt::format(".Lflexv_x_\\{}", argument.name);
    if (argument.word == Word::end || argument.word == Word::end2)
        return fmt::format("((\\{} - .) / 2)", argument.name);
    return fmt::format("(\\{})", argument.name);
}

std::string right_shift(unsigned bits) { return bits == 0 ? "" : fmt::format(" >> {}", bits); }

/// The word as an expression of the arguments.
std::string word_expression(const Encoding& encoding, const std::vector<Argument>& arguments) {
    std::string text = fmt::format("{:#010x}", encoding.match);
    for (const Argument& argument : arguments) {
        for (unsigned i = 0; i < encoding.slice_count; ++i) {
            const Slice& slice = encoding.slices[i];
            if (slice.field == field_of(argument.word))
                text +=
                    fmt::format(" | (({}{} & {:#x}) << {})", value_of(argument),
                                right_shift(slice.value_lsb), ones(slice.width), slice.word_lsb);
        }
    }
    return text;
}

/// A `.if` that stops on an immediate outside its field. Register names check themselves, and the
/// distance to a label is not known while the macro is expanded.
std::string range_check(const Instruction& row, const Argument& argument) {
    const bool is_number =
        argument.word == Word::imm || argument.word == Word::imm2 || argument.word == Word::loop;
    if (!is_number)
        return {};
    const FieldInfo& field = encoding_of(row).field(field_of(argument.word));
    const i64 span = i64{1} << field.bits;
    const i64 low = field.is_signed ? -span / 2 : 0;
    const i64 high = low + span - 1;
    return fmt::format(
        "  .if (\\{0}) < ({1}) || (\\{0}) > {2}\n"
        "    .error \"{3}: {0} is not in {1}..{2}\"\n"
        "  .endif\n",
        argument.name, low, high, row.name);
}

std::string exclusion_checks(const Instruction& row, const std::string& expression) {
    std::string text;
    const Encoding& encoding = encoding_of(row);
    for (unsigned i = 0; i < encoding.exclusion_count; ++i)
        text += fmt::format(
            "  .if (({}) & {:#x}) == {:#x}\n"
            "    .error \"{}: no such combination of operands\"\n"
            "  .endif\n",
            expression, encoding.exclusions[i].mask, encoding.exclusions[i].match, row.name);
    return text;
}

/// Branches need a relocation, so `.insn` writes them; its register number must be a literal, hence
/// the loop over all 32.
std::string branch_body(const Instruction& row) {
    const u32 match = encoding_of(row).match;
    return fmt::format(
        "  .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, "
        "16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "    .if ((\\imm2) & 31) == \\n\n"
        "      .insn sb {:#x}, {}, \\rs1, x\\n, \\target\n"
        "    .endif\n"
        "  .endr\n",
        match & 0x7f, match >> 12 & 7);
}

std::string body(const Instruction& row, const std::vector<Argument>& arguments) {
    if (row.timing == Timing::branch)
        return branch_body(row);
    const std::string expression = word_expression(encoding_of(row), arguments);
    return exclusion_checks(row, expression) + fmt::format("  .4byte {}\n", expression);
}

std::string macro(const Instruction& row) {
    const std::vector<Argument> arguments = arguments_of(row);
    std::string text = fmt::format("\n# {} {}: {}\n.macro {}", mnemonic(row), row.syntax,
                                   semantics_of(row), row.name);
    for (const Argument& argument : arguments)
        text += (&argument == arguments.data() ? " " : ", ") + argument.name;
    text += '\n';
    for (const Argument& argument : arguments)
        text += range_check(row, argument);
    return text + body(row, arguments) + ".endm\n";
}

std::string register_symbols() {
    std::string text;
    for (unsigned number = 0; number < 32; ++number)
        text += fmt::format(".equ .Lflexv_x_{0}, {1}\n.equ .Lflexv_x_x{1}, {1}\n",
                            kRegisterNames[number], number);
    return text + ".equ .Lflexv_x_fp, 8\n";
}

}  // namespace

std::string listing_gas() {
    std::string text =
        "# SPDX-License-Identifier: Apache-2.0\n"
        "# Generated by `flexv-vp isa --format gas`; do not edit.\n"
        "# Custom instructions of the Flex-V core as assembler macros: "
        "operands separated by commas in\n"
        "# the order of the syntax, for example p.lw.post a0, 4, a1 for p.lw a0, 4(a1!).\n"
        "# Loop ends are labels of the last instruction of the body; nothing between a loop\n"
        "# instruction and its label may change size when linking (.option norelax).\n"
        "\n.ifndef .Lflexv_isa_included\n.equ .Lflexv_isa_included, 1\n\n";
    text += register_symbols();
    for (const Instruction& row : all_instructions())
        if (is_custom(row) && row.canonical)
            text += macro(row);
    return text + "\n.endif\n";
}

}  // namespace flexv::isa
