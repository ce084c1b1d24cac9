// SPDX-License-Identifier: Apache-2.0
// LLVM's loop vectoriser with the core's word as vector register (target.hpp), and the lowering of
// what it makes to custom instructions. A loop is tried on a copy of the function first: only loops
// whose every vector operation has an instruction are vectorised for good.
#include "conditional_stores.hpp"
#include "passes.hpp"
#include "remarks.hpp"
#include "surroundings.hpp"
#include "target.hpp"
#include "vector_words.hpp"

#include <llvm/Analysis/LoopAccessAnalysis.h>
#include <llvm/Analysis/LoopIterator.h>
#include <llvm/Analysis/ProfileSummaryInfo.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/Utils/Cloning.h>
#include <llvm/Transforms/Utils/LoopSimplify.h>
#include <llvm/Transforms/Utils/LoopUtils.h>
#include <llvm/Transforms/Vectorize/LoopVectorize.h>

#include <set>

namespace flexv {

using namespace llvm;

namespace {

constexpr const char* kVectorisePass = "flexv-vectorise";

/// Analyses that see the core as a SIMD machine; the ones of clang's pipeline do not.
class Analyses {
public:
    Analyses() {
        functions_.registerPass([] { return TargetIRAnalysis(simd_target); });
        builder_.registerModuleAnalyses(modules_);
        builder_.registerCGSCCAnalyses(graphs_);
        builder_.registerFunctionAnalyses(functions_);
        builder_.registerLoopAnalyses(loops_);
        builder_.crossRegisterProxies(loops_, functions_, graphs_, modules_);
    }
    FunctionAnalysisManager& functions() { return functions_; }
    /// The vectoriser asks for the profile of the module, if one is at hand.
    void prepare(Module& module) { modules_.getResult<ProfileSummaryAnalysis>(module); }

private:
    PassBuilder builder_;
    LoopAnalysisManager loops_;
    FunctionAnalysisManager functions_;
    CGSCCAnalysisManager graphs_;
    ModuleAnalysisManager modules_;
};

/// Innermost loops, in an order that a copy of the function has, too.
SmallVector<Loop*> innermost_loops(Function& function, FunctionAnalysisManager& analyses) {
    SmallVector<Loop*> found;
    auto& info = analyses.getResult<LoopAnalysis>(function);
    for (Loop* const loop : info.getLoopsInPreorder()) {
        if (loop->isInnermost()) {
            found.push_back(loop);
        }
    }
    return found;
}

bool is_narrow(const Type* type) { return type->isIntegerTy(8) || type->isIntegerTy(16); }

/// A reason against trying the loop at all, or nothing.
std::string objection_to_loop(const Loop& loop) {
    bool reads_narrow = false;
    for (const BasicBlock* const block : loop.blocks()) {
        for (const Instruction& instruction : *block) {
            if (const auto* const load = dyn_cast<LoadInst>(&instruction)) {
                reads_narrow |= is_narrow(load->getType());
            } else if (const auto* const store = dyn_cast<StoreInst>(&instruction)) {
                reads_narrow |= is_narrow(store->getValueOperand()->getType());
            }
            if (instruction.getType()->isFPOrFPVectorTy()) {
                return "floating point is software on this core";
            }
            if (isa<CallBase>(instruction) && !isa<IntrinsicInst>(instruction)) {
                return "it calls a function or assembly";
            }
        }
    }
    return reads_narrow ? "" : "it walks over no array of 8 or 16 bits";
}

MDNode* hints(const Loop& loop, bool may_vectorise) {
    LLVMContext& context = loop.getHeader()->getContext();
    Type* const flag = Type::getInt1Ty(context);
    Type* const word = Type::getInt32Ty(context);
    const auto pair = [&](const char* name, Constant* value) {
        return MDNode::get(context, {MDString::get(context, name), ConstantAsMetadata::get(value)});
    };
    SmallVector<Metadata*> nodes{nullptr};
    if (const MDNode* const old = loop.getLoopID()) {
        for (const MDOperand& node : drop_begin(old->operands())) {
            nodes.push_back(node);
        }
    }
    nodes.push_back(
        pair("llvm.loop.vectorize.enable", ConstantInt::get(flag, may_vectorise ? 1 : 0)));
    if (may_vectorise) {
        nodes.push_back(pair("llvm.loop.interleave.count", ConstantInt::get(word, 1)));
    }
    auto* const node = MDNode::getDistinct(context, nodes);
    node->replaceOperandWith(0, node);
    return node;
}

/// Vectorises the loops of these indices. False when one of them was refused or cannot be lowered.
bool vectorise_loops(Function& function, const std::set<size_t>& chosen) {
    Analyses analyses;
    analyses.prepare(*function.getParent());
    auto& manager = analyses.functions();
    size_t index = 0;
    for (Loop* const loop : innermost_loops(function, manager)) {
        if (chosen.contains(index++)) {
            loop->setLoopID(hints(*loop, true));
            make_stores_unconditional(*loop);
        }
    }
    LoopVectorizeOptions options(/*InterleaveOnlyWhenForced=*/true,
                                 /*VectorizeOnlyWhenForced=*/true);
    manager.invalidate(function, LoopVectorizePass(options).run(function, manager));
    return lower_vectors(function);
}

bool succeeds_on_a_copy(Function& function, size_t index) {
    ValueToValueMapTy map;
    Function* const copy = CloneFunction(&function, map);
    const bool succeeds = vectorise_loops(*copy, {index});
    copy->eraseFromParent();
    return succeeds;
}

}  // namespace

bool vectorise(Function& function) {
    std::set<size_t> chosen;
    {
        Analyses analyses;
        const std::string general = objection_to_lanes(function);
        size_t index = 0;
        for (Loop* const loop : innermost_loops(function, analyses.functions())) {
            release_short_loop(*loop);
            std::string reason = objection_to_loop(*loop);
            if (reason.empty()) {
                reason = general;
            }
            if (!reason.empty()) {
                remark_missed(kVectorisePass, *loop, "loop not vectorised: " + reason);
            } else if (succeeds_on_a_copy(function, index)) {
                chosen.insert(index);
                remark_done(kVectorisePass, *loop,
                            "loop vectorised to words of 8- or 16-bit lanes");
            } else {
                remark_missed(kVectorisePass, *loop,
                              "loop not vectorised: its operations or its order of memory accesses "
                              "have no SIMD form");
            }
            ++index;
        }
    }
    return !chosen.empty() && (vectorise_loops(function, chosen), true);
}

}  // namespace flexv
