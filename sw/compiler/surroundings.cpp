// SPDX-License-Identifier: Apache-2.0
#include "surroundings.hpp"

#include "instructions.hpp"

#include <llvm/ADT/SmallPtrSet.h>
#include <llvm/IR/InstIterator.h>

namespace flexv {

using namespace llvm;

namespace {

bool is_format_csr(const Value* operand) {
    const auto* const number = dyn_cast<ConstantInt>(operand);
    return number != nullptr && number->getZExtValue() >= 0x00D && number->getZExtValue() <= 0x010;
}

bool names_format_csr(StringRef text) {
    for (const char* const name :
         {"0x00d", "0x00D", "0xd,", "0x00e", "0x00f", "0x010", "0x10,", "SIMD"}) {
        if (text.contains(name)) {
            return true;
        }
    }
    return false;
}

/// Whether the function writes the CSRs 0x00D to 0x010.
bool sets_simd_format(const Function& function) {
    for (const Instruction& instruction : instructions(function)) {
        const StringRef text = assembly_of(&instruction);
        if (!text.contains("csr")) {
            continue;
        }
        const auto& site = cast<CallBase>(instruction);
        if (any_of(site.args(), is_format_csr) || names_format_csr(text)) {
            return true;
        }
    }
    return false;
}

/// Whether assembly of the function's author has Mac&Load instructions.
bool has_own_macload(const Function& function) {
    return any_of(instructions(function), [](const Instruction& instruction) {
        return assembly_of(&instruction).contains("pv.ml");
    });
}

bool is_interrupt_handler(const Function& function) { return function.hasFnAttribute("interrupt"); }

/// Functions of the module that call this one.
SmallVector<const Function*> callers(const Function& function) {
    SmallVector<const Function*> found;
    for (const User* const user : function.users()) {
        const auto* const site = dyn_cast<CallBase>(user);
        if (site != nullptr && site->getCalledFunction() == &function) {
            found.push_back(site->getFunction());
        }
    }
    return found;
}

/// Whether the function is an interrupt handler, or one calls it, also by way of others.
bool runs_in_handlers(const Function& function) {
    SmallPtrSet<const Function*, 8> seen{&function};
    SmallVector<const Function*> work{&function};
    while (!work.empty()) {
        const Function* const next = work.pop_back_val();
        if (is_interrupt_handler(*next)) {
            return true;
        }
        for (const Function* const caller : callers(*next)) {
            if (seen.insert(caller).second) {
                work.push_back(caller);
            }
        }
    }
    return false;
}

}  // namespace

std::string objection_to_lanes(const Function& function) {
    if (sets_simd_format(function)) {
        return "its function changes the format of lanes";
    }
    return runs_in_handlers(function)
               ? "an interrupt handler runs it, and lanes may have any format then"
               : "";
}

std::string objection_to_macload(const Function& function) {
    if (has_own_macload(function)) {
        return "its function has Mac&Load instructions of its own";
    }
    return runs_in_handlers(function)
               ? "an interrupt handler runs it, and operand registers cannot be saved"
               : objection_to_lanes(function);
}

}  // namespace flexv
