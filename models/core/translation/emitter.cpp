// SPDX-License-Identifier: Apache-2.0
#include "core/translation/emitter.hpp"

#include "base/error.hpp"
#include "isa/hart.hpp"

#include <array>
#include <cstddef>
#include <utility>

namespace flexv::core::translation {

namespace x86 = asmjit::x86;
using isa::Formula;
using isa::Op;

namespace {

constexpr auto kScratch = HostRegisters::kScratch;

x86::Mem field(std::size_t offset) { return {HostRegisters::kHart, i32(offset), 4}; }

x86::Inst::Id instruction_of(Op op) {
    switch (op) {
        case Op::add:
            return x86::Inst::kIdAdd;
        case Op::subtract:
            return x86::Inst::kIdSub;
        case Op::multiply:
            return x86::Inst::kIdImul;
        case Op::bit_and:
            return x86::Inst::kIdAnd;
        case Op::bit_or:
            return x86::Inst::kIdOr;
        case Op::bit_xor:
            return x86::Inst::kIdXor;
        case Op::shift_left:
            return x86::Inst::kIdShl;
        case Op::shift_right:
            return x86::Inst::kIdShr;
        case Op::shift_right_arithmetic:
            return x86::Inst::kIdSar;
        case Op::rotate_right:
            return x86::Inst::kIdRor;
        case Op::lowest_one:
            return x86::Inst::kIdBsf;
        case Op::highest_one:
            return x86::Inst::kIdBsr;
        default:
            FLEXV_ASSERT(false, "the host has one instruction for it");
            return x86::Inst::kIdNone;
    }
}

/// That of `cmp a, b`.
x86::CondCode condition_of(Op relation) {
    switch (relation) {
        case Op::equal:
            return x86::CondCode::kEqual;
        case Op::not_equal:
            return x86::CondCode::kNotEqual;
        case Op::less:
            return x86::CondCode::kSignedLT;
        case Op::greater_equal:
            return x86::CondCode::kSignedGE;
        case Op::less_unsigned:
            return x86::CondCode::kUnsignedLT;
        default:
            return x86::CondCode::kUnsignedGE;
    }
}

}  // namespace

// Values and their places.

void Emitter::begin(const Formula& formula) {
    formula_ = &formula;
    uses_.assign(formula.nodes().size(), 0);
    computed_.assign(formula.nodes().size(), std::nullopt);
    count_uses(formula.result());
}

/// Of what the node needs. A condition is computed where it is used, so it may be more than once.
void Emitter::count_uses(Index index) {
    const Formula::Node& used = node(index);
    const bool is_first = uses_[index]++ == 0;
    if (!is_first && !isa::is_relation(used.op))
        return;
    const std::array operands = {used.a, used.b, used.c};
    for (unsigned i = 0; i < isa::operand_count(used.op); ++i)
        count_uses(operands[i]);
}

Emitter::Value Emitter::value_of(Index index) {
    const Formula::Node& wanted = node(index);
    if (wanted.op == Op::constant)
        return {.kind = Value::Kind::constant, .node = index, .value = wanted.value};
    if (wanted.op == Op::x)
        return value_of_register(index);
    if (isa::is_relation(wanted.op))
        return {.kind = Value::Kind::temporary, .node = index, .host = flag(wanted)};
    if (!computed_[index])
        computed_[index] = compute(wanted);
    return {.kind = Value::Kind::temporary, .node = index, .host = *computed_[index]};
}

/// It is loaded when somebody else reads it, too.
Emitter::Value Emitter::value_of_register(Index index) {
    const u32 x = node(index).value;
    std::optional<Host> host = registers_.find(x);
    if (!host && (uses_[index] > 1 || registers_.is_wanted(x)))
        host = registers_.load(x);
    if (!host)
        return {.kind = Value::Kind::home, .node = index, .value = x};
    registers_.pin(*host);
    return {.kind = Value::Kind::held, .node = index, .host = *host, .value = x};
}

/// One use less.
void Emitter::finish(const Value& value) {
    const bool is_last = --uses_[value.node] == 0;
    if (value.kind == Value::Kind::held)
        registers_.unpin(value.host);
    else if (value.kind == Value::Kind::temporary && (is_last || !computed_[value.node]))
        registers_.release(value.host);
}

/// The value is used for the last time: a temporary, or the register that is written.
bool Emitter::can_take_over(const Value& value) const {
    if (uses_[value.node] != 1)
        return false;
    if (value.kind == Value::Kind::held)
        return !formula_->is_branch() && value.value == formula_->rd() &&
               registers_.is_pinned_once(value.host);
    return value.kind == Value::Kind::temporary;
}

Host Emitter::take_over(const Value& value) {
    --uses_[value.node];
    if (value.kind == Value::Kind::held)
        registers_.take_over(value.host);
    return value.host;
}

Host Emitter::copy(const Value& value) {
    const Host host = registers_.take();
    emit(x86::Inst::kIdMov, host, value);
    return host;
}

/// A temporary with this value, to be changed.
Host Emitter::destination(const Value& value) {
    if (can_take_over(value))
        return take_over(value);
    const Host host = copy(value);
    finish(value);
    return host;
}

void Emitter::emit(x86::Inst::Id instruction, Host destination, const Value& value) {
    const x86::Gp to = HostRegisters::gp(destination);
    if (value.is_constant())
        assembler_.emit(instruction, to, asmjit::imm(i32(value.value)));
    else if (value.is_in_register())
        assembler_.emit(instruction, to, HostRegisters::gp(value.host));
    else
        assembler_.emit(instruction, to, HostRegisters::home(value.value));
}

// Nodes.

Host Emitter::compute(const Formula::Node& node) {
    switch (node.op) {
        case Op::add:
        case Op::subtract:
        case Op::multiply:
        case Op::bit_and:
        case Op::bit_or:
        case Op::bit_xor:
            return arithmetic(node);
        case Op::shift_left:
        case Op::shift_right:
        case Op::shift_right_arithmetic:
        case Op::rotate_right:
            return shift(node);
        case Op::sign_extend_8:
        case Op::sign_extend_16:
            return extension(node);
        case Op::lowest_one:
        case Op::highest_one:
            return search(node);
        case Op::select:
            return selection(node);
        default:
            FLEXV_ASSERT(false, "a leaf or a condition is not computed here");
            return 0;
    }
}

Host Emitter::arithmetic(const Formula::Node& node) {
    Value a = value_of(node.a);
    Value b = value_of(node.b);
    if (isa::is_commutative(node.op) && !can_take_over(a) && can_take_over(b))
        std::swap(a, b);
    if (node.op == Op::multiply && b.is_constant())
        return product(a, b.value);
    if (node.op == Op::add && !can_take_over(a) && a.is_in_register() &&
        (b.is_constant() || b.is_in_register()))
        return sum(a, b);
    const Host host = destination(a);
    if (node.op == Op::bit_xor && b.is_constant() && b.value == ~0U)
        assembler_.not_(HostRegisters::gp(host));
    else
        emit(instruction_of(node.op), host, b);
    finish(b);
    return host;
}

/// In a register of its own.
Host Emitter::sum(const Value& a, const Value& b) {
    const Host host = registers_.take();
    const x86::Gp first = HostRegisters::gp(a.host).r64();
    const x86::Mem address = b.is_constant() ? x86::ptr(first, i32(b.value))
                                             : x86::ptr(first, HostRegisters::gp(b.host).r64());
    assembler_.lea(HostRegisters::gp(host), address);
    finish(a);
    finish(b);
    return host;
}

Host Emitter::product(const Value& a, u32 factor) {
    const Host host = can_take_over(a) ? a.host : registers_.take();
    const x86::Gp to = HostRegisters::gp(host);
    if (a.is_in_register())
        assembler_.imul(to, HostRegisters::gp(a.host), i32(factor));
    else
        assembler_.imul(to, HostRegisters::home(a.value), i32(factor));
    if (can_take_over(a))
        return take_over(a);
    finish(a);
    return host;
}

/// The host, too, looks at the low five bits of an amount.
Host Emitter::shift(const Formula::Node& node) {
    const Value a = value_of(node.a);
    const Value amount = value_of(node.b);
    if (!amount.is_constant()) {
        if (amount.is_in_register())
            assembler_.mov(kScratch, HostRegisters::gp(amount.host));
        else
            assembler_.mov(kScratch, HostRegisters::home(amount.value));
    }
    finish(amount);
    const Host host = destination(a);
    const x86::Gp to = HostRegisters::gp(host);
    if (amount.is_constant())
        assembler_.emit(instruction_of(node.op), to, asmjit::imm(amount.value & 31));
    else
        assembler_.emit(instruction_of(node.op), to, x86::cl);
    return host;
}

Host Emitter::extension(const Formula::Node& node) {
    const Value a = value_of(node.a);
    const bool is_byte = node.op == Op::sign_extend_8;
    const Host host = can_take_over(a) ? a.host : registers_.take();
    const x86::Gp to = HostRegisters::gp(host);
    if (!a.is_in_register())
        assembler_.movsx(to, HostRegisters::home(a.value, is_byte ? 1 : 2));
    else if (is_byte)
        assembler_.movsx(to, HostRegisters::gp(a.host).r8());
    else
        assembler_.movsx(to, HostRegisters::gp(a.host).r16());
    if (can_take_over(a))
        return take_over(a);
    finish(a);
    return host;
}

/// Of an empty word the host finds nothing, and says so.
Host Emitter::search(const Formula::Node& node) {
    constexpr u32 kNone = 32;
    const Value a = value_of(node.a);
    const Host host = registers_.take();
    assembler_.mov(kScratch, kNone);
    emit(instruction_of(node.op), host, a);
    assembler_.cmovz(HostRegisters::gp(host), kScratch);
    finish(a);
    return host;
}

Host Emitter::flag(const Formula::Node& relation) {
    const x86::CondCode condition = compare(relation);
    const Host host = registers_.take();
    assembler_.set(condition, kScratch.r8());
    assembler_.movzx(HostRegisters::gp(host), kScratch.r8());
    return host;
}

/// What is chosen overwrites what is not. Nothing between the comparison and that touches flags.
Host Emitter::selection(const Formula::Node& node) {
    Value chosen = value_of(node.a);
    Value other = value_of(node.b);
    x86::CondCode condition = compare(this->node(node.c));
    --uses_[node.c];
    if (chosen.is_constant() || (!can_take_over(other) && can_take_over(chosen))) {
        std::swap(chosen, other);
        condition = x86::negateCond(condition);
    }
    const Host host = destination(other);
    const x86::Gp to = HostRegisters::gp(host);
    if (chosen.is_constant()) {
        assembler_.mov(kScratch, chosen.value);
        assembler_.cmov(condition, to, kScratch);
    } else if (chosen.is_in_register()) {
        assembler_.cmov(condition, to, HostRegisters::gp(chosen.host));
    } else {
        assembler_.cmov(condition, to, HostRegisters::home(chosen.value));
    }
    finish(chosen);
    return host;
}

/// \returns the condition in the flags
x86::CondCode Emitter::compare(const Formula::Node& relation) {
    Value a = value_of(relation.a);
    Value b = value_of(relation.b);
    x86::CondCode condition = condition_of(relation.op);
    if (a.is_constant()) {
        std::swap(a, b);
        condition = x86::reverseCond(condition);
    }
    if (!a.is_in_register() && !b.is_constant()) {
        if (!b.is_in_register())
            assembler_.mov(kScratch, HostRegisters::home(b.value));
        assembler_.cmp(HostRegisters::home(a.value),
                       b.is_in_register() ? HostRegisters::gp(b.host) : kScratch);
    } else if (!a.is_in_register()) {
        assembler_.cmp(HostRegisters::home(a.value), i32(b.value));
    } else if (b.is_constant() && b.value == 0) {
        assembler_.test(HostRegisters::gp(a.host), HostRegisters::gp(a.host));
    } else {
        emit(x86::Inst::kIdCmp, a.host, b);
    }
    finish(a);
    finish(b);
    return condition;
}

// Instructions.

void Emitter::compute(const Formula& formula) {
    begin(formula);
    const Value result = value_of(formula.result());
    if (result.is_constant())
        registers_.bind_constant(formula.rd(), result.value);
    else if (result.kind == Value::Kind::held && result.value == formula.rd())
        registers_.unpin(result.host);  // a register that keeps its value
    else
        registers_.bind(formula.rd(), destination(result));
}

void Emitter::branch(const Formula& formula, i32 offset) {
    begin(formula);
    const Formula::Node& condition = node(formula.result());
    if (condition.op == Op::constant && condition.value == 0)
        return;
    const bool is_certain = condition.op == Op::constant;
    const x86::CondCode taken = is_certain ? x86::CondCode::kEqual : compare(condition);
    const x86::Mem next_pc = field(offsetof(isa::Hart, next_pc));
    assembler_.mov(kScratch, field(offsetof(isa::Hart, pc)));
    assembler_.lea(kScratch, x86::ptr(kScratch.r64(), offset));
    if (!is_certain)
        assembler_.cmov(x86::negateCond(taken), kScratch, next_pc);
    assembler_.mov(next_pc, kScratch);
}

}  // namespace flexv::core::translation
