// SPDX-License-Identifier: Apache-2.0
// Loops of dot products whose operands walk word by word through at most 2 + 4 arrays become
// Mac&Load loops. The core's Mac&Load needs aligned operands in the TCDM, so the loop that was
// there stays for all other addresses. The new loop reads the same words as the old one, no further
// ones, and writes nothing: there is no alias to think of.
#include "instructions.hpp"
#include "macload_text.hpp"
#include "passes.hpp"
#include "remarks.hpp"
#include "surroundings.hpp"

#include <llvm/Analysis/ScalarEvolutionExpressions.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/InlineAsm.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Module.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Utils/ScalarEvolutionExpander.h>

#include <map>
#include <optional>

namespace flexv {

using namespace llvm;

namespace {

constexpr const char* kMacloadPass = "flexv-macload";
constexpr unsigned kActivations = 2;
constexpr unsigned kWeights = 4;

struct Product {
    CallInst* call;
    PHINode* sum;
    LoadInst* left;
    LoadInst* right;
};

/// What a loop does, when it does nothing but dot products.
struct Shape {
    SmallVector<Product> products;
    SmallVector<LoadInst*> loads;
};

bool is_dot_product(const Value* value) { return mnemonic_of(value).starts_with("pv.sdot"); }

bool is_used_outside(const Instruction& instruction, const Loop& loop) {
    return any_of(instruction.users(),
                  [&](const User* user) { return !loop.contains(cast<Instruction>(user)); });
}

class Analysis {
public:
    Analysis(Loop& loop, ScalarEvolution& evolution) : loop_(loop), evolution_(evolution) {}

    std::string reason;

    std::optional<Shape> run() {
        if (loop_.getNumBlocks() != 1 || loop_.getLoopPreheader() == nullptr ||
            loop_.getUniqueExitBlock() == nullptr) {
            return refuse("it has branches");
        }
        if (isa<SCEVCouldNotCompute>(evolution_.getBackedgeTakenCount(&loop_))) {
            return refuse("its number of iterations is not known beforehand");
        }
        for (Instruction& instruction : *loop_.getHeader()) {
            if (!visit(instruction)) {
                return refuse(reason.empty() ? "it does more than sum up products" : reason);
            }
        }
        for (LoadInst* const load : shape_.loads) {
            if (!all_of(load->users(), is_dot_product)) {
                return refuse("an operand is used for something else, too");
            }
        }
        return shape_;
    }

private:
    std::nullopt_t refuse(const std::string& why) {
        reason = why;
        return std::nullopt;
    }

    bool visit(Instruction& instruction) {
        if (is_dot_product(&instruction)) {
            return visit_product(cast<CallInst>(instruction));
        }
        if (auto* const load = dyn_cast<LoadInst>(&instruction)) {
            return visit_load(*load);
        }
        if (instruction.isTerminator() || isa<DbgInfoIntrinsic>(instruction)) {
            return true;
        }
        if (isa<PHINode>(instruction)) {
            return true;  // sums are looked at with their products, the rest may count and point
        }
        return !instruction.mayReadOrWriteMemory() && !instruction.mayHaveSideEffects() &&
               !is_used_outside(instruction, loop_) && !isa<CallInst>(instruction);
    }

    bool visit_load(LoadInst& load) {
        const auto* const walk =
            dyn_cast<SCEVAddRecExpr>(evolution_.getSCEV(load.getPointerOperand()));
        if (!load.isSimple() || !load.getType()->isIntegerTy(32) || walk == nullptr ||
            !walk->isAffine() || walk->getLoop() != &loop_) {
            return false;
        }
        const auto* const step = dyn_cast<SCEVConstant>(walk->getStepRecurrence(evolution_));
        if (step == nullptr || step->getAPInt() != 4) {
            reason = "an operand does not step word by word";
            return false;
        }
        shape_.loads.push_back(&load);
        return !is_used_outside(load, loop_);
    }

    bool visit_product(CallInst& call) {
        auto* const sum = dyn_cast<PHINode>(call.getArgOperand(0));
        auto* const left = dyn_cast<LoadInst>(call.getArgOperand(1));
        auto* const right = dyn_cast<LoadInst>(call.getArgOperand(2));
        if (sum == nullptr || sum->getParent() != loop_.getHeader() || left == nullptr ||
            right == nullptr || left == right) {
            return false;
        }
        if (!loop_.contains(left) || !loop_.contains(right) || !sum->hasOneUse() ||
            sum->getIncomingValueForBlock(loop_.getLoopLatch()) != &call) {
            return false;
        }
        for (const User* const user : call.users()) {
            if (loop_.contains(cast<Instruction>(user)) && user != sum) {
                return false;
            }
        }
        shape_.products.push_back({&call, sum, left, right});
        return true;
    }

    Loop& loop_;
    ScalarEvolution& evolution_;
    Shape shape_;
};

/// Which loads are activations, and which weights: two sides of a graph whose edges are the
/// products.
class Banks {
public:
    /// False when the operands do not fit.
    bool assign(const Shape& shape) {
        for (const Product& product : shape.products) {
            if (!sides_.contains(product.left)) {
                spread(shape, product.left);
            }
        }
        return fits_ && activations.size() <= kActivations && weights.size() <= kWeights;
    }

    SmallVector<LoadInst*> activations;
    SmallVector<LoadInst*> weights;

private:
    /// Colours all that is connected with `first`; the smaller side joins the activations.
    void spread(const Shape& shape, LoadInst* first) {
        SmallVector<LoadInst*> sides[2];
        SmallVector<std::pair<LoadInst*, int>> work{{first, 0}};
        while (!work.empty()) {
            const auto [load, side] = work.pop_back_val();
            const auto [place, is_new] = sides_.try_emplace(load, side);
            fits_ &= place->second == side;
            if (!is_new) {
                continue;
            }
            sides[side].push_back(load);
            for (const Product& product : shape.products) {
                if (product.left == load || product.right == load) {
                    work.push_back({product.left == load ? product.right : product.left, 1 - side});
                }
            }
        }
        const int smaller = sides[0].size() <= sides[1].size() ? 0 : 1;
        activations.append(sides[smaller].begin(), sides[smaller].end());
        weights.append(sides[1 - smaller].begin(), sides[1 - smaller].end());
    }

    std::map<LoadInst*, int> sides_;
    bool fits_ = true;
};

std::string instruction_for(const Product& product, bool left_is_activation) {
    const StringRef name =
        mnemonic_of(product.call);  // pv.sdotusp.b: left without sign, right with one
    const auto [signs, width] = name.drop_front(strlen("pv.sdot")).split('.');
    const StringRef mixed = left_is_activation ? "sup" : "usp";
    return ("pv.mlsdot" + (signs == "usp" ? mixed : signs) + "." + width).str();
}

class Fusion {
public:
    Fusion(Loop& loop, const Shape& shape, const Banks& banks, ScalarEvolution& evolution,
           bool in_hardware)
        : loop_(loop),
          shape_(shape),
          banks_(banks),
          in_hardware_(in_hardware),
          evolution_(evolution),
          expander_(evolution, loop.getHeader()->getModule()->getDataLayout(), "macload") {}

    void run() {
        BasicBlock* const preheader = loop_.getLoopPreheader();
        Instruction* const end = preheader->getTerminator();
        IRBuilder<> builder(end);
        builder.SetCurrentDebugLocation(loop_.getStartLoc());
        collect_arguments(builder, end);
        Value* const is_fit = emit_check(builder);

        BasicBlock* const exit = loop_.getUniqueExitBlock();
        Function* const function = preheader->getParent();
        auto* const fused =
            BasicBlock::Create(function->getContext(), "macload", function, loop_.getHeader());
        auto* const plain =
            BasicBlock::Create(function->getContext(), "plain", function, loop_.getHeader());
        builder.CreateCondBr(is_fit, fused, plain,
                             MDBuilder(function->getContext()).createLikelyBranchWeights());
        end->eraseFromParent();
        BranchInst::Create(loop_.getHeader(), plain);
        loop_.getHeader()->replacePhiUsesWith(preheader, plain);

        builder.SetInsertPoint(fused);
        builder.SetCurrentDebugLocation(loop_.getStartLoc());
        CallInst* const results = emit_loop(builder);
        for (PHINode& phi : exit->phis()) {
            phi.addIncoming(
                result_for(builder, phi.getIncomingValueForBlock(loop_.getHeader()), results),
                fused);
        }
        builder.CreateBr(exit);
    }

private:
    void collect_arguments(IRBuilder<>& builder, Instruction* end) {
        for (const Product& product : shape_.products) {
            arguments_.push_back(product.sum->getIncomingValueForBlock(loop_.getLoopPreheader()));
        }
        for (LoadInst* const load : concat<LoadInst* const>(banks_.activations, banks_.weights)) {
            const auto* const walk =
                cast<SCEVAddRecExpr>(evolution_.getSCEV(load->getPointerOperand()));
            Value* const start =
                expander_.expandCodeFor(walk->getStart(), walk->getStart()->getType(), end);
            pointers_.push_back(start->getType()->isPointerTy()
                                    ? builder.CreatePtrToInt(start, builder.getInt32Ty())
                                    : start);
        }
        arguments_.append(pointers_.begin(), pointers_.end());
        const SCEV* const taken = evolution_.getBackedgeTakenCount(&loop_);
        const SCEV* const count =
            evolution_.getAddExpr(evolution_.getTruncateOrZeroExtend(taken, builder.getInt32Ty()),
                                  evolution_.getOne(builder.getInt32Ty()));
        arguments_.push_back(expander_.expandCodeFor(count, builder.getInt32Ty(), end));
    }

    /// All operands start at words of the TCDM, 0x10000000 to 0x100FFFFF.
    Value* emit_check(IRBuilder<>& builder) {
        Value* any = pointers_[0];
        Value* all = pointers_[0];
        for (Value* const pointer : drop_begin(pointers_)) {
            any = builder.CreateOr(any, pointer);
            all = builder.CreateAnd(all, pointer);
        }
        Value* const outside = builder.CreateXor(
            builder.CreateAnd(any, builder.getInt32(0xFFF00003)), builder.getInt32(0x10000000));
        Value* const below =
            builder.CreateAnd(builder.CreateNot(all), builder.getInt32(0x10000000));
        return builder.CreateICmpEQ(builder.CreateOr(outside, below), builder.getInt32(0));
    }

    CallInst* emit_loop(IRBuilder<>& builder) {
        const unsigned sums = shape_.products.size();
        const unsigned activations = banks_.activations.size();
        MacloadStreams streams;
        for (unsigned i = 0; i < activations; ++i) {
            streams.activation_pointers.push_back(sums + i);
        }
        for (unsigned i = 0; i < banks_.weights.size(); ++i) {
            streams.weight_pointers.push_back(sums + activations + i);
        }
        SmallVector<MacloadProduct> products;
        for (unsigned i = 0; i < sums; ++i) {
            products.push_back(product_of(shape_.products[i], i));
        }
        const std::string text =
            macload_text(products, streams, arguments_.size() - 1, in_hardware_);
        std::string constraints;
        for (size_t i = 0; i < arguments_.size(); ++i) {
            constraints += "=r,";
        }
        for (size_t i = 0; i < arguments_.size(); ++i) {
            constraints += std::to_string(i) + ",";
        }
        constraints += "~{memory}";
        const SmallVector<Type*> types(arguments_.size(), builder.getInt32Ty());
        auto* const type =
            FunctionType::get(StructType::get(builder.getContext(), types), types, false);
        return builder.CreateCall(
            type, InlineAsm::get(type, text, constraints, /*hasSideEffects=*/true), arguments_);
    }

    MacloadProduct product_of(const Product& product, unsigned accumulator) const {
        const bool left_is_activation = is_contained(banks_.activations, product.left);
        LoadInst* const activation = left_is_activation ? product.left : product.right;
        LoadInst* const weight = left_is_activation ? product.right : product.left;
        return {unsigned(find(banks_.activations, activation) - banks_.activations.begin()),
                unsigned(find(banks_.weights, weight) - banks_.weights.begin()),
                instruction_for(product, left_is_activation), accumulator};
    }

    Value* result_for(IRBuilder<>& builder, Value* value, CallInst* results) const {
        for (unsigned i = 0; i < shape_.products.size(); ++i) {
            if (shape_.products[i].call == value) {
                return builder.CreateExtractValue(results, i);
            }
        }
        return value;  // does not change in the loop
    }

    Loop& loop_;
    const Shape& shape_;
    const Banks& banks_;
    const bool in_hardware_;
    ScalarEvolution& evolution_;
    SCEVExpander expander_;
    SmallVector<Value*> pointers_;
    SmallVector<Value*> arguments_;  ///< sums, pointers, number of words
};

bool has_dot_product(const Loop& loop) {
    return any_of(loop.blocks(), [](const BasicBlock* block) {
        return any_of(*block, [](const Instruction& i) { return is_dot_product(&i); });
    });
}

/// Loops whose sums leave by phis of the exit, and only by them.
bool leaves_by_phis(const Loop& loop, const DominatorTree& dominators) {
    return loop.isLCSSAForm(dominators);
}

bool fuse(Loop& loop, FunctionAnalysisManager& analyses, Function& function, bool in_hardware) {
    auto& evolution = analyses.getResult<ScalarEvolutionAnalysis>(function);
    auto& dominators = analyses.getResult<DominatorTreeAnalysis>(function);
    auto& loops = analyses.getResult<LoopAnalysis>(function);
    simplifyLoop(&loop, &dominators, &loops, &evolution, nullptr, nullptr, /*PreserveLCSSA=*/false);
    formLCSSA(loop, dominators, &loops, &evolution);
    Analysis analysis(loop, evolution);
    const auto shape = analysis.run();
    if (!shape) {
        remark_missed(kMacloadPass, loop, "loop not fused to Mac&Load: " + analysis.reason);
        return false;
    }
    Banks banks;
    if (!banks.assign(*shape) || !leaves_by_phis(loop, dominators)) {
        remark_missed(kMacloadPass, loop, "loop not fused to Mac&Load: more than 2 x 4 operands");
        return false;
    }
    Fusion(loop, *shape, banks, evolution, in_hardware).run();
    remark_done(kMacloadPass, loop,
                "loop fused to Mac&Load: " + std::to_string(shape->products.size()) +
                    " products of " + std::to_string(banks.activations.size()) + " x " +
                    std::to_string(banks.weights.size()) + " operands, where they lie in the TCDM");
    return true;
}

}  // namespace

bool fuse_macload(Function& function, FunctionAnalysisManager& analyses, bool in_hardware) {
    const std::string reason = objection_to_macload(function);
    bool has_changed = false;
    // A fusion changes the list of loops; the old loop, which stays, is not looked at twice.
    SmallVector<BasicBlock*> headers;
    for (Loop* const loop : analyses.getResult<LoopAnalysis>(function).getLoopsInPreorder()) {
        if (loop->isInnermost() && has_dot_product(*loop)) {
            headers.push_back(loop->getHeader());
        }
    }
    for (BasicBlock* const header : headers) {
        Loop* const loop = analyses.getResult<LoopAnalysis>(function).getLoopFor(header);
        if (!reason.empty()) {
            remark_missed(kMacloadPass, *loop, "loop not fused to Mac&Load: " + reason);
        } else if (fuse(*loop, analyses, function, in_hardware)) {
            analyses.invalidate(function, PreservedAnalyses::none());
            has_changed = true;
        }
    }
    return has_changed;
}

}  // namespace flexv
