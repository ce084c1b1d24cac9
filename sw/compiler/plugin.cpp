// SPDX-License-Identifier: Apache-2.0
// Registers the passes in clang's pipeline: the vectoriser where LLVM's own would run, the others
// at the end, when nothing may rewrite what they make. Options are those of scripts/flexv-cc:
// -fno-X is -mllvm -flexv-X=0 here.
#include "passes.hpp"

#include <llvm/Passes/PassBuilder.h>
#include <llvm/Passes/PassPlugin.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Transforms/Scalar/LoopPassManager.h>

using namespace llvm;

namespace {

cl::opt<bool> with_vectorise("flexv-vectorise", cl::desc("SIMD and dot products"), cl::init(true));
cl::opt<bool> with_macload("flexv-macload", cl::desc("Mac&Load loops"), cl::init(true));
cl::opt<bool> with_mac("flexv-mac", cl::desc("multiply and accumulate"), cl::init(true));
cl::opt<bool> with_clip("flexv-clip", cl::desc("clipping to powers of two"), cl::init(true));
cl::opt<bool> with_bits("flexv-bits", cl::desc("bit manipulation"), cl::init(true));
cl::opt<bool> with_hwloops("flexv-hwloops", cl::desc("hardware loops"), cl::init(true));

struct BeforeUnrolling : PassInfoMixin<BeforeUnrolling> {
    PreservedAnalyses run(Loop& loop, LoopAnalysisManager& /*analyses*/,
                          LoopStandardAnalysisResults& results, LPMUpdater& /*updater*/) {
        if (with_vectorise) {
            flexv::keep_short_loop(loop, results.SE);
        }
        return PreservedAnalyses::all();
    }
};

struct EarlyPasses : PassInfoMixin<EarlyPasses> {
    PreservedAnalyses run(Function& function, FunctionAnalysisManager& /*analyses*/) {
        const bool has_changed = with_vectorise && flexv::vectorise(function);
        return has_changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
    }
};

struct LatePasses : PassInfoMixin<LatePasses> {
    explicit LatePasses(bool is_optimising_for_speed) : is_for_speed(is_optimising_for_speed) {}

    PreservedAnalyses run(Function& function, FunctionAnalysisManager& analyses) {
        bool has_changed = false;
        const auto note = [&](bool changed) {
            if (changed) {
                analyses.invalidate(function, PreservedAnalyses::none());
                has_changed = true;
            }
        };
        if (with_macload && is_for_speed) {
            note(flexv::fuse_macload(function, analyses, with_hwloops));
        }
        if (with_mac) {
            note(flexv::form_macs(function, analyses));
        }
        if (with_clip) {
            note(flexv::form_clips(function));
        }
        if (with_bits) {
            note(flexv::form_bit_instructions(function));
        }
        if (with_hwloops) {
            note(flexv::count_loops(function, analyses));
        }
        return has_changed ? PreservedAnalyses::none() : PreservedAnalyses::all();
    }

    bool is_for_speed;
};

bool vectorises(OptimizationLevel level) {
    return level.getSpeedupLevel() >= 2 && level.getSizeLevel() < 2;
}

void register_passes(PassBuilder& builder) {
    builder.registerLateLoopOptimizationsEPCallback(
        [](LoopPassManager& passes, OptimizationLevel level) {
            if (vectorises(level)) {
                passes.addPass(BeforeUnrolling());
            }
        });
    builder.registerVectorizerStartEPCallback(
        [](FunctionPassManager& passes, OptimizationLevel level) {
            if (vectorises(level)) {
                passes.addPass(EarlyPasses());
            }
        });
    builder.registerOptimizerLastEPCallback([](ModulePassManager& passes, OptimizationLevel level) {
        if (level.getSpeedupLevel() >= 1) {
            passes.addPass(createModuleToFunctionPassAdaptor(
                LatePasses(level.getSpeedupLevel() >= 2 && level.getSizeLevel() == 0)));
        }
    });
}

}  // namespace

extern "C" LLVM_ATTRIBUTE_WEAK __attribute__((visibility("default"))) PassPluginLibraryInfo
llvmGetPassPluginInfo() {
    return {LLVM_PLUGIN_API_VERSION, "flexv", "1", register_passes};
}
