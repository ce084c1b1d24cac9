// SPDX-License-Identifier: Apache-2.0
#include "isa/formula.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <limits>
#include <utility>

namespace flexv::isa {

namespace {

constexpr u32 kNone = 32;  // bits of an empty word

bool is_shift(Op op) {
    return op == Op::shift_left || op == Op::shift_right || op == Op::shift_right_arithmetic ||
           op == Op::rotate_right;
}

}  // namespace

unsigned operand_count(Op op) {
    if (op == Op::constant || op == Op::x)
        return 0;
    if (op == Op::select)
        return 3;
    const bool has_one = op == Op::sign_extend_8 || op == Op::sign_extend_16 ||
                         op == Op::lowest_one || op == Op::highest_one;
    return has_one ? 1 : 2;
}

u32 evaluate(Op op, u32 a, u32 b, u32 c) {
    switch (op) {
        case Op::add:
            return a + b;
        case Op::subtract:
            return a - b;
        case Op::multiply:
            return a * b;
        case Op::bit_and:
            return a & b;
        case Op::bit_or:
            return a | b;
        case Op::bit_xor:
            return a ^ b;
        case Op::shift_left:
            return a << (b & 31);
        case Op::shift_right:
            return a >> (b & 31);
        case Op::shift_right_arithmetic:
            return u32(i32(a) >> (b & 31));
        case Op::rotate_right:
            return std::rotr(a, int(b & 31));
        case Op::sign_extend_8:
            return u32(i8(a));
        case Op::sign_extend_16:
            return u32(i16(a));
        case Op::lowest_one:
            return u32(std::countr_zero(a));
        case Op::highest_one:
            return a == 0 ? kNone : u32(31 - std::countl_zero(a));
        case Op::equal:
            return a == b;
        case Op::not_equal:
            return a != b;
        case Op::less:
            return i32(a) < i32(b);
        case Op::greater_equal:
            return i32(a) >= i32(b);
        case Op::less_unsigned:
            return a < b;
        case Op::greater_equal_unsigned:
            return a >= b;
        case Op::select:
            return c != 0 ? a : b;
        case Op::constant:
        case Op::x:
            break;
    }
    FLEXV_ASSERT(false, "a leaf has a value of its own");
    return 0;
}

Formula::Index Formula::keep(const Node& node) {
    const auto known = std::ranges::find(nodes_, node);
    if (known != nodes_.end())
        return Index(known - nodes_.begin());
    FLEXV_ASSERT(nodes_.size() < std::numeric_limits<Index>::max(), "a formula is short");
    nodes_.push_back(node);
    return Index(nodes_.size() - 1);
}

Formula::Index Formula::constant(u32 value) { return keep({.op = Op::constant, .value = value}); }

Formula::Index Formula::x(unsigned number) {
    if (known_.at(number))
        return constant(*known_.at(number));
    return keep({.op = Op::x, .value = number});
}

/// The operand that the node would equal.
std::optional<Formula::Index> Formula::simplified(Op op, Index a, Index b, Index c) const {
    const bool is_sum =
        op == Op::add || op == Op::subtract || op == Op::bit_or || op == Op::bit_xor;
    if ((is_sum || is_shift(op)) && is_constant(b, 0))
        return a;
    if (op == Op::bit_and && is_constant(b, ~0U))
        return a;
    if (op == Op::select && (a == b || is_constant(c)))
        return is_constant(c, 0) ? b : a;
    return std::nullopt;
}

Formula::Index Formula::node(Op op, Index a, Index b, Index c) {
    const unsigned operands = operand_count(op);
    if (is_constant(a) && (operands < 2 || is_constant(b)) && (operands < 3 || is_constant(c)))
        return constant(evaluate(op, nodes_[a].value, nodes_[b].value, nodes_[c].value));
    if (is_commutative(op) && is_constant(a))
        std::swap(a, b);
    if (is_shift(op) && nodes_[b].op == Op::bit_and && is_constant(nodes_[b].b) &&
        (nodes_[nodes_[b].b].value & 31) == 31)
        b = nodes_[b].a;  // a shift looks at no other bits
    if (const auto operand = simplified(op, a, b, c))
        return *operand;
    return keep({.op = op, .a = a, .b = b, .c = c});
}

}  // namespace flexv::isa
