// SPDX-License-Identifier: Apache-2.0
// Only where the condition is about the element that the same iteration has read. Whoever else
// wrote that element meanwhile would have a race without this, too; whoever reads it finds the same
// value.
#include "conditional_stores.hpp"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>

namespace flexv {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

/// The block before an `if` without `else`, the one behind, and the store inside.
struct Conditional {
    BranchInst* branch;
    BasicBlock* behind;
    StoreInst* store;
};

/// The only access to memory of a block whose other instructions may run at any time.
StoreInst* only_store(BasicBlock& block) {
    StoreInst* found = nullptr;
    for (Instruction& instruction : block) {
        if (auto* const store = dyn_cast<StoreInst>(&instruction); store && found == nullptr) {
            found = store;
        } else if (!instruction.isTerminator() && (instruction.mayReadOrWriteMemory() ||
                                                   !isSafeToSpeculativelyExecute(&instruction))) {
            return nullptr;
        }
    }
    return found != nullptr && found->isSimple() ? found : nullptr;
}

std::optional<Conditional> conditional(const Loop& loop, BasicBlock& block) {
    BasicBlock* const before = block.getSinglePredecessor();
    BasicBlock* const behind = block.getSingleSuccessor();
    if (before == nullptr || behind == nullptr || !loop.contains(before) ||
        behind == loop.getHeader() || !behind->hasNPredecessors(2)) {
        return std::nullopt;
    }
    auto* const branch = dyn_cast<BranchInst>(before->getTerminator());
    StoreInst* const store = only_store(block);
    const bool skips =
        branch != nullptr && branch->isConditional() && is_contained(branch->successors(), behind);
    return skips && store != nullptr ? std::optional(Conditional{branch, behind, store})
                                     : std::nullopt;
}

/// What the store's place had, when it is read before the branch and nothing writes in between.
LoadInst* old_value(const Conditional& found) {
    for (Instruction& instruction : reverse(*found.branch->getParent())) {
        auto* const load = dyn_cast<LoadInst>(&instruction);
        if (load != nullptr && load->isSimple() &&
            load->getPointerOperand() == found.store->getPointerOperand() &&
            load->getType() == found.store->getValueOperand()->getType()) {
            return load;
        }
        if (instruction.mayWriteToMemory()) {
            return nullptr;
        }
    }
    return nullptr;
}

bool is_about(Value* condition, Value* element) {
    const auto is_element = m_ZExtOrSExtOrSelf(m_Specific(element));
    CmpInst::Predicate predicate = CmpInst::ICMP_EQ;
    return match(condition, m_c_ICmp(predicate, is_element, m_Value()));
}

void make_unconditional(const Conditional& found, LoadInst* old) {
    BasicBlock* const block = found.store->getParent();
    for (Instruction& instruction : make_early_inc_range(*block)) {
        if (!instruction.isTerminator() && &instruction != found.store) {
            instruction.moveBefore(found.branch);
        }
    }
    IRBuilder<> builder(&*found.behind->getFirstInsertionPt());
    builder.SetCurrentDebugLocation(found.store->getDebugLoc());
    Value* const now = found.store->getValueOperand();
    const bool stores_if_true = found.branch->getSuccessor(0) == block;
    found.store->setOperand(
        0, builder.CreateSelect(found.branch->getCondition(), stores_if_true ? now : old,
                                stores_if_true ? old : now));
    found.store->moveBefore(&*builder.GetInsertPoint());
}

}  // namespace

void make_stores_unconditional(Loop& loop) {
    for (BasicBlock* const block : loop.blocks()) {
        const auto found = conditional(loop, *block);
        LoadInst* const old = found ? old_value(*found) : nullptr;
        if (old != nullptr && is_about(found->branch->getCondition(), old)) {
            make_unconditional(*found, old);
        }
    }
}

}  // namespace flexv
