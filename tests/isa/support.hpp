// SPDX-License-Identifier: Apache-2.0
// A hart with a small memory, and one-line programs: what the tests of rows need.
#pragma once

#include "isa/decoder.hpp"
#include "isa/hart.hpp"
#include "isa/tools/assembler.hpp"

#include <array>
#include <cstdlib>
#include <map>
#include <random>
#include <string_view>

namespace flexv::test {

using isa::Hart;
using isa::Mode;

/// 4 KiB that repeat through the address space, bytes in any alignment.
class TestMemory final : public isa::Bus {
public:
    u32 load(Address address, unsigned bytes) override {
        u32 value = 0;
        for (unsigned i = 0; i < bytes; ++i)
            value |= u32{at(address + i)} << (8 * i);
        return value;
    }
    void store(Address address, unsigned bytes, u32 value) override {
        for (unsigned i = 0; i < bytes; ++i)
            at(address + i) = u8(value >> (8 * i));
    }

private:
    u8& at(Address address) { return bytes_[address % bytes_.size()]; }
    std::array<u8, 4096> bytes_{};
};

/// Registers without any meaning: what was written is read.
class TestCsrs final : public isa::CsrAccess {
public:
    u32 read(unsigned number) override { return values[number]; }
    void write(unsigned number, u32 value) override {
        values[number] = value;
        ++writes;
    }

    std::map<unsigned, u32> values;
    unsigned writes = 0;
};

/// Register numbers of the calling convention, for tests that read like assembly.
enum Abi : unsigned { zero, ra, sp, a0 = 10, a1, a2, a3 };

struct Machine {
    TestMemory memory;
    TestCsrs csrs;
    Hart hart;

    Machine() {
        hart.bus = &memory;
        hart.csrs = &csrs;
        hart.pc = 0x1c008000;
    }
    Machine(const Machine&) = delete;
    Machine& operator=(const Machine&) = delete;

    u32& x(unsigned number) { return hart.x[number]; }

    /// Puts the core into status mode with this format.
    void use_format(isa::Format format) {
        hart.simd_legacy = false;
        hart.simd_format = u32(format);
    }
    /// One step as the core does it, without hardware loops and traps.
    void run(u32 word) {
        const Mode mode = hart.simd_legacy ? Mode::legacy : Mode::status;
        const isa::Instruction* row = decoder().find(word, mode);
        if (row == nullptr)
            throw isa::Trap{isa::Cause::illegal_instruction, word};
        const isa::Operands op = isa::operands_of(*row, word);
        hart.next_pc = hart.pc + op.size;
        row->execute(hart, op);
        hart.x[0] = 0;
    }
    void run(std::string_view line) { run(isa::assemble(line, hart.pc)); }

    static const isa::Decoder& decoder() {
        static const isa::Decoder instance(*isa::isa_subset("flexv"));
        return instance;
    }
};

/// FLEXV_SEED repeats a run; the seed belongs into the test's INFO.
inline u32 random_seed() {
    const char* seed = std::getenv("FLEXV_SEED");
    return seed != nullptr ? u32(std::strtoul(seed, nullptr, 0)) : std::random_device{}();
}

}  // namespace flexv::test
