// SPDX-License-Identifier: Apache-2.0
// Counted loops get a counter that nothing else can touch: the pseudo-instruction `flexv.count rd,
// FILE:LINE` in the latch, rd = rd - 1, which the assembly stage (flexv_tools/compiler/hwloops.py)
// turns into a hardware loop, or into an addition where it cannot. Here is known how often a loop
// runs; there, what its instructions are and where they lie.
#include "instructions.hpp"
#include "passes.hpp"
#include "remarks.hpp"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/Local.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

namespace flexv {

using namespace llvm;

namespace {

constexpr const char* kHwloopsPass = "flexv-hwloops";
constexpr unsigned kLevels = 2;
constexpr unsigned kExpensive = 4;  ///< simple instructions that finding the count may cost

bool is_inline_intrinsic(const IntrinsicInst& call) {
    switch (call.getIntrinsicID()) {
        case Intrinsic::memcpy:
        case Intrinsic::memmove:
        case Intrinsic::memset:
            return false;
        default:
            return true;
    }
}

/// What the compiler turns into a call of libgcc, or what is one.
bool may_call(const Instruction& instruction) {
    if (const auto* const intrinsic = dyn_cast<IntrinsicInst>(&instruction)) {
        return !is_inline_intrinsic(*intrinsic);
    }
    if (const auto* const site = dyn_cast<CallBase>(&instruction)) {
        return !site->isInlineAsm() || !isa<CallInst>(site);
    }
    const bool is_division = instruction.getOpcode() == Instruction::UDiv ||
                             instruction.getOpcode() == Instruction::SDiv ||
                             instruction.getOpcode() == Instruction::URem ||
                             instruction.getOpcode() == Instruction::SRem;
    const auto is_float = [](const Value* value) { return value->getType()->isFPOrFPVectorTy(); };
    const bool moves_only = isa<LoadInst>(instruction) || isa<StoreInst>(instruction) ||
                            isa<PHINode>(instruction) || isa<SelectInst>(instruction);
    return (is_division && instruction.getType()->getIntegerBitWidth() > 32) ||
           (!moves_only &&
            (is_float(&instruction) ||
             any_of(instruction.operands(), [&](const Use& use) { return is_float(use.get()); })));
}

std::string objection_to_counting(const Loop& loop) {
    for (const BasicBlock* const block : loop.blocks()) {
        for (const Instruction& instruction : *block) {
            if (may_call(instruction)) {
                return "it calls a function";
            }
            if (isa<IndirectBrInst>(instruction) || isa<CallBrInst>(instruction)) {
                return "it jumps to computed places";
            }
        }
    }
    return "";
}

/// Loops inside of this one, itself included; one of assembly counts, too.
unsigned depth_below(const Loop& loop) {
    unsigned depth = 0;
    for (const Loop* const inner : loop.getSubLoops()) {
        depth = std::max(depth, depth_below(*inner));
    }
    for (const BasicBlock* const block : loop.blocks()) {
        for (const Instruction& instruction : *block) {
            if (depth == 0 && assembly_of(&instruction).contains("lp.setup")) {
                depth = 1;
            }
        }
    }
    return depth + 1;
}

/// A name of a file as text of inline assembly, where `$` begins an operand and `$$` does not.
std::string in_assembly(StringRef name) {
    std::string text;
    for (const char character : name) {
        text += character == '$' ? "$$" : std::string(1, character);
    }
    return text;
}

std::string place_of(const Loop& loop) {
    const DebugLoc location = loop.getStartLoc();
    if (!location) {
        return "";
    }
    return in_assembly(cast<DIScope>(location.getScope())->getFilename()) + ":" +
           std::to_string(location.getLine()) + ":" + std::to_string(location.getCol());
}

/// Whether there are jumps in the loop: the core has no other way to choose than to jump.
bool branches(const Loop& loop) {
    return loop.getNumBlocks() > 1 || any_of(*loop.getHeader(), [](const Instruction& instruction) {
               return isa<SelectInst>(instruction);
           });
}

/// The code generator puts the end of a loop before its start where that saves a jump, and a
/// hardware loop costs less than that jump; it does not where code is to be small.
void keep_ends_behind_starts(Function& function) { function.addFnAttr(Attribute::OptimizeForSize); }

class Counter {
public:
    Counter(Loop& loop, FunctionAnalysisManager& analyses, Function& function)
        : loop_(loop),
          evolution_(analyses.getResult<ScalarEvolutionAnalysis>(function)),
          target_(analyses.getResult<TargetIRAnalysis>(function)) {}

    std::string reason;

    bool run() {
        BasicBlock* const latch = loop_.getLoopLatch();
        auto* const branch =
            latch == nullptr ? nullptr : dyn_cast<BranchInst>(latch->getTerminator());
        if (loop_.getLoopPreheader() == nullptr || branch == nullptr || !branch->isConditional() ||
            !loop_.isLoopExiting(latch)) {
            return refuse("it does not end with a test at its end");
        }
        const SCEV* const taken = evolution_.getExitCount(&loop_, latch);
        if (isa<SCEVCouldNotCompute>(taken) ||
            evolution_.getTypeSizeInBits(taken->getType()) > 32) {
            return refuse("the number of its iterations is not known beforehand");
        }
        if (!is_countable(taken)) {
            return refuse("it may run 2^32 times, which a hardware loop cannot");
        }
        return emit(taken, *branch);
    }

private:
    bool refuse(const char* why) {
        reason = why;
        return false;
    }

    /// Whether the count, one more than `taken`, fits 32 bits.
    bool is_countable(const SCEV* taken) {
        if (evolution_.getTypeSizeInBits(taken->getType()) < 32 ||
            !evolution_.getUnsignedRangeMax(taken).isMaxValue()) {
            return true;
        }
        if (getBooleanLoopAttribute(&loop_, "llvm.loop.isvectorized")) {
            return true;  // what the vectoriser has left over is neither nothing nor everything
        }
        const SCEV* const guarded = evolution_.applyLoopGuards(taken, &loop_);
        Type* const type = taken->getType();
        return !evolution_.getUnsignedRangeMax(guarded).isMaxValue() ||
               evolution_.isLoopEntryGuardedByCond(
                   &loop_, ICmpInst::ICMP_NE, evolution_.getAddExpr(taken, evolution_.getOne(type)),
                   evolution_.getZero(type)) ||
               evolution_.isLoopEntryGuardedByCond(&loop_, ICmpInst::ICMP_NE, taken,
                                                   evolution_.getMinusOne(type));
    }

    bool emit(const SCEV* taken, BranchInst& branch) {
        Type* const word = Type::getInt32Ty(branch.getContext());
        const SCEV* const count = evolution_.getAddExpr(
            evolution_.getTruncateOrZeroExtend(taken, word), evolution_.getOne(word));
        Instruction* const before = loop_.getLoopPreheader()->getTerminator();
        SCEVExpander expander(evolution_, branch.getModule()->getDataLayout(), "count");
        if (expander.isHighCostExpansion(count, &loop_, kExpensive, &target_, before) ||
            !expander.isSafeToExpandAt(count, before)) {
            return refuse("the number of its iterations costs a division");
        }
        Value* const start = expander.expandCodeFor(count, word, before);
        IRBuilder<> builder(&loop_.getHeader()->front());
        builder.SetCurrentDebugLocation(branch.getDebugLoc());
        auto* const counter = builder.CreatePHI(word, 2, "hwloop.count");
        builder.SetInsertPoint(&branch);
        auto* const type = FunctionType::get(word, {word}, false);
        auto* const code = InlineAsm::get(type, "flexv.count $0 # " + place_of(loop_), "=r,0",
                                          /*hasSideEffects=*/false);
        CallInst* const next = builder.CreateCall(type, code, {counter});
        next->setDoesNotAccessMemory();
        next->setConvergent();  // one latch, not copies of it
        counter->addIncoming(start, loop_.getLoopPreheader());
        counter->addIncoming(next, loop_.getLoopLatch());
        const bool continues_if_true = branch.getSuccessor(0) == loop_.getHeader();
        Value* const zero = builder.getInt32(0);
        Value* const old = branch.getCondition();
        branch.setCondition(continues_if_true ? builder.CreateICmpNE(next, zero)
                                              : builder.CreateICmpEQ(next, zero));
        RecursivelyDeleteTriviallyDeadInstructions(old);
        for (PHINode& phi : make_early_inc_range(loop_.getHeader()->phis())) {
            RecursivelyDeleteDeadPHINode(&phi);
        }
        return true;
    }

    Loop& loop_;
    ScalarEvolution& evolution_;
    TargetTransformInfo& target_;
};

}  // namespace

bool count_loops(Function& function, FunctionAnalysisManager& analyses) {
    auto& loops = analyses.getResult<LoopAnalysis>(function);
    auto& dominators = analyses.getResult<DominatorTreeAnalysis>(function);
    auto& evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
    bool has_changed = false;
    bool has_branches = false;
    for (Loop* const loop : loops) {
        has_changed |= simplifyLoop(loop, &dominators, &loops, &evolution, nullptr, nullptr, false);
    }
    const auto order = loops.getLoopsInPreorder();
    for (Loop* const loop : reverse(order)) {  // inner ones first
        std::string reason = objection_to_counting(*loop);
        if (reason.empty() && depth_below(*loop) > kLevels) {
            reason = "hardware has two levels";
        }
        if (!reason.empty()) {
            remark_missed(kHwloopsPass, *loop, "no hardware loop: " + reason);
            continue;
        }
        Counter counter(*loop, analyses, function);
        if (counter.run()) {
            evolution.forgetLoop(loop);
            has_changed = true;
            has_branches |= branches(*loop);
        } else {
            remark_missed(kHwloopsPass, *loop, "no hardware loop: " + counter.reason);
        }
    }
    if (has_branches) {
        keep_ends_behind_starts(function);
    }
    return has_changed;
}

}  // namespace flexv
