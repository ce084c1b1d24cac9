// SPDX-License-Identifier: Apache-2.0
// Bit manipulation: counting (p.fl1, p.ff1, p.cnt), rotation (p.ror), reversal (p.bitrev), fields
// (p.extract, p.extractu, p.insert, p.bset, p.bclr).
#include "instructions.hpp"
#include "passes.hpp"
#include "remarks.hpp"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Support/MathExtras.h>

namespace flexv {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

constexpr const char* kBitsPass = "flexv-bits";

/// A run of ones: `bits` of them from `lsb` on.
struct Field {
    int lsb;
    int bits;
};

std::optional<Field> field_of(const APInt& mask) {
    unsigned lsb = 0;
    unsigned bits = 0;
    if (!mask.isShiftedMask(lsb, bits)) {
        return std::nullopt;
    }
    return Field{int(lsb), int(bits)};
}

bool fits_immediate(const APInt& value) { return isInt<12>(value.getSExtValue()); }

Value* lower_intrinsic(IRBuilder<>& builder, IntrinsicInst& call) {
    Value* const x = call.getArgOperand(0);
    switch (call.getIntrinsicID()) {
        case Intrinsic::ctlz: {
            Value* const zeros =
                builder.CreateSub(builder.getInt32(31), custom(builder, "p.fl1", {x}));
            if (cast<ConstantInt>(call.getArgOperand(1))->isOne()) {
                return zeros;
            }
            return builder.CreateSelect(builder.CreateIsNull(x), builder.getInt32(32), zeros);
        }
        case Intrinsic::cttz:
            return custom(builder, "p.ff1", {x});
        case Intrinsic::ctpop:
            return custom(builder, "p.cnt", {x});
        case Intrinsic::bitreverse:
            return custom(builder, "p.bitrev", {x}, {0, 0});
        case Intrinsic::fshl:
        case Intrinsic::fshr: {
            if (x != call.getArgOperand(1)) {
                return nullptr;
            }
            Value* const by = call.getArgOperand(2);
            const bool is_left = call.getIntrinsicID() == Intrinsic::fshl;
            const auto* const amount = dyn_cast<ConstantInt>(by);
            Value* const right = amount == nullptr
                                     ? (is_left ? builder.CreateNeg(by) : by)
                                     : builder.getInt32(is_left ? 32 - amount->getZExtValue() % 32
                                                                : amount->getZExtValue() % 32);
            return custom(builder, "p.ror", {x, right});
        }
        default:
            return nullptr;
    }
}

/// (x >> lsb) & ones, x & many ones.
Value* lower_and(IRBuilder<>& builder, Instruction& instruction) {
    Value* x = nullptr;
    const APInt* mask = nullptr;
    uint64_t shift = 0;
    if (!match(&instruction, m_And(m_Value(x), m_APInt(mask)))) {
        return nullptr;
    }
    const auto field = field_of(*mask);
    Value* inner = nullptr;
    if (field && field->lsb == 0 &&
        match(x, m_OneUse(m_LShr(m_Value(inner), m_ConstantInt(shift)))) &&
        shift + field->bits <= 32) {
        return custom(builder, "p.extractu", {inner}, {field->bits - 1, int(shift)});
    }
    if (fits_immediate(*mask)) {
        return nullptr;
    }
    if (field && field->lsb == 0) {
        return custom(builder, "p.extractu", {x}, {field->bits - 1, 0});
    }
    const auto hole = field_of(~*mask);
    return hole ? custom(builder, "p.bclr", {x}, {hole->bits - 1, hole->lsb}) : nullptr;
}

/// (x << a) >> b with sign.
Value* lower_shift(IRBuilder<>& builder, Instruction& instruction) {
    Value* x = nullptr;
    uint64_t left = 0;
    uint64_t right = 0;
    if (!match(&instruction,
               m_AShr(m_OneUse(m_Shl(m_Value(x), m_ConstantInt(left))), m_ConstantInt(right))) ||
        left > right || right > 31) {
        return nullptr;
    }
    return custom(builder, "p.extract", {x}, {int(31 - right), int(right - left)});
}

/// The value whose low bits `part` has at `field` and nowhere else.
Value* inserted_value(Value* part, const Field& field) {
    Value* y = nullptr;
    const APInt* mask = nullptr;
    const APInt ones = APInt::getLowBitsSet(32, field.bits);
    if (field.lsb == 0) {
        return match(part, m_And(m_Value(y), m_APInt(mask))) && *mask == ones ? y : nullptr;
    }
    uint64_t shift = 0;
    if (match(part, m_And(m_Shl(m_Value(y), m_ConstantInt(shift)), m_APInt(mask)))) {
        return shift == uint64_t(field.lsb) && *mask == ones << field.lsb ? y : nullptr;
    }
    if (!match(part, m_Shl(m_Value(y), m_ConstantInt(shift))) || shift != uint64_t(field.lsb)) {
        return nullptr;
    }
    Value* narrow = nullptr;
    if (field.lsb + field.bits == 32) {
        return y;
    }
    return match(y, m_And(m_Value(narrow), m_APInt(mask))) && *mask == ones ? narrow : nullptr;
}

/// (x & ~field) | (y << lsb), x | ones.
Value* lower_or(IRBuilder<>& builder, Instruction& instruction) {
    for (const unsigned side : {0U, 1U}) {
        Value* x = nullptr;
        const APInt* mask = nullptr;
        if (match(instruction.getOperand(side), m_OneUse(m_And(m_Value(x), m_APInt(mask))))) {
            const auto hole = field_of(~*mask);
            Value* const y =
                hole ? inserted_value(instruction.getOperand(1 - side), *hole) : nullptr;
            if (y != nullptr) {
                return accumulating(builder, "p.insert", x, {y}, {hole->bits - 1, hole->lsb});
            }
        }
    }
    const APInt* ones = nullptr;
    if (match(instruction.getOperand(1), m_APInt(ones)) && !fits_immediate(*ones)) {
        if (const auto field = field_of(*ones)) {
            return custom(builder, "p.bset", {instruction.getOperand(0)},
                          {field->bits - 1, field->lsb});
        }
    }
    return nullptr;
}

Value* lower(IRBuilder<>& builder, Instruction& instruction) {
    if (!instruction.getType()->isIntegerTy(32)) {
        return nullptr;
    }
    if (auto* const call = dyn_cast<IntrinsicInst>(&instruction)) {
        return lower_intrinsic(builder, *call);
    }
    switch (instruction.getOpcode()) {
        case Instruction::And:
            return lower_and(builder, instruction);
        case Instruction::Or:
            return lower_or(builder, instruction);
        case Instruction::AShr:
            return lower_shift(builder, instruction);
        default:
            return nullptr;
    }
}

/// The instruction that does the work; what is around it may be another one, as with leading zeros.
std::string name_of(const Value* result) {
    const StringRef name = mnemonic_of(result);
    return name.empty() ? "p.fl1" : name.str();
}

}  // namespace

bool form_bit_instructions(Function& function) {
    // From the last to the first, so that a field is found before its parts.
    SmallVector<Instruction*> order;
    for (Instruction& instruction : instructions(function)) {
        order.push_back(&instruction);
    }
    bool has_changed = false;
    for (Instruction* const instruction : reverse(order)) {
        if (instruction->use_empty()) {
            continue;
        }
        IRBuilder<> builder(instruction);
        if (Value* const result = lower(builder, *instruction)) {
            remark_done(kBitsPass, *instruction, "bits to " + name_of(result));
            instruction->replaceAllUsesWith(result);
            has_changed = true;
        }
    }
    for (Instruction* const instruction : reverse(order)) {
        if (instruction->use_empty() && !instruction->mayHaveSideEffects() &&
            !instruction->isTerminator() && !instruction->isDebugOrPseudoInst()) {
            instruction->eraseFromParent();
        }
    }
    return has_changed;
}

}  // namespace flexv
