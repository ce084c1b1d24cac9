// SPDX-License-Identifier: Apache-2.0
// Sums over the lanes of a vector of 32-bit products become dot products: pv.sdotup, pv.sdotusp,
// pv.sdotsp.
#include "vector_words.hpp"

#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/PatternMatch.h>

namespace flexv {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

/// A factor of a product: a word of narrow lanes, and what they are extended by.
struct Factor {
    Value* word;
    unsigned bits;
    bool is_signed;
    bool is_non_negative = false;  ///< a constant that means the same either way
};

std::optional<Factor> constant_factor(Constant* constant, unsigned bits) {
    uint64_t word = 0;
    bool is_signed = false;
    bool is_large = false;
    const unsigned lanes = 32 / bits;
    for (unsigned i = 0; i < lanes; ++i) {
        const auto* const lane = dyn_cast_or_null<ConstantInt>(constant->getAggregateElement(i));
        if (lane == nullptr) {
            return std::nullopt;
        }
        const int64_t value = lane->getSExtValue();
        if (value < -(1LL << (bits - 1)) || value >= (1LL << bits)) {
            return std::nullopt;
        }
        is_signed |= value < 0;
        is_large |= value >= (1LL << (bits - 1));
        word |= (uint64_t(value) & ((1ULL << bits) - 1)) << (bits * i);
    }
    if (is_signed && is_large) {
        return std::nullopt;
    }
    auto* const number = ConstantInt::get(Type::getInt32Ty(constant->getContext()), uint32_t(word));
    return Factor{number, bits, is_signed, !is_signed && !is_large};
}

/// A scalar in all lanes, extended from `bits`.
std::optional<Factor> splat_factor(IRBuilderBase& builder, Value* scalar, unsigned bits) {
    Value* narrow = nullptr;
    bool is_signed = false;
    if (match(scalar, m_SExt(m_Value(narrow)))) {
        is_signed = true;
    } else if (!match(scalar, m_ZExt(m_Value(narrow)))) {
        return std::nullopt;
    }
    if (narrow->getType()->getScalarSizeInBits() != bits) {
        return std::nullopt;
    }
    Value* const wide = builder.CreateZExt(narrow, builder.getInt32Ty());
    Value* const word =
        custom(builder, bits == 8 ? "pv.add.sc.b" : "pv.add.sc.h", {builder.getInt32(0), wide});
    return Factor{word, bits, is_signed};
}

std::optional<Factor> factor_of(IRBuilderBase& builder, const VectorWords& words, Value* wide,
                                unsigned bits) {
    Value* narrow = nullptr;
    bool is_signed = false;
    if (match(wide, m_SExt(m_Value(narrow)))) {
        is_signed = true;
    } else if (!match(wide, m_ZExt(m_Value(narrow)))) {
        if (auto* const constant = dyn_cast<Constant>(wide)) {
            return constant_factor(constant, bits);
        }
        Value* const scalar = getSplatValue(wide);
        return scalar != nullptr ? splat_factor(builder, scalar, bits) : std::nullopt;
    }
    if (lane_bits(narrow->getType()) != bits) {
        return std::nullopt;
    }
    Value* const word = words.word_of(narrow);
    return word != nullptr ? std::optional(Factor{word, bits, is_signed}) : std::nullopt;
}

Value* dot(IRBuilderBase& builder, Factor a, Factor b, Value* accumulator) {
    if (a.is_non_negative) {
        a.is_signed = b.is_signed;
    }
    if (b.is_non_negative) {
        b.is_signed = a.is_signed;
    }
    if (a.is_signed && !b.is_signed) {
        std::swap(a, b);
    }
    const std::string signs = !b.is_signed ? "up" : a.is_signed ? "sp" : "usp";
    const std::string name = "pv.sdot" + signs + (a.bits == 8 ? ".b" : ".h");
    return accumulating(builder, name, accumulator, {a.word, b.word});
}

Value* add_product(IRBuilderBase& builder, const VectorWords& words, Value* left, Value* right,
                   Value* accumulator);

/// (left + offset) * right, where offset is a constant: two dot products.
Value* add_offset_product(IRBuilderBase& builder, const VectorWords& words, Value* left,
                          Value* right, Value* accumulator) {
    Value* inner = nullptr;
    Constant* offset = nullptr;
    if (!match(left, m_Add(m_Value(inner), m_ImmConstant(offset)))) {
        return nullptr;
    }
    Value* const sum = add_product(builder, words, inner, right, accumulator);
    return sum != nullptr ? add_product(builder, words, right, offset, sum) : nullptr;
}

unsigned lanes_to_bits(const Value* wide) {
    const auto* const type = dyn_cast<FixedVectorType>(wide->getType());
    return type == nullptr               ? 0
           : type->getNumElements() == 4 ? 8
           : type->getNumElements() == 2 ? 16
                                         : 0;
}

Value* add_product(IRBuilderBase& builder, const VectorWords& words, Value* left, Value* right,
                   Value* accumulator) {
    const unsigned bits = lanes_to_bits(left);
    const auto a = factor_of(builder, words, left, bits);
    const auto b = factor_of(builder, words, right, bits);
    if (a && b) {
        return dot(builder, *a, *b, accumulator);
    }
    if (Value* const sum = add_offset_product(builder, words, left, right, accumulator)) {
        return sum;
    }
    return add_offset_product(builder, words, right, left, accumulator);
}

/// `wide` without an extension that loses nothing: products of 8-bit lanes may have been computed
/// in 16 bits.
Value* without_middle_step(Value* wide) {
    Value* inner = nullptr;
    if (match(wide, m_SExt(m_NSWMul(m_Value(), m_Value()))) ||
        match(wide, m_ZExt(m_NUWMul(m_Value(), m_Value())))) {
        inner = cast<Instruction>(wide)->getOperand(0);
        if (lane_bits(inner->getType()) == 0) {
            return inner;
        }
    }
    return wide;
}

/// A word of which each lane is 1 or 0: `wide` are comparisons as numbers.
Value* word_of_comparisons(IRBuilderBase& builder, const VectorWords& words, Value* wide,
                           uint32_t ones) {
    Value* mask = nullptr;
    if (!match(wide, m_ZExt(m_Value(mask))) || !mask->getType()->getScalarType()->isIntegerTy(1)) {
        return nullptr;
    }
    Value* const word = words.word_of(mask);
    return word != nullptr ? builder.CreateAnd(word, builder.getInt32(ones)) : nullptr;
}

}  // namespace

Value* distance_word(IRBuilderBase& builder, const VectorWords& words, Value* wide, unsigned bits) {
    Value* left = nullptr;
    Value* right = nullptr;
    Value* a = nullptr;
    Value* b = nullptr;
    if (!match(wide, m_Intrinsic<Intrinsic::abs>(m_Sub(m_Value(left), m_Value(right))))) {
        return nullptr;
    }
    const bool is_signed = match(left, m_SExt(m_Value(a))) && match(right, m_SExt(m_Value(b)));
    if (!is_signed && !(match(left, m_ZExt(m_Value(a))) && match(right, m_ZExt(m_Value(b))))) {
        return nullptr;
    }
    Value* const one = words.word_of(a);
    Value* const other = words.word_of(b);
    if (lane_bits(a->getType()) != bits || b->getType() != a->getType() || one == nullptr ||
        other == nullptr) {
        return nullptr;
    }
    const std::string suffix = std::string(is_signed ? "" : "u") + (bits == 8 ? ".b" : ".h");
    Value* const larger = custom(builder, "pv.max" + suffix, {one, other});
    Value* const smaller = custom(builder, "pv.min" + suffix, {one, other});
    return custom(builder, bits == 8 ? "pv.sub.b" : "pv.sub.h", {larger, smaller});
}

Value* add_lanes(IRBuilderBase& builder, const VectorWords& words, Value* wide,
                 Value* accumulator) {
    const unsigned bits = lanes_to_bits(wide);
    if (bits == 0 || !wide->getType()->getScalarType()->isIntegerTy(32)) {
        return nullptr;
    }
    wide = without_middle_step(wide);
    Value* left = nullptr;
    Value* right = nullptr;
    if (match(wide, m_Mul(m_Value(left), m_Value(right)))) {
        return add_product(builder, words, left, right, accumulator);
    }
    const uint32_t one_each = bits == 8 ? 0x01010101 : 0x00010001;
    Value* word = distance_word(builder, words, wide, bits);
    if (word == nullptr) {
        word = word_of_comparisons(builder, words, wide, one_each);
    }
    if (word != nullptr) {
        return dot(builder, {word, bits, false}, {builder.getInt32(one_each), bits, false},
                   accumulator);
    }
    auto* const ones =
        ConstantVector::getSplat(ElementCount::getFixed(32 / bits), builder.getInt32(1));
    if (match(wide, m_Shl(m_Value(left), m_ImmConstant()))) {
        const auto* const amount = dyn_cast_or_null<ConstantInt>(
            cast<Constant>(cast<Instruction>(wide)->getOperand(1))->getSplatValue());
        if (amount == nullptr || amount->getZExtValue() >= bits) {
            return nullptr;
        }
        auto* const power = ConstantVector::getSplat(
            ElementCount::getFixed(32 / bits), builder.getInt32(1U << amount->getZExtValue()));
        return add_product(builder, words, left, power, accumulator);
    }
    if (match(wide, m_Add(m_Value(left), m_Value(right)))) {
        Value* const sum = add_lanes(builder, words, left, accumulator);
        return sum != nullptr ? add_lanes(builder, words, right, sum) : nullptr;
    }
    if (match(wide, m_Sub(m_Value(left), m_Value(right)))) {
        Value* const sum = add_lanes(builder, words, left, accumulator);
        Value* const less = add_lanes(builder, words, right, builder.getInt32(0));
        return sum != nullptr && less != nullptr ? builder.CreateSub(sum, less) : nullptr;
    }
    return add_product(builder, words, wide, ones, accumulator);
}

}  // namespace flexv
