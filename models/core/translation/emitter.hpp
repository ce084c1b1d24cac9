// SPDX-License-Identifier: Apache-2.0
// Writes x86-64 code for formulas. Values of a formula are temporaries in registers of the host;
// the result takes over one of them, so nothing is copied that need not be.
#pragma once

#include "core/translation/host_registers.hpp"
#include "isa/formula.hpp"
#include "isa/instruction.hpp"

#include <vector>

namespace flexv::core::translation {

class Emitter {
public:
    Emitter(asmjit::x86::Assembler& assembler, HostRegisters& registers)
        : assembler_(assembler), registers_(registers) {}

    /// The instruction of this formula, which is no branch.
    void compute(const isa::Formula& formula);
    /// The branch of this formula, behind everything else of the run: next_pc becomes pc plus
    /// `offset` when its condition holds.
    void branch(const isa::Formula& formula, i32 offset);

private:
    using Index = isa::Formula::Index;

    struct Value {
        enum class Kind : u8 { constant, temporary, held, home };
        Kind kind = Kind::constant;
        Index node = 0;
        Host host = 0;  // of a temporary, or of a register of the hart that is held
        u32 value = 0;  // of a constant, or the number of a register of the hart

        [[nodiscard]] bool is_constant() const { return kind == Kind::constant; }
        [[nodiscard]] bool is_in_register() const {
            return kind == Kind::temporary || kind == Kind::held;
        }
    };

    void begin(const isa::Formula& formula);
    void count_uses(Index index);
    [[nodiscard]] const isa::Formula::Node& node(Index index) const { return (*formula_)[index]; }

    [[nodiscard]] Value value_of(Index index);
    [[nodiscard]] Value value_of_register(Index index);
    void finish(const Value& value);
    [[nodiscard]] bool can_take_over(const Value& value) const;
    [[nodiscard]] Host take_over(const Value& value);
    [[nodiscard]] Host copy(const Value& value);
    [[nodiscard]] Host destination(const Value& value);

    [[nodiscard]] Host compute(const isa::Formula::Node& node);
    [[nodiscard]] Host arithmetic(const isa::Formula::Node& node);
    [[nodiscard]] Host sum(const Value& a, const Value& b);
    [[nodiscard]] Host product(const Value& a, u32 factor);
    [[nodiscard]] Host shift(const isa::Formula::Node& node);
    [[nodiscard]] Host extension(const isa::Formula::Node& node);
    [[nodiscard]] Host search(const isa::Formula::Node& node);
    [[nodiscard]] Host flag(const isa::Formula::Node& relation);
    [[nodiscard]] Host selection(const isa::Formula::Node& node);
    [[nodiscard]] asmjit::x86::CondCode compare(const isa::Formula::Node& relation);

    void emit(asmjit::x86::Inst::Id instruction, Host destination, const Value& value);

    asmjit::x86::Assembler& assembler_;
    HostRegisters& registers_;
    const isa::Formula* formula_ = nullptr;
    std::vector<u8> uses_;                       // [node], left
    std::vector<std::optional<Host>> computed_;  // [node], where its value is
};

}  // namespace flexv::core::translation
