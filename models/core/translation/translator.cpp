// SPDX-License-Identifier: Apache-2.0
// The back end for x86-64, on asmjit's assembler: finds the runs of a block, makes the code of
// each, and lets their first steps point to it.
#include "core/translation/translator.hpp"

#include "base/error.hpp"
#include "core/translation/checked_run.hpp"
#include "core/translation/code_memory.hpp"
#include "core/translation/emitter.hpp"
#include "isa/decoder.hpp"

#include <asmjit/x86.h>

#include <bit>
#include <cstddef>
#include <vector>

namespace flexv::core::translation {

namespace x86 = asmjit::x86;

namespace {

/// What it does is known.
bool is_translatable(const isa::Instruction& row) { return row.record != nullptr; }

Instructions part(const Instructions& all, std::size_t first, std::size_t count) {
    Instructions result = {.steps = all.steps.subspan(first, count),
                           .rows = all.rows.subspan(first, count),
                           .pc = all.pc};
    for (std::size_t i = 0; i < first; ++i)
        result.pc += all.steps[i].op.size;
    return result;
}

/// Runs behind each other.
std::vector<Instructions> runs_of(const Instructions& all) {
    std::vector<Instructions> runs;
    for (std::size_t i = 0; i < all.rows.size(); ++i) {
        const std::size_t first = i;
        while (i < all.rows.size() && is_translatable(*all.rows[i]))
            ++i;
        if (i != first)
            runs.push_back(part(all, first, i - first));
    }
    return runs;
}

std::array<u8, 32> reads_of(const Instructions& run) {
    std::array<u8, 32> reads{};
    for (std::size_t i = 0; i < run.rows.size(); ++i) {
        const u32 registers = isa::registers_read(*run.rows[i], run.steps[i].op);
        for (unsigned x = 0; x < reads.size(); ++x)
            reads[x] = u8(reads[x] + (registers >> x & 1));
    }
    return reads;
}

/// What the assembler refuses would be our mistake.
class Refusal final : public asmjit::ErrorHandler {
    void handleError(asmjit::Error /*error*/, const char* message,
                     asmjit::BaseEmitter* /*origin*/) override {
        throw InternalError(fmt::format("translation: the assembler says: {}", message));
    }
};

/// Code of one block.
class BlockCode {
public:
    BlockCode() {
        code_.init(asmjit::Environment::host());
        code_.setErrorHandler(&refusal_);
        code_.attach(&assembler_);
    }

    /// Appends what executes `run`, and then goes on with the step behind it.
    /// \returns its offset
    std::size_t append(const Instructions& run);
    /// Appends a function that calls `execute` with `checked`, too.
    std::size_t append_check(const CheckedRun& checked);
    [[nodiscard]] std::span<const u8> bytes() {
        return {code_.textSection()->data(), assembler_.offset()};
    }

private:
    void finish(HostRegisters& registers, unsigned macs);
    void go_on(const isa::Step* next);

    Refusal refusal_;
    asmjit::CodeHolder code_;
    x86::Assembler assembler_;
};

std::size_t BlockCode::append(const Instructions& run) {
    const std::size_t offset = assembler_.offset();
    HostRegisters registers(assembler_, reads_of(run));
    Emitter emitter(assembler_, registers);
    unsigned macs = 0;
    for (std::size_t i = 0; i < run.rows.size(); ++i) {
        const isa::Operands& op = run.steps[i].op;
        isa::Formula formula(registers.known());
        run.rows[i]->record(formula, op);
        macs += formula.macs();
        if (formula.is_branch()) {
            finish(registers, macs);
            emitter.branch(formula, op.imm);
            go_on(run.steps.data() + run.steps.size());
            return offset;
        }
        if (formula.rd() != 0)
            emitter.compute(formula);
        registers.count_reads(isa::registers_read(*run.rows[i], op));
    }
    finish(registers, macs);
    go_on(run.steps.data() + run.steps.size());
    return offset;
}

void BlockCode::finish(HostRegisters& registers, unsigned macs) {
    registers.write_back();
    if (macs != 0 && FLEXV_COUNTERS != 0)
        assembler_.add(x86::Mem(HostRegisters::kHart, i32(offsetof(isa::Hart, macs)), 8), macs);
}

/// \param next whose address does not change
void BlockCode::go_on(const isa::Step* next) {
    static_assert(offsetof(isa::Step, chain) == 0);
    if (next->chain == isa::end_chain) {
        assembler_.ret();
        return;
    }
    assembler_.mov(x86::rsi, std::bit_cast<u64>(next));
    assembler_.jmp(x86::ptr(x86::rsi));
}

std::size_t BlockCode::append_check(const CheckedRun& checked) {
    const std::size_t offset = assembler_.offset();
    assembler_.mov(x86::rdx, std::bit_cast<u64>(&checked));
    assembler_.mov(x86::rax, std::bit_cast<u64>(&CheckedRun::execute));
    assembler_.jmp(x86::rax);
    return offset;
}

struct HostCode final : Translation {
    CodeMemory::Code code;
    std::vector<std::unique_ptr<CheckedRun>> checked;
};

isa::Chain chain_at(const CodeMemory::Code& code, std::size_t offset) {
    return std::bit_cast<isa::Chain>(code.at(offset));
}

}  // namespace

class Translator::BackEnd {
public:
    std::unique_ptr<Translation> translate(const std::vector<Instructions>& runs) {
        BlockCode block;
        std::vector<std::size_t> offsets;
        for (const Instructions& run : runs)
            offsets.push_back(block.append(run));
        auto made = std::make_unique<HostCode>();
        made->code = memory_.keep(block.bytes());
        for (std::size_t i = 0; i < runs.size(); ++i)
            runs[i].steps.front().chain = chain_at(made->code, offsets[i]);
        return made;
    }

    std::unique_ptr<Translation> translate_checked(const std::vector<Instructions>& runs) {
        BlockCode block;
        auto made = std::make_unique<HostCode>();
        std::vector<std::size_t> offsets;
        for (const Instructions& run : runs) {
            CheckedRun& checked = *made->checked.emplace_back(std::make_unique<CheckedRun>(run));
            offsets.push_back(
                block.append({.steps = std::span(checked.steps()).first(run.steps.size()),
                              .rows = run.rows,
                              .pc = run.pc}));
            offsets.push_back(block.append_check(checked));
        }
        made->code = memory_.keep(block.bytes());
        for (std::size_t i = 0; i < runs.size(); ++i) {
            made->checked[i]->set_code(chain_at(made->code, offsets[2 * i]));
            runs[i].steps.front().chain = chain_at(made->code, offsets[2 * i + 1]);
        }
        return made;
    }

private:
    CodeMemory memory_;
};

Translator::Translator(const Settings& settings)
    : settings_(settings),
      back_end_(settings.mode == Translate::off ? nullptr : std::make_unique<BackEnd>()) {}

Translator::~Translator() = default;

std::unique_ptr<Translation> Translator::translate(const Instructions& instructions) {
    const std::vector<Instructions> runs = runs_of(instructions);
    if (runs.empty() || !back_end_)
        return nullptr;
    return settings_.mode == Translate::check ? back_end_->translate_checked(runs)
                                              : back_end_->translate(runs);
}

}  // namespace flexv::core::translation
