// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <llvm/Analysis/TargetTransformInfoImpl.h>

namespace flexv {

using namespace llvm;

namespace {

class SimdTarget : public TargetTransformInfoImplCRTPBase<SimdTarget> {
public:
    explicit SimdTarget(const DataLayout& layout) : TargetTransformInfoImplCRTPBase(layout) {}

    TypeSize getRegisterBitWidth(TargetTransformInfo::RegisterKind kind) const {
        return kind == TargetTransformInfo::RGK_ScalableVector ? TypeSize::getScalable(0)
                                                               : TypeSize::getFixed(32);
    }
    unsigned getMinVectorRegisterBitWidth() const { return 32; }
    unsigned getNumberOfRegisters(unsigned /*kind*/) const { return 24; }
    /// A dot product adds to a scalar; there is no vector of 32-bit sums.
    bool preferInLoopReduction(unsigned /*opcode*/, Type* /*type*/,
                               TargetTransformInfo::ReductionFlags /*flags*/) const {
        return true;
    }
};

}  // namespace

TargetTransformInfo simd_target(const Function& function) {
    return TargetTransformInfo(SimdTarget(function.getDataLayout()));
}

}  // namespace flexv
