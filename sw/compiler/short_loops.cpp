// SPDX-License-Identifier: Apache-2.0
// clang takes loops of a few iterations apart before its vectoriser could see them. Those that walk
// over arrays of 8 or 16 bits are kept until ours has been there; what it leaves alone is taken
// apart behind it.
#include "passes.hpp"

#include <llvm/Analysis/ScalarEvolution.h>
#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Instructions.h>
#include <llvm/Transforms/Utils/LoopUtils.h>

namespace flexv {

using namespace llvm;

namespace {

constexpr const char* kKept = "flexv.loop.kept";
constexpr const char* kNotUnrolled = "llvm.loop.unroll.disable";
constexpr unsigned kWords = 2;  ///< a loop of fewer is nothing to vectorise

/// Bits of an element that is read or written; 0 for other instructions.
unsigned accessed_bits(const Instruction& instruction) {
    const Type* const type = getLoadStoreType(const_cast<Instruction*>(&instruction));
    return type->isIntegerTy() ? type->getIntegerBitWidth() : 64;
}

/// Whether an access goes from one element to the next.
bool is_walk(const Instruction& access, const Loop& loop, ScalarEvolution& evolution) {
    const Value* const pointer = getLoadStorePointerOperand(&access);
    const auto* const walk =
        dyn_cast<SCEVAddRecExpr>(evolution.getSCEV(const_cast<Value*>(pointer)));
    if (walk == nullptr || walk->getLoop() != &loop || !walk->isAffine()) {
        return false;
    }
    const auto* const step = dyn_cast<SCEVConstant>(walk->getStepRecurrence(evolution));
    return step != nullptr && step->getAPInt() == accessed_bits(access) / 8;
}

/// The width of all elements of a loop that may be worth lanes; 0 for others.
unsigned lane_width(const Loop& loop, ScalarEvolution& evolution) {
    unsigned width = 0;
    for (const Instruction& instruction : *loop.getHeader()) {
        if (!isa<LoadInst>(instruction) && !isa<StoreInst>(instruction)) {
            if (instruction.mayReadOrWriteMemory()) {
                return 0;
            }
            continue;
        }
        const unsigned bits = accessed_bits(instruction);
        if ((bits != 8 && bits != 16) || (width != 0 && bits != width) ||
            !is_walk(instruction, loop, evolution)) {
            return 0;
        }
        width = bits;
    }
    return width;
}

MDNode* flag(LLVMContext& context, const char* name) {
    return MDNode::get(context, {MDString::get(context, name)});
}

}  // namespace

void keep_short_loop(Loop& loop, ScalarEvolution& evolution) {
    if (!loop.isInnermost() || loop.getNumBlocks() != 1 ||
        findStringMetadataForLoop(&loop, kNotUnrolled)) {
        return;
    }
    const unsigned width = lane_width(loop, evolution);
    if (width == 0 || evolution.getSmallConstantTripCount(&loop) < kWords * 32 / width) {
        return;
    }
    LLVMContext& context = loop.getHeader()->getContext();
    loop.setLoopID(makePostTransformationMetadata(
        context, loop.getLoopID(), {}, {flag(context, kKept), flag(context, kNotUnrolled)}));
}

void release_short_loop(Loop& loop) {
    if (findStringMetadataForLoop(&loop, kKept)) {
        loop.setLoopID(makePostTransformationMetadata(loop.getHeader()->getContext(),
                                                      loop.getLoopID(), {kKept, kNotUnrolled}, {}));
    }
}

}  // namespace flexv
