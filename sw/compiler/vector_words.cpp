// SPDX-License-Identifier: Apache-2.0
#include "vector_words.hpp"

#include <llvm/ADT/PostOrderIterator.h>
#include <llvm/Analysis/VectorUtils.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/PatternMatch.h>

namespace flexv {

using namespace llvm;
using namespace llvm::PatternMatch;

unsigned lane_bits(const Type* type) {
    const auto* const vector = dyn_cast<FixedVectorType>(type);
    if (vector == nullptr || !vector->getElementType()->isIntegerTy()) {
        return 0;
    }
    const unsigned bits = vector->getElementType()->getIntegerBitWidth();
    return bits * vector->getNumElements() == 32 && (bits == 8 || bits == 16) ? bits : 0;
}

namespace {

bool is_mask(const Type* type) {
    const auto* const vector = dyn_cast<FixedVectorType>(type);
    return vector != nullptr && vector->getElementType()->isIntegerTy(1) &&
           (vector->getNumElements() == 2 || vector->getNumElements() == 4);
}

unsigned word_bits(const Type* type) {
    return is_mask(type) ? 32 / cast<FixedVectorType>(type)->getNumElements() : lane_bits(type);
}

/// The word of a constant vector; undefined lanes are 0.
Value* constant_word(Constant* constant, LLVMContext& context) {
    const unsigned bits = word_bits(constant->getType());
    if (bits == 0) {
        return nullptr;
    }
    uint32_t word = 0;
    for (unsigned i = 0; i < 32 / bits; ++i) {
        const Constant* const element = constant->getAggregateElement(i);
        const auto* const lane = dyn_cast_or_null<ConstantInt>(element);
        if (lane == nullptr && (element == nullptr || !isa<UndefValue>(element))) {
            return nullptr;
        }
        const uint64_t value = lane == nullptr ? 0 : uint64_t(lane->getSExtValue());
        word |= uint32_t((value & ((1ULL << bits) - 1)) << (bits * i));
    }
    return ConstantInt::get(Type::getInt32Ty(context), word);
}

const char* comparison_name(CmpInst::Predicate predicate) {
    switch (predicate) {
        case CmpInst::ICMP_EQ:
            return "cmpeq";
        case CmpInst::ICMP_NE:
            return "cmpne";
        case CmpInst::ICMP_SGT:
            return "cmpgt";
        case CmpInst::ICMP_SGE:
            return "cmpge";
        case CmpInst::ICMP_SLT:
            return "cmplt";
        case CmpInst::ICMP_SLE:
            return "cmple";
        case CmpInst::ICMP_UGT:
            return "cmpgtu";
        case CmpInst::ICMP_UGE:
            return "cmpgeu";
        case CmpInst::ICMP_ULT:
            return "cmpltu";
        case CmpInst::ICMP_ULE:
            return "cmpleu";
        default:
            return nullptr;
    }
}

const char* operation_name(unsigned opcode) {
    switch (opcode) {
        case Instruction::Add:
            return "add";
        case Instruction::Sub:
            return "sub";
        case Instruction::Shl:
            return "sll";
        case Instruction::LShr:
            return "srl";
        case Instruction::AShr:
            return "sra";
        default:
            return nullptr;
    }
}

const char* intrinsic_name(Intrinsic::ID id) {
    switch (id) {
        case Intrinsic::smin:
            return "min";
        case Intrinsic::smax:
            return "max";
        case Intrinsic::umin:
            return "minu";
        case Intrinsic::umax:
            return "maxu";
        default:
            return nullptr;
    }
}

std::string simd(const char* name, unsigned bits) {
    return std::string("pv.") + name + (bits == 8 ? ".b" : ".h");
}

bool has_vectors(const Instruction& instruction) {
    return instruction.getType()->isVectorTy() ||
           any_of(instruction.operands(),
                  [](const Use& use) { return use->getType()->isVectorTy(); });
}

class Lowering {
public:
    explicit Lowering(Function& function) : function_(function), words_(function.getContext()) {}

    bool run() {
        bool any = false;
        ReversePostOrderTraversal<Function*> order(&function_);
        for (BasicBlock* const block : order) {
            for (Instruction& instruction : make_early_inc_range(*block)) {
                if (has_vectors(instruction)) {
                    any = true;
                    lower(instruction);
                }
            }
        }
        return any && complete_phis() && erase();
    }

private:
    /// Makes the scalar form when there is one; whatever has none is found by erase().
    void lower(Instruction& instruction) {
        IRBuilder<> builder(&instruction);
        const unsigned bits = word_bits(instruction.getType());
        if (auto* const phi = dyn_cast<PHINode>(&instruction); phi != nullptr && bits != 0) {
            auto* const word = builder.CreatePHI(builder.getInt32Ty(), phi->getNumIncomingValues());
            words_.set(phi, word);
            phis_.push_back({phi, word});
            return;
        }
        if (Value* const word = bits != 0 ? lower_to_word(builder, instruction, bits) : nullptr) {
            words_.set(&instruction, word);
            return;
        }
        if (auto* const store = dyn_cast<StoreInst>(&instruction)) {
            lower_store(builder, *store);
        } else if (Value* const scalar = lower_to_scalar(builder, instruction)) {
            instruction.replaceAllUsesWith(scalar);
            lowered_.push_back(&instruction);
        }
    }

    Value* lower_to_word(IRBuilderBase& builder, Instruction& instruction, unsigned bits) {
        if (auto* const load = dyn_cast<LoadInst>(&instruction)) {
            if (!load->isSimple()) {
                return nullptr;
            }
            auto* const word = builder.CreateAlignedLoad(
                builder.getInt32Ty(), load->getPointerOperand(), load->getAlign());
            word->setAAMetadata(load->getAAMetadata());
            return word;
        }
        if (auto* const compare = dyn_cast<ICmpInst>(&instruction)) {
            return two_words(builder, instruction, lane_bits(compare->getOperand(0)->getType()),
                             comparison_name(compare->getPredicate()));
        }
        if (auto* const intrinsic = dyn_cast<IntrinsicInst>(&instruction)) {
            return lower_intrinsic(builder, *intrinsic, bits);
        }
        if (isa<BinaryOperator>(instruction)) {
            return lower_binary(builder, instruction, bits);
        }
        if (isa<SelectInst>(instruction)) {
            return lower_select(builder, instruction);
        }
        if (auto* const shuffle = dyn_cast<ShuffleVectorInst>(&instruction)) {
            return lower_shuffle(builder, *shuffle, bits);
        }
        if (auto* const insertion = dyn_cast<InsertElementInst>(&instruction)) {
            return lower_insertion(builder, *insertion, bits);
        }
        if (isa<TruncInst>(instruction)) {
            return lower_truncation(builder, instruction.getOperand(0), bits);
        }
        Value* mask = nullptr;
        if (match(&instruction, m_ZExtOrSExt(m_Value(mask))) &&
            word_bits(mask->getType()) == bits && is_mask(mask->getType())) {
            Value* const word = words_.word_of(mask);
            const uint32_t ones = bits == 8 ? 0x01010101 : 0x00010001;
            return word == nullptr || isa<SExtInst>(instruction)
                       ? word
                       : builder.CreateAnd(word, builder.getInt32(ones));
        }
        return nullptr;
    }

    Value* two_words(IRBuilderBase& builder, Instruction& instruction, unsigned bits,
                     const char* name) {
        Value* const a = words_.word_of(instruction.getOperand(0));
        Value* const b = words_.word_of(instruction.getOperand(1));
        return a == nullptr || b == nullptr || name == nullptr || bits == 0
                   ? nullptr
                   : custom(builder, simd(name, bits), {a, b});
    }

    Value* lower_binary(IRBuilderBase& builder, Instruction& instruction, unsigned bits) {
        const unsigned opcode = instruction.getOpcode();
        if (!instruction.isBitwiseLogicOp()) {
            return is_mask(instruction.getType())
                       ? nullptr
                       : two_words(builder, instruction, bits, operation_name(opcode));
        }
        Value* const a = words_.word_of(instruction.getOperand(0));
        Value* const b = words_.word_of(instruction.getOperand(1));
        return a == nullptr || b == nullptr
                   ? nullptr
                   : builder.CreateBinOp(Instruction::BinaryOps(opcode), a, b);
    }

    Value* lower_intrinsic(IRBuilderBase& builder, IntrinsicInst& intrinsic, unsigned bits) {
        Value* const a = words_.word_of(intrinsic.getArgOperand(0));
        if (a == nullptr || is_mask(intrinsic.getType())) {
            return nullptr;
        }
        if (intrinsic.getIntrinsicID() == Intrinsic::abs) {
            return custom(builder, simd("abs", bits), {a});
        }
        Value* const b =
            intrinsic.arg_size() > 1 ? words_.word_of(intrinsic.getArgOperand(1)) : nullptr;
        if (b == nullptr) {
            return nullptr;
        }
        switch (intrinsic.getIntrinsicID()) {
            case Intrinsic::usub_sat:
            case Intrinsic::uadd_sat:
                return without_sign(builder, intrinsic.getIntrinsicID(), a, b, bits);
            case Intrinsic::sadd_sat:
            case Intrinsic::ssub_sat:
                return saturated(builder, intrinsic.getIntrinsicID(), a, b, bits);
            default: {
                const char* const name = intrinsic_name(intrinsic.getIntrinsicID());
                return name == nullptr ? nullptr : custom(builder, simd(name, bits), {a, b});
            }
        }
    }

    /// Lanes without sign whose extension is `wide`; a number that is the same in all of them, too.
    Value* narrow_word(IRBuilderBase& builder, Value* wide, unsigned bits) {
        Value* narrow = nullptr;
        if (match(wide, m_ZExt(m_Value(narrow))) && lane_bits(narrow->getType()) == bits) {
            return words_.word_of(narrow);
        }
        Value* const scalar = getSplatValue(wide);
        const APInt* number = nullptr;
        if (scalar != nullptr && match(scalar, m_APInt(number)) && number->isIntN(bits)) {
            return builder.getInt32(unsigned(number->getZExtValue()) *
                                    (bits == 8 ? 0x01010101U : 0x00010001U));
        }
        if (scalar != nullptr && match(scalar, m_ZExt(m_Value(narrow))) &&
            narrow->getType()->isIntegerTy(bits)) {
            return custom(builder, simd("add.sc", bits),
                          {builder.getInt32(0), builder.CreateZExt(narrow, builder.getInt32Ty())});
        }
        return nullptr;
    }

    /// What is computed in more bits than a lane has, and fits one again.
    Value* lower_truncation(IRBuilderBase& builder, Value* wide, unsigned bits) {
        const uint64_t largest = (uint64_t(1) << bits) - 1;
        Value* sum = nullptr;
        Value* a = nullptr;
        Value* b = nullptr;
        if (match(wide, m_Shr(m_Value(sum), m_SpecificInt(1)))) {
            return lower_average(builder, sum, bits);
        }
        if (match(wide, m_Intrinsic<Intrinsic::smax>(m_Sub(m_Value(a), m_Value(b)), m_Zero()))) {
            return two_narrow_words(builder, a, b, bits, Intrinsic::usub_sat);
        }
        const auto limit = m_SpecificInt(largest);
        const auto parts = m_Add(m_Value(a), m_Value(b));
        if (match(wide, m_Intrinsic<Intrinsic::umin>(parts, limit)) ||
            match(wide, m_Intrinsic<Intrinsic::smin>(parts, limit))) {
            return two_narrow_words(builder, a, b, bits, Intrinsic::uadd_sat);
        }
        return distance_word(builder, words_, wide, bits);
    }

    Value* two_narrow_words(IRBuilderBase& builder, Value* a, Value* b, unsigned bits,
                            Intrinsic::ID id) {
        Value* const one = narrow_word(builder, a, bits);
        Value* const other = narrow_word(builder, b, bits);
        return one == nullptr || other == nullptr ? nullptr
                                                  : without_sign(builder, id, one, other, bits);
    }

    /// Saturated a + b and a - b.
    static Value* without_sign(IRBuilderBase& builder, Intrinsic::ID id, Value* a, Value* b,
                               unsigned bits) {
        return id == Intrinsic::usub_sat
                   ? custom(builder, simd("sub", bits),
                            {custom(builder, simd("maxu", bits), {a, b}), b})
                   : custom(builder, simd("add", bits),
                            {custom(builder, simd("minu", bits), {a, builder.CreateNot(b)}), b});
    }

    /// (a + b) >> 1 and (a + b + 1) >> 1 of lanes without sign, whose sum has one bit more.
    Value* lower_average(IRBuilderBase& builder, Value* sum, unsigned bits) {
        Value* a = nullptr;
        Value* b = nullptr;
        const auto parts = m_Add(m_ZExt(m_Value(a)), m_ZExt(m_Value(b)));
        const bool rounds_up = !match(sum, parts);
        if (rounds_up && !match(sum, m_Add(parts, m_SpecificInt(1))) &&
            !is_sum_with_one(sum, a, b)) {
            return nullptr;
        }
        Value* const one = words_.word_of(a);
        Value* const other = words_.word_of(b);
        if (lane_bits(a->getType()) != bits || lane_bits(b->getType()) != bits || one == nullptr ||
            other == nullptr) {
            return nullptr;
        }
        Value* const halves =
            builder.CreateAnd(builder.CreateLShr(builder.CreateXor(one, other), 1),
                              builder.getInt32(bits == 8 ? 0x7F7F7F7F : 0x7FFF7FFF));
        return rounds_up
                   ? custom(builder, simd("sub", bits), {builder.CreateOr(one, other), halves})
                   : custom(builder, simd("add", bits), {builder.CreateAnd(one, other), halves});
    }

    /// (1 + a) + b, as LLVM may order it.
    static bool is_sum_with_one(Value* sum, Value*& a, Value*& b) {
        return match(sum, m_c_Add(m_Add(m_ZExt(m_Value(a)), m_SpecificInt(1)), m_ZExt(m_Value(b))));
    }

    /// a + b or a - b with b limited to what a has room for.
    static Value* saturated(IRBuilderBase& builder, Intrinsic::ID id, Value* a, Value* b,
                            unsigned bits) {
        const bool adds = id == Intrinsic::sadd_sat;
        const auto lanes = [&](const char* name, Value* left, Value* right) {
            return custom(builder, simd(name, bits), {left, right});
        };
        Value* const middle = builder.getInt32(adds ? 0 : 0xFFFFFFFF);
        Value* const largest = builder.getInt32(bits == 8 ? 0x7F7F7F7F : 0x7FFF7FFF);
        Value* const smallest = builder.getInt32(bits == 8 ? 0x80808080 : 0x80008000);
        Value* const above = lanes("max", a, middle);
        Value* const below = lanes("min", a, middle);
        Value* const high = adds ? lanes("sub", largest, above) : lanes("sub", below, smallest);
        Value* const low = adds ? lanes("sub", smallest, below) : lanes("sub", above, largest);
        Value* const fitting = lanes("max", lanes("min", b, high), low);
        return lanes(adds ? "add" : "sub", a, fitting);
    }

    Value* lower_select(IRBuilderBase& builder, Instruction& instruction) {
        Value* const condition = instruction.getOperand(0);
        Value* const yes = words_.word_of(instruction.getOperand(1));
        Value* const no = words_.word_of(instruction.getOperand(2));
        if (yes == nullptr || no == nullptr) {
            return nullptr;
        }
        if (!condition->getType()->isVectorTy()) {
            return builder.CreateSelect(condition, yes, no);
        }
        Value* const mask = words_.word_of(condition);
        return mask == nullptr
                   ? nullptr
                   : builder.CreateXor(no, builder.CreateAnd(builder.CreateXor(yes, no), mask));
    }

    Value* lower_shuffle(IRBuilderBase& builder, ShuffleVectorInst& shuffle, unsigned bits) {
        if (is_mask(shuffle.getType())) {
            return nullptr;
        }
        if (Value* const scalar = getSplatValue(&shuffle)) {
            Value* const wide = builder.CreateZExt(scalar, builder.getInt32Ty());
            return custom(builder, simd("add.sc", bits), {builder.getInt32(0), wide});
        }
        Value* const word = words_.word_of(shuffle.getOperand(0));
        int first = 0;
        if (word != nullptr && shuffle.isSplice(first)) {
            return lower_splice(builder, shuffle, word, unsigned(first) * bits);
        }
        if (word == nullptr || !shuffle.isReverse()) {
            return nullptr;
        }
        if (bits == 16) {
            return builder.CreateIntrinsic(Intrinsic::fshl, {builder.getInt32Ty()},
                                           {word, word, builder.getInt32(16)});
        }
        return custom(builder, "pv.shuffle.b", {word, builder.getInt32(0x00010203)});
    }

    /// The last lanes of one word and the first ones of the next: what a loop keeps of its round
    /// before.
    Value* lower_splice(IRBuilderBase& builder, ShuffleVectorInst& shuffle, Value* word,
                        unsigned shift) {
        Value* const next = words_.word_of(shuffle.getOperand(1));
        return next == nullptr ? nullptr
                               : builder.CreateIntrinsic(Intrinsic::fshr, {builder.getInt32Ty()},
                                                         {next, word, builder.getInt32(shift)});
    }

    /// The only lane of a vector that is nothing else yet.
    static Value* lower_insertion(IRBuilderBase& builder, InsertElementInst& insertion,
                                  unsigned bits) {
        const auto* const index = dyn_cast<ConstantInt>(insertion.getOperand(2));
        if (index == nullptr || !isa<UndefValue>(insertion.getOperand(0)) ||
            is_mask(insertion.getType())) {
            return nullptr;
        }
        Value* const wide = builder.CreateZExt(insertion.getOperand(1), builder.getInt32Ty());
        return builder.CreateShl(wide, index->getZExtValue() * bits);
    }

    void lower_store(IRBuilderBase& builder, StoreInst& store) {
        Value* const word = lane_bits(store.getValueOperand()->getType()) == 0
                                ? nullptr
                                : words_.word_of(store.getValueOperand());
        if (word != nullptr && store.isSimple()) {
            auto* const wide =
                builder.CreateAlignedStore(word, store.getPointerOperand(), store.getAlign());
            wide->setAAMetadata(store.getAAMetadata());
            lowered_.push_back(&store);
        }
    }

    /// Operations that lead from vectors to a scalar.
    Value* lower_to_scalar(IRBuilderBase& builder, Instruction& instruction) {
        if (auto* const extract = dyn_cast<ExtractElementInst>(&instruction)) {
            const auto* const index = dyn_cast<ConstantInt>(extract->getIndexOperand());
            Value* const word = words_.word_of(extract->getVectorOperand());
            return index == nullptr || word == nullptr
                       ? nullptr
                       : lane(builder, word, *extract->getVectorOperand(), index->getZExtValue());
        }
        if (auto* const intrinsic = dyn_cast<IntrinsicInst>(&instruction)) {
            if (intrinsic->getIntrinsicID() == Intrinsic::vector_reduce_add &&
                intrinsic->getType()->isIntegerTy(32)) {
                return lower_sum(builder, *intrinsic);
            }
            return lower_reduction(builder, *intrinsic);
        }
        return nullptr;
    }

    Value* lane(IRBuilderBase& builder, Value* word, const Value& vector, uint64_t index) {
        const unsigned bits = word_bits(vector.getType());
        Value* const shifted = builder.CreateLShr(word, index * bits);
        return builder.CreateTrunc(shifted,
                                   cast<FixedVectorType>(vector.getType())->getElementType());
    }

    /// A dot product adds to what the sum is added to, when there is one such place.
    Value* lower_sum(IRBuilderBase& builder, IntrinsicInst& sum) {
        auto* const add = sum.hasOneUse() ? dyn_cast<BinaryOperator>(sum.user_back()) : nullptr;
        if (add == nullptr || add->getOpcode() != Instruction::Add ||
            add->getParent() != sum.getParent() || add->getOperand(0) == add->getOperand(1)) {
            return add_lanes(builder, words_, sum.getArgOperand(0), builder.getInt32(0));
        }
        Value* const accumulator = add->getOperand(add->getOperand(0) == &sum ? 1 : 0);
        builder.SetInsertPoint(add);
        Value* const result = add_lanes(builder, words_, sum.getArgOperand(0), accumulator);
        if (result == nullptr) {
            return nullptr;
        }
        add->replaceAllUsesWith(result);
        lowered_.push_back(add);
        return PoisonValue::get(sum.getType());
    }

    /// Reductions behind a loop: lane by lane.
    Value* lower_reduction(IRBuilderBase& builder, IntrinsicInst& reduction) {
        const auto id = reduction.getIntrinsicID();
        Value* const vector = reduction.arg_size() == 1 ? reduction.getArgOperand(0) : nullptr;
        Value* const word = vector == nullptr || lane_bits(vector->getType()) == 0
                                ? nullptr
                                : words_.word_of(vector);
        if (word == nullptr) {
            return nullptr;
        }
        Value* result = lane(builder, word, *vector, 0);
        for (unsigned i = 1; result != nullptr && i < 32 / word_bits(vector->getType()); ++i) {
            result = combine(builder, id, result, lane(builder, word, *vector, i));
        }
        return result;
    }

    static Value* combine(IRBuilderBase& builder, Intrinsic::ID id, Value* a, Value* b) {
        switch (id) {
            case Intrinsic::vector_reduce_add:
                return builder.CreateAdd(a, b);
            case Intrinsic::vector_reduce_and:
                return builder.CreateAnd(a, b);
            case Intrinsic::vector_reduce_or:
                return builder.CreateOr(a, b);
            case Intrinsic::vector_reduce_xor:
                return builder.CreateXor(a, b);
            case Intrinsic::vector_reduce_smax:
                return builder.CreateBinaryIntrinsic(Intrinsic::smax, a, b);
            case Intrinsic::vector_reduce_smin:
                return builder.CreateBinaryIntrinsic(Intrinsic::smin, a, b);
            case Intrinsic::vector_reduce_umax:
                return builder.CreateBinaryIntrinsic(Intrinsic::umax, a, b);
            case Intrinsic::vector_reduce_umin:
                return builder.CreateBinaryIntrinsic(Intrinsic::umin, a, b);
            default:
                return nullptr;
        }
    }

    bool complete_phis() {
        for (const auto& [phi, word] : phis_) {
            for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
                Value* const value = words_.word_of(phi->getIncomingValue(i));
                if (value == nullptr) {
                    return false;
                }
                word->addIncoming(value, phi->getIncomingBlock(i));
            }
        }
        return true;
    }

    /// Removes what has been replaced. False when a vector is left that something else needs.
    bool erase() {
        for (Instruction* const instruction : lowered_) {
            if (!instruction->use_empty()) {
                instruction->replaceAllUsesWith(PoisonValue::get(instruction->getType()));
            }
        }
        SmallVector<Instruction*> vectors;
        for (Instruction& instruction : instructions(function_)) {
            if (has_vectors(instruction) && !is_contained(lowered_, &instruction)) {
                vectors.push_back(&instruction);
            }
        }
        for (const Instruction* const vector : vectors) {
            if (vector->mayHaveSideEffects() || !vector->getType()->isVectorTy()) {
                return false;
            }
            for (const User* const user : vector->users()) {
                const auto* const consumer = cast<Instruction>(user);
                if (!is_contained(lowered_, consumer) && !is_contained(vectors, consumer)) {
                    return false;
                }
            }
        }
        vectors.append(lowered_.begin(), lowered_.end());
        for (Instruction* const vector : vectors) {
            vector->replaceAllUsesWith(PoisonValue::get(vector->getType()));
        }
        for (Instruction* const vector : vectors) {
            vector->eraseFromParent();
        }
        return true;
    }

    Function& function_;
    VectorWords words_;
    SmallVector<std::pair<PHINode*, PHINode*>> phis_;
    SmallVector<Instruction*> lowered_;  ///< replaced: stores, and what led to scalars
};

}  // namespace

Value* VectorWords::word_of(Value* vector) const {
    if (auto* const constant = dyn_cast<Constant>(vector)) {
        return constant_word(constant, context_);
    }
    return words_.lookup(vector);
}

bool lower_vectors(Function& function) { return Lowering(function).run(); }

}  // namespace flexv
