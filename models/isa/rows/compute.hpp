// SPDX-License-Identifier: Apache-2.0
// Rows that only compute say only what they compute: a function of values. Which registers and
// immediates the values are, whether the old rd is one of them, and how the operands are written
// follows from the bits of the row. A function that takes symbols for values, too, can be
// translated.
#pragma once

#include "isa/encoding.hpp"
#include "isa/hart.hpp"
#include "isa/instruction.hpp"
#include "isa/symbol.hpp"
#include "isa/text.hpp"

#include <type_traits>

namespace flexv::isa {

/// What is computed, and beside it how a listing writes that, in the words of the form with two
/// registers: `rs1 + rs2`. Where rs2 is an immediate or rs1 is rd, semantics_of() says so.
template <Text text, typename Function>
struct Operation {
    static constexpr Text kText = text;
    Function function;
};

template <Text text, typename Function>
constexpr Operation<text, Function> operation(Function function) {
    return {function};
}

/// The same row with operands that do not follow from its bits.
constexpr Instruction with_syntax(std::string_view syntax, Instruction row) {
    row.syntax = syntax;
    return row;
}

namespace detail {

template <Field field>
using Value = u32;

template <Field field>
u32 value_of(const Hart& hart, const Operands& op) {
    if constexpr (field == Field::rd)
        return hart.x[op.rd];
    else if constexpr (field == Field::rs1)
        return hart.x[op.rs1];
    else if constexpr (field == Field::rs2)
        return hart.x[op.rs2];
    else if constexpr (field == Field::immediate)
        return u32(op.imm);
    else
        return op.imm2;
}

/// `Function` of the values of these fields to rd. One that wants it gets the SIMD format of CSR
/// 0x00D first.
template <typename Function, unsigned macs, Field... fields>
void execute_computation(Hart& hart, const Operands& op) {
    if constexpr (std::is_invocable_v<Function, Format, Value<fields>...>)
        hart.x[op.rd] = u32(Function{}(Format(hart.simd_format), value_of<fields>(hart, op)...));
    else
        hart.x[op.rd] = u32(Function{}(value_of<fields>(hart, op)...));
    if constexpr (macs != 0)
        hart.macs += macs;
}

/// The row goes to pc + imm when `Function` of the values is true.
template <typename Function, Field... fields>
void execute_branch(Hart& hart, const Operands& op) {
    if (Function{}(value_of<fields>(hart, op)...))
        hart.next_pc = hart.pc + u32(op.imm);
}

template <Field field>
using SymbolOf = Symbol;

template <Field field>
Symbol symbol_of(Formula& formula, const Operands& op) {
    if constexpr (field == Field::rd)
        return {&formula, formula.x(op.rd)};
    else if constexpr (field == Field::rs1)
        return {&formula, formula.x(op.rs1)};
    else if constexpr (field == Field::rs2)
        return {&formula, formula.x(op.rs2)};
    else if constexpr (field == Field::immediate)
        return {&formula, formula.constant(u32(op.imm))};
    else
        return {&formula, formula.constant(op.imm2)};
}

template <typename Function, unsigned macs, Field... fields>
void record_computation(Formula& formula, const Operands& op) {
    formula.write(op.rd, word_of(Function{}(symbol_of<fields>(formula, op)...)).index);
    formula.count_macs(macs);
}

template <typename Function, Field... fields>
void record_branch(Formula& formula, const Operands& op) {
    formula.jump_if(word_of(Function{}(symbol_of<fields>(formula, op)...)).index);
}

// Null for a function that takes nothing but numbers.

template <typename Function, unsigned macs, Field... fields>
constexpr Record record_of() {
    if constexpr (std::is_invocable_v<Function, SymbolOf<fields>...>)
        return &record_computation<Function, macs, fields...>;
    else
        return nullptr;
}

template <typename Function, Field... fields>
constexpr Record record_of_branch() {
    if constexpr (std::is_invocable_v<Function, SymbolOf<fields>...>)
        return &record_branch<Function, fields...>;
    else
        return nullptr;
}

template <typename Function, typename... Values>
inline constexpr bool kTakes =
    std::is_invocable_v<Function, Values...> || std::is_invocable_v<Function, Format, Values...>;

struct Computation {
    Execute execute = nullptr;
    Record record = nullptr;
    bool reads_rd = false;
};

/// `Function` of these fields, or of the old rd and these fields.
template <typename Function, unsigned macs, Field... fields>
constexpr Computation computation_of() {
    if constexpr (kTakes<Function, Value<fields>...>)
        return {&execute_computation<Function, macs, fields...>,
                record_of<Function, macs, fields...>(), false};
    else if constexpr (kTakes<Function, u32, Value<fields>...>)
        return {&execute_computation<Function, macs, Field::rd, fields...>,
                record_of<Function, macs, Field::rd, fields...>(), true};
    else
        throw std::logic_error("the function takes other values than the bits name");
}

/// The fields of the word in a fixed order: rs1, rs2 or the immediate, the second immediate.
template <typename Function, unsigned macs>
constexpr Computation computation_of(const Encoding& bits) {
    using enum Field;
    const bool two_immediates = bits.field(immediate2).present;
    if (!bits.field(rs1).present)
        return computation_of<Function, macs, immediate>();
    if (bits.field(rs2).present)
        return two_immediates ? computation_of<Function, macs, rs1, rs2, immediate2>()
                              : computation_of<Function, macs, rs1, rs2>();
    if (bits.field(immediate).present)
        return two_immediates ? computation_of<Function, macs, rs1, immediate, immediate2>()
                              : computation_of<Function, macs, rs1, immediate>();
    return computation_of<Function, macs, rs1>();
}

/// A field that tools leave 0 is no operand in the assembler.
constexpr bool is_written(const Encoding& bits, Field field) {
    for (const Slice& slice : bits.slices)
        if (slice.width != 0 && slice.field == field)
            return (bits.mask >> slice.word_lsb & ones(slice.width)) == 0;
    return false;
}

constexpr std::string_view syntax_of(const Encoding& bits) {
    const bool two_immediates = is_written(bits, Field::immediate2);
    if (is_written(bits, Field::rs2))
        return two_immediates ? "rd, rs1, rs2, imm2" : "rd, rs1, rs2";
    if (is_written(bits, Field::immediate))
        return two_immediates ? "rd, rs1, imm, imm2" : "rd, rs1, imm";
    return "rd, rs1";
}

}  // namespace detail

/// A row of one cycle in the ALU that writes to rd what `function` makes of the fields that `bits`
/// name (rs1, rs2 or the immediate, the second immediate), with the old rd in front if it takes one
/// more. `macs` is how many multiplications it counts for, and costs.
template <unsigned macs = 0, typename Function>
constexpr Instruction compute(std::string_view name, std::string_view bits,
                              std::string_view semantics, Function /*function*/) {
    static_assert(std::is_empty_v<Function>, "what it computes is known at compile time");
    const Encoding encoding = parse_bits(bits);
    const detail::Computation computation = detail::computation_of<Function, macs>(encoding);
    return {.name = name,
            .bits = bits,
            .syntax = detail::syntax_of(encoding),
            .energy = macs == 0 ? Energy::alu : Energy::multiply,
            .reads_rd = computation.reads_rd,
            .execute = computation.execute,
            .record = computation.record,
            .semantics = semantics};
}

template <unsigned macs = 0, Text text, typename Function>
constexpr Instruction compute(std::string_view name, std::string_view bits,
                              Operation<text, Function> what) {
    return compute<macs>(name, bits, joined<"rd = ", text>, what.function);
}

/// A row that jumps by imm when `condition` is true: of rs1 and rs2, or the second immediate.
template <Text text, typename Function>
constexpr Instruction branch(std::string_view name, std::string_view bits,
                             Operation<text, Function> /*condition*/) {
    static_assert(std::is_empty_v<Function>, "what it computes is known at compile time");
    using enum Field;
    const bool by_register = parse_bits(bits).field(rs2).present;
    return {.name = name,
            .bits = bits,
            .syntax = by_register ? "rs1, rs2, target" : "rs1, imm2, target",
            .timing = Timing::branch,
            .execute = by_register ? &detail::execute_branch<Function, rs1, rs2>
                                   : &detail::execute_branch<Function, rs1, immediate2>,
            .record = by_register ? detail::record_of_branch<Function, rs1, rs2>()
                                  : detail::record_of_branch<Function, rs1, immediate2>(),
            .semantics = joined<"if (", text, ") pc = pc+imm">};
}

/// The same rows as part of `extension`.
template <std::size_t N>
constexpr std::array<Instruction, N> of_extension(Extension extension,
                                                  std::array<Instruction, N> rows) {
    for (Instruction& row : rows)
        row.extension = extension;
    return rows;
}

}  // namespace flexv::isa
