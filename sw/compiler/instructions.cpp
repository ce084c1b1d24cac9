// SPDX-License-Identifier: Apache-2.0
#include "instructions.hpp"

#include <llvm/IR/InlineAsm.h>

namespace flexv {

using namespace llvm;

namespace {

std::string text_of(StringRef mnemonic, unsigned first, size_t operands, ArrayRef<int> immediates) {
    std::string text = mnemonic.str() + " $0";
    for (size_t i = 0; i < operands; ++i) {
        text += ", $" + std::to_string(first + i);
    }
    for (const int immediate : immediates) {
        text += ", " + std::to_string(immediate);
    }
    return text;
}

CallInst* call(IRBuilderBase& builder, const std::string& text, const std::string& constraints,
               ArrayRef<Value*> arguments) {
    Type* const word = builder.getInt32Ty();
    const SmallVector<Type*> types(arguments.size(), word);
    auto* const type = FunctionType::get(word, types, false);
    auto* const code = InlineAsm::get(type, text, constraints, /*hasSideEffects=*/false);
    auto* const result = builder.CreateCall(type, code, arguments);
    result->setDoesNotAccessMemory();
    result->setDoesNotThrow();
    result->addFnAttr(Attribute::WillReturn);
    return result;
}

std::string repeat(size_t count) {
    std::string text;
    for (size_t i = 0; i < count; ++i) {
        text += ",r";
    }
    return text;
}

}  // namespace

CallInst* custom(IRBuilderBase& builder, StringRef mnemonic, ArrayRef<Value*> operands,
                 ArrayRef<int> immediates) {
    return call(builder, text_of(mnemonic, 1, operands.size(), immediates),
                "=r" + repeat(operands.size()), operands);
}

CallInst* accumulating(IRBuilderBase& builder, StringRef mnemonic, Value* accumulator,
                       ArrayRef<Value*> operands, ArrayRef<int> immediates) {
    SmallVector<Value*> arguments{accumulator};
    arguments.append(operands.begin(), operands.end());
    return call(builder, text_of(mnemonic, 2, operands.size(), immediates),
                "=r,0" + repeat(operands.size()), arguments);
}

StringRef assembly_of(const Value* value) {
    const auto* const site = dyn_cast<CallBase>(value);
    if (site == nullptr || !site->isInlineAsm()) {
        return {};
    }
    return cast<InlineAsm>(site->getCalledOperand())->getAsmString();
}

StringRef mnemonic_of(const Value* value) {
    const StringRef text = assembly_of(value);
    return text.contains('\n') ? StringRef() : text.split(' ').first;
}

}  // namespace flexv
