// SPDX-License-Identifier: Apache-2.0
// min(max(x, -2^n), 2^n - 1) is p.clip, min(max(x, 0), 2^n - 1) is p.clipu.
#include "instructions.hpp"
#include "passes.hpp"
#include "remarks.hpp"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/PatternMatch.h>

namespace flexv {

using namespace llvm;
using namespace llvm::PatternMatch;

namespace {

constexpr const char* kClipPass = "flexv-clip";

struct Clip {
    Value* value;
    APInt low;
    APInt high;
};

std::optional<Clip> match_clip(Instruction& instruction) {
    if (!instruction.getType()->isIntegerTy(32)) {
        return std::nullopt;
    }
    Value* value = nullptr;
    const APInt* low = nullptr;
    const APInt* high = nullptr;
    if (match(&instruction, m_SMin(m_SMax(m_Value(value), m_APInt(low)), m_APInt(high))) ||
        match(&instruction, m_SMax(m_SMin(m_Value(value), m_APInt(high)), m_APInt(low))) ||
        (match(&instruction, m_UMin(m_SMax(m_Value(value), m_APInt(low)), m_APInt(high))) &&
         low->isZero())) {
        return Clip{value, *low, *high};
    }
    return std::nullopt;
}

CallInst* emit(IRBuilder<>& builder, const Clip& clip) {
    const APInt beyond = clip.high + 1;
    if (!beyond.isPowerOf2() || beyond.isNegative()) {
        return nullptr;
    }
    const int bits = int(beyond.logBase2()) + 1;
    if (clip.low.isZero()) {
        return custom(builder, "p.clipu", {clip.value}, {bits});
    }
    return clip.low == -beyond ? custom(builder, "p.clip", {clip.value}, {bits}) : nullptr;
}

}  // namespace

bool form_clips(Function& function) {
    bool has_changed = false;
    for (Instruction& instruction : make_early_inc_range(instructions(function))) {
        const auto clip = match_clip(instruction);
        if (!clip) {
            continue;
        }
        IRBuilder<> builder(&instruction);
        CallInst* const result = emit(builder, *clip);
        if (result == nullptr) {
            remark_missed(kClipPass, instruction,
                          "no p.clip: limits are not -2^n and 2^n - 1, or 0 and 2^n - 1");
        } else {
            remark_done(kClipPass, instruction, "limits to " + mnemonic_of(result).str());
            instruction.replaceAllUsesWith(result);
            instruction.eraseFromParent();
            has_changed = true;
        }
    }
    return has_changed;
}

}  // namespace flexv
