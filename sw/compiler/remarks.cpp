// SPDX-License-Identifier: Apache-2.0
#include "remarks.hpp"

#include <llvm/Analysis/OptimizationRemarkEmitter.h>

namespace flexv {

using namespace llvm;

void remark_done(const char* pass, const Loop& loop, const std::string& text) {
    OptimizationRemarkEmitter emitter(loop.getHeader()->getParent());
    emitter.emit(OptimizationRemark(pass, "Done", loop.getStartLoc(), loop.getHeader()) << text);
}

void remark_done(const char* pass, const Instruction& at, const std::string& text) {
    OptimizationRemarkEmitter emitter(at.getFunction());
    emitter.emit(OptimizationRemark(pass, "Done", at.getDebugLoc(), at.getParent()) << text);
}

void remark_missed(const char* pass, const Loop& loop, const std::string& text) {
    OptimizationRemarkEmitter emitter(loop.getHeader()->getParent());
    emitter.emit(OptimizationRemarkMissed(pass, "Missed", loop.getStartLoc(), loop.getHeader())
                 << text);
}

void remark_missed(const char* pass, const Instruction& at, const std::string& text) {
    OptimizationRemarkEmitter emitter(at.getFunction());
    emitter.emit(OptimizationRemarkMissed(pass, "Missed", at.getDebugLoc(), at.getParent())
                 << text);
}

}  // namespace flexv
