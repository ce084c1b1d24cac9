// SPDX-License-Identifier: Apache-2.0
// a + b * c and a - b * c of 32-bit integers: p.mac, p.msu. Expressions that step evenly through a
// loop are left alone, because LLVM turns them into additions.
#include "instructions.hpp"
#include "passes.hpp"
#include "remarks.hpp"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>

namespace flexv {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

constexpr const char* kMacPass = "flexv-mac";

struct Mac {
    BinaryOperator* product;
    Value* addend;
    bool is_subtraction;
};

BinaryOperator* as_product(Value* value, const BasicBlock* block) {
    auto* const product = dyn_cast<BinaryOperator>(value);
    const bool is_mine = product != nullptr && product->getOpcode() == Instruction::Mul &&
                         product->hasOneUse() && product->getParent() == block;
    return is_mine && !isa<Constant>(product->getOperand(0)) &&
                   !isa<Constant>(product->getOperand(1))
               ? product
               : nullptr;
}

/// Prefers an addend that comes from elsewhere: the product is then not waited for.
std::optional<Mac> match_mac(BinaryOperator& sum) {
    if (!sum.getType()->isIntegerTy(32)) {
        return std::nullopt;
    }
    Value* const left = sum.getOperand(0);
    Value* const right = sum.getOperand(1);
    if (BinaryOperator* const product = as_product(right, sum.getParent())) {
        if (sum.getOpcode() == Instruction::Add || sum.getOpcode() == Instruction::Sub) {
            return Mac{product, left, sum.getOpcode() == Instruction::Sub};
        }
    }
    if (BinaryOperator* const product = as_product(left, sum.getParent());
        product != nullptr && sum.getOpcode() == Instruction::Add) {
        return Mac{product, right, false};
    }
    return std::nullopt;
}

}  // namespace

bool form_macs(Function& function, FunctionAnalysisManager& analyses) {
    auto& evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
    SmallVector<BinaryOperator*> sums;
    for (Instruction& instruction : instructions(function)) {
        auto* const sum = dyn_cast<BinaryOperator>(&instruction);
        if (sum == nullptr || !match_mac(*sum)) {
            continue;
        }
        if (isa<SCEVAddRecExpr>(evolution.getSCEV(sum))) {
            remark_missed(kMacPass, *sum, "no p.mac: it steps evenly through a loop, additions do");
            continue;
        }
        sums.push_back(sum);
    }
    bool has_changed = false;
    for (BinaryOperator* const sum : sums) {
        const auto mac = match_mac(*sum);
        if (!mac || isa<Constant>(mac->addend)) {
            continue;
        }
        IRBuilder<> builder(sum);
        const char* const mnemonic = mac->is_subtraction ? "p.msu" : "p.mac";
        remark_done(kMacPass, *sum, std::string("product and sum to ") + mnemonic);
        Value* const result =
            accumulating(builder, mnemonic, mac->addend,
                         {mac->product->getOperand(0), mac->product->getOperand(1)});
        result->takeName(sum);
        sum->replaceAllUsesWith(result);
        sum->eraseFromParent();
        mac->product->eraseFromParent();
        has_changed = true;
    }
    return has_changed;
}

}  // namespace flexv
