// SPDX-License-Identifier: Apache-2.0
// What an instruction computes, written down instead of computed: the function of its row is called
// with symbols (isa/symbol.hpp), whose operators add nodes here. So a row has one definition, which
// the interpreter executes and a translator reads.
#pragma once

#include "base/units.hpp"

#include <array>
#include <optional>
#include <vector>

namespace flexv::isa {

/// What a node is. Operands and results are words of 32 bits; a condition is 0 or 1.
enum class Op : u8 {
    constant,  ///< `value`
    x,         ///< register `value`, before the instruction
    add,
    subtract,
    multiply,  ///< modulo 2^32
    bit_and,
    bit_or,
    bit_xor,
    shift_left,  ///< of a by b modulo 32, as the other shifts
    shift_right,
    shift_right_arithmetic,
    rotate_right,
    sign_extend_8,  ///< of a
    sign_extend_16,
    lowest_one,   ///< index of the lowest set bit of a; 32 if none
    highest_one,  ///< index of the highest set bit of a; 32 if none
    equal,        ///< the relations from here on are conditions
    not_equal,
    less,  ///< signed
    greater_equal,
    less_unsigned,
    greater_equal_unsigned,
    select,  ///< a when condition c is 1, else b
};

constexpr bool is_relation(Op op) { return op >= Op::equal && op <= Op::greater_equal_unsigned; }
/// True when the opposite holds. Of a relation.
constexpr Op opposite(Op relation) {
    return Op(((unsigned(relation) - unsigned(Op::equal)) ^ 1) + unsigned(Op::equal));
}
/// The operands may change places.
constexpr bool is_commutative(Op op) {
    return op == Op::add || op == Op::multiply || op == Op::bit_and || op == Op::bit_or ||
           op == Op::bit_xor;
}

/// Of a, b and c, those that the node has.
[[nodiscard]] unsigned operand_count(Op op);
/// The value of a node with these operands; not of a constant or register.
[[nodiscard]] u32 evaluate(Op op, u32 a, u32 b, u32 c);

/// What one instruction does: a word for a register, or a condition for a jump. Constants are
/// folded, and equal nodes are one.
class Formula {
public:
    using Index = u8;

    struct Node {
        Op op = Op::constant;
        Index a = 0;
        Index b = 0;
        Index c = 0;
        u32 value = 0;

        friend bool operator==(const Node&, const Node&) = default;
    };
    /// [register], where it is known when the instruction is written down.
    using Known = std::array<std::optional<u32>, 32>;

    Formula() = default;
    explicit Formula(const Known& known) : known_(known) {}

    [[nodiscard]] Index constant(u32 value);
    /// What register `number` holds before the instruction.
    [[nodiscard]] Index x(unsigned number);
    /// Operands that `op` does not have are 0.
    [[nodiscard]] Index node(Op op, Index a, Index b = 0, Index c = 0);

    /// The instruction writes `word` to register `rd`.
    void write(unsigned rd, Index word) { rd_ = u8(rd), result_ = word; }
    /// It jumps by its immediate when `condition` is 1.
    void jump_if(Index condition) { is_branch_ = true, result_ = condition; }
    /// It counts as `macs` multiplications.
    void count_macs(unsigned macs) { macs_ = macs; }

    [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
    [[nodiscard]] const Node& operator[](Index index) const { return nodes_[index]; }
    [[nodiscard]] bool is_branch() const { return is_branch_; }
    [[nodiscard]] unsigned rd() const { return rd_; }
    /// The word that is written, or the condition.
    [[nodiscard]] Index result() const { return result_; }
    [[nodiscard]] unsigned macs() const { return macs_; }

private:
    [[nodiscard]] Index keep(const Node& node);
    [[nodiscard]] bool is_constant(Index index) const { return nodes_[index].op == Op::constant; }
    [[nodiscard]] bool is_constant(Index index, u32 value) const {
        return is_constant(index) && nodes_[index].value == value;
    }
    [[nodiscard]] std::optional<Index> simplified(Op op, Index a, Index b, Index c) const;

    std::vector<Node> nodes_;
    Known known_{0U};
    unsigned macs_ = 0;
    Index result_ = 0;
    u8 rd_ = 0;
    bool is_branch_ = false;
};

}  // namespace flexv::isa
