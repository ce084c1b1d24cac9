// SPDX-License-Identifier: Apache-2.0
// Words that rows compute with: numbers when an instruction executes, symbols when it is written
// down as a formula. A function of a row that takes `Word auto` does both.
#pragma once

#include "isa/formula.hpp"

#include <bit>
#include <concepts>

namespace flexv::isa {

/// A word that is not known yet.
struct Symbol {
    Formula* formula = nullptr;
    Formula::Index index = 0;
};

/// The same word, compared and shifted as a signed one.
struct SignedSymbol {
    Symbol word;
};

struct SymbolicCondition {
    Symbol word;  ///< 0 or 1
};

/// A u32, or a symbol of one.
template <typename T>
concept Word = std::same_as<T, u32> || std::same_as<T, Symbol>;
template <typename T>
concept SignedWord = std::same_as<T, i32> || std::same_as<T, SignedSymbol>;

namespace detail {

/// Two operands of which one is a `Symbolic`, and the other one may be a number.
template <typename Symbolic, typename A, typename B>
concept OneIs = (std::same_as<A, Symbolic> && (std::same_as<B, Symbolic> || std::integral<B>)) ||
                (std::integral<A> && std::same_as<B, Symbolic>);

inline Symbol word_of(Symbol symbol) { return symbol; }
inline Symbol word_of(SignedSymbol symbol) { return symbol.word; }
inline Symbol word_of(SymbolicCondition symbol) { return symbol.word; }

/// `operand` in the formula of `other`.
template <typename Operand, typename Other>
Symbol word_beside(Operand operand, Other other) {
    if constexpr (std::integral<Operand>) {
        Formula* const formula = word_of(other).formula;
        return {formula, formula->constant(u32(operand))};
    } else {
        return word_of(operand);
    }
}

template <typename A, typename B>
Symbol apply(Op op, A a, B b) {
    const Symbol first = word_beside(a, b);
    return {first.formula, first.formula->node(op, first.index, word_beside(b, a).index)};
}

inline Symbol apply(Op op, Symbol a) { return {a.formula, a.formula->node(op, a.index)}; }

template <typename A, typename B>
SymbolicCondition compare(Op op, A a, B b) {
    return {apply(op, a, b)};
}

}  // namespace detail

template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator+(A a, B b) {
    return detail::apply(Op::add, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator-(A a, B b) {
    return detail::apply(Op::subtract, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator*(A a, B b) {
    return detail::apply(Op::multiply, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator&(A a, B b) {
    return detail::apply(Op::bit_and, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator|(A a, B b) {
    return detail::apply(Op::bit_or, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator^(A a, B b) {
    return detail::apply(Op::bit_xor, a, b);
}
inline Symbol operator~(Symbol a) { return a ^ ~u32{0}; }
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator<<(A a, B b) {
    return detail::apply(Op::shift_left, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> Symbol operator>>(A a, B b) {
    return detail::apply(Op::shift_right, a, b);
}
template <typename B>
SignedSymbol operator>>(SignedSymbol a, B b) {
    return {detail::apply(Op::shift_right_arithmetic, a.word, b)};
}

template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> SymbolicCondition operator==(A a, B b) {
    return detail::compare(Op::equal, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> SymbolicCondition operator!=(A a, B b) {
    return detail::compare(Op::not_equal, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> SymbolicCondition operator<(A a, B b) {
    return detail::compare(Op::less_unsigned, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> SymbolicCondition operator>=(A a, B b) {
    return detail::compare(Op::greater_equal_unsigned, a, b);
}
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> SymbolicCondition operator<=(A a, B b) { return b >= a; }
template <typename A, typename B>
requires detail::OneIs<Symbol, A, B> SymbolicCondition operator>(A a, B b) { return b < a; }

template <typename A, typename B>
requires detail::OneIs<SignedSymbol, A, B> SymbolicCondition operator==(A a, B b) {
    return detail::compare(Op::equal, a, b);
}
template <typename A, typename B>
requires detail::OneIs<SignedSymbol, A, B> SymbolicCondition operator!=(A a, B b) {
    return detail::compare(Op::not_equal, a, b);
}
template <typename A, typename B>
requires detail::OneIs<SignedSymbol, A, B> SymbolicCondition operator<(A a, B b) {
    return detail::compare(Op::less, a, b);
}
template <typename A, typename B>
requires detail::OneIs<SignedSymbol, A, B> SymbolicCondition operator>=(A a, B b) {
    return detail::compare(Op::greater_equal, a, b);
}
template <typename A, typename B>
requires detail::OneIs<SignedSymbol, A, B> SymbolicCondition operator<=(A a, B b) { return b >= a; }
template <typename A, typename B>
requires detail::OneIs<SignedSymbol, A, B> SymbolicCondition operator>(A a, B b) { return b < a; }

// What C++ says by casts, conditional expressions and <bit>.

constexpr i32 as_signed(u32 word) { return i32(word); }
inline SignedSymbol as_signed(Symbol word) { return {word}; }
constexpr u32 as_unsigned(i32 word) { return u32(word); }
inline Symbol as_unsigned(SignedSymbol word) { return word.word; }

/// `a` when the condition holds, else `b`; both are computed.
template <typename T>
constexpr T select(bool condition, T a, T b) {
    return condition ? a : b;
}
template <typename A, typename B>
Symbol select(SymbolicCondition condition, A a, B b) {
    const auto& [formula, c] = condition.word;
    const Symbol first = detail::word_beside(a, condition);
    const Symbol second = detail::word_beside(b, condition);
    return {formula, formula->node(Op::select, first.index, second.index, c)};
}

/// Of two words or two signed ones.
template <typename T>
constexpr T smaller(T a, T b) {
    if constexpr (std::same_as<T, SignedSymbol>)
        return {select(a < b, a, b)};
    else
        return select(a < b, a, b);
}
template <typename T>
constexpr T larger(T a, T b) {
    if constexpr (std::same_as<T, SignedSymbol>)
        return {select(a < b, b, a)};
    else
        return select(a < b, b, a);
}

constexpr u32 sign_extend_8(u32 word) { return u32(i8(word)); }
inline Symbol sign_extend_8(Symbol word) { return detail::apply(Op::sign_extend_8, word); }
constexpr u32 sign_extend_16(u32 word) { return u32(i16(word)); }
inline Symbol sign_extend_16(Symbol word) { return detail::apply(Op::sign_extend_16, word); }

/// Index of the lowest set bit, 32 when there is none.
constexpr u32 lowest_one(u32 word) { return u32(std::countr_zero(word)); }
inline Symbol lowest_one(Symbol word) { return detail::apply(Op::lowest_one, word); }
/// Index of the highest set bit, 32 when there is none.
constexpr u32 highest_one(u32 word) { return word == 0 ? 32 : u32(31 - std::countl_zero(word)); }
inline Symbol highest_one(Symbol word) { return detail::apply(Op::highest_one, word); }

/// By 0..31.
constexpr u32 rotate_right(u32 word, u32 amount) { return std::rotr(word, int(amount)); }
inline Symbol rotate_right(Symbol word, Symbol amount) {
    return detail::apply(Op::rotate_right, word, amount);
}

}  // namespace flexv::isa
