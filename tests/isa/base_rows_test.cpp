// SPDX-License-Identifier: Apache-2.0
// RV32IMC, CSR and machine-mode rows on edge values. Expected numbers: RISC-V unprivileged
// specification 20191213 (chapters 2, 7, 16), and docs/spec/isa.md sections 3 and 5 where Flex-V
// differs.
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace flexv::test {
namespace {

/// `line` computes a0 from a1 and a2.
struct Case {
    const char* line;
    u32 a1;
    u32 a2;
    u32 result;
};

// clang-format off
constexpr Case kArithmetic[] = {
    {"add a0, a1, a2",    0xffffffff, 0x00000001, 0x00000000},
    {"sub a0, a1, a2",    0x00000000, 0x00000001, 0xffffffff},
    {"sll a0, a1, a2",    0x00000001, 0x0000003f, 0x80000000},
    {"srl a0, a1, a2",    0x80000000, 0x0000001f, 0x00000001},
    {"sra a0, a1, a2",    0x80000000, 0xffffffff, 0xffffffff},
    {"slt a0, a1, a2",    0x80000000, 0x7fffffff, 0x00000001},
    {"slt a0, a1, a2",    0x00000001, 0x00000001, 0x00000000},
    {"sltu a0, a1, a2",   0x80000000, 0x7fffffff, 0x00000000},
    {"xor a0, a1, a2",    0xf0f0f0f0, 0xffff0000, 0x0f0ff0f0},
    {"or a0, a1, a2",     0xf0f00000, 0x0000f0f0, 0xf0f0f0f0},
    {"and a0, a1, a2",    0xf0f0f0f0, 0xffff0000, 0xf0f00000},
    {"addi a0, a1, -1",   0x00000000, 0,          0xffffffff},
    {"slti a0, a1, -1",   0xfffffffe, 0,          0x00000001},
    {"sltiu a0, a1, -1",  0xfffffffe, 0,          0x00000001},
    {"sltiu a0, a1, 1",   0x00000000, 0,          0x00000001},
    {"xori a0, a1, -1",   0x12345678, 0,          0xedcba987},
    {"ori a0, a1, -2048", 0x00000001, 0,          0xfffff801},
    {"andi a0, a1, 2047", 0xffffffff, 0,          0x000007ff},
    {"slli a0, a1, 31",   0x00000003, 0,          0x80000000},
    {"srli a0, a1, 31",   0x80000000, 0,          0x00000001},
    {"srai a0, a1, 31",   0x80000000, 0,          0xffffffff},
    {"lui a0, 0xfffff",   0,          0,          0xfffff000},
    {"auipc a0, 0x1",     0,          0,          0x1c009000},

    {"mul a0, a1, a2",    0xffffffff, 0xffffffff, 0x00000001},
    {"mulh a0, a1, a2",   0x80000000, 0x80000000, 0x40000000},
    {"mulh a0, a1, a2",   0xffffffff, 0x00000001, 0xffffffff},
    {"mulhu a0, a1, a2",  0xffffffff, 0xffffffff, 0xfffffffe},
    {"mulhsu a0, a1, a2", 0xffffffff, 0xffffffff, 0xffffffff},
    {"mulhsu a0, a1, a2", 0x80000000, 0xffffffff, 0x80000000},
    {"div a0, a1, a2",    0xfffffff9, 0x00000002, 0xfffffffd},
    {"div a0, a1, a2",    0x80000000, 0xffffffff, 0x80000000},
    {"div a0, a1, a2",    0x00000007, 0x00000000, 0xffffffff},
    {"divu a0, a1, a2",   0xfffffff9, 0x00000002, 0x7ffffffc},
    {"divu a0, a1, a2",   0x00000007, 0x00000000, 0xffffffff},
    {"rem a0, a1, a2",    0xfffffff9, 0x00000002, 0xffffffff},
    {"rem a0, a1, a2",    0x80000000, 0xffffffff, 0x00000000},
    {"rem a0, a1, a2",    0xfffffff9, 0x00000000, 0xfffffff9},
    {"remu a0, a1, a2",   0xfffffff9, 0x00000002, 0x00000001},
    {"remu a0, a1, a2",   0x00000007, 0x00000000, 0x00000007},

    {"c.li a0, -32",      0,          0,          0xffffffe0},
    {"c.lui a0, 0xfffff", 0,          0,          0xfffff000},
    {"c.mv a0, a2",       0,          0x12345678, 0x12345678},
};

/// Compressed two-operand forms: a0 is a source too.
constexpr Case kCompressed[] = {
    {"c.addi a0, -1",     0x00000000, 0,          0xffffffff},
    {"c.add a0, a2",      0x00000001, 0x00000002, 0x00000003},
    {"c.sub a0, a2",      0x00000001, 0x00000002, 0xffffffff},
    {"c.xor a0, a2",      0x0000ffff, 0x00ff00ff, 0x00ffff00},
    {"c.or a0, a2",       0x0000ffff, 0x00ff00ff, 0x00ffffff},
    {"c.and a0, a2",      0x0000ffff, 0x00ff00ff, 0x000000ff},
    {"c.andi a0, -4",     0x0000000f, 0,          0x0000000c},
    {"c.slli a0, 31",     0x00000001, 0,          0x80000000},
    {"c.srli a0, 31",     0x80000000, 0,          0x00000001},
    {"c.srai a0, 31",     0x80000000, 0,          0xffffffff},
};

struct Branch {
    const char* mnemonic;
    u32 rs1;
    u32 rs2;
    bool taken;
};
constexpr Branch kBranches[] = {
    {"beq", 1, 1, true},   {"beq", 1, 2, false},
    {"bne", 1, 2, true},   {"bne", 1, 1, false},
    {"blt", ~0U, 0, true}, {"blt", 0, ~0U, false},  {"blt", 1, 1, false},
    {"bge", 0, ~0U, true}, {"bge", 1, 1, true},     {"bge", ~0U, 0, false},
    {"bltu", 0, ~0U, true}, {"bltu", ~0U, 0, false},
    {"bgeu", ~0U, 0, true}, {"bgeu", 1, 1, true},   {"bgeu", 0, ~0U, false},
};
// clang-format on

}  // namespace

TEST_CASE("base arithmetic is right at its edges", "[isa][base]") {
    for (const Case& c : kArithmetic) {
        INFO(fmt::format("{} with {:#x}, {:#x}", c.line, c.a1, c.a2));
        Machine machine;
        machine.x(a1) = c.a1;
        machine.x(a2) = c.a2;

        machine.run(c.line);

        CHECK(fmt::format("{:08x}", machine.x(a0)) == fmt::format("{:08x}", c.result));
    }
}

TEST_CASE("compressed arithmetic works on its destination", "[isa][base]") {
    for (const Case& c : kCompressed) {
        INFO(c.line);
        Machine machine;
        machine.x(a0) = c.a1;
        machine.x(a2) = c.a2;

        machine.run(c.line);

        CHECK(fmt::format("{:08x}", machine.x(a0)) == fmt::format("{:08x}", c.result));
    }
}

TEST_CASE("stack-pointer forms add to x2", "[isa][base]") {
    Machine machine;
    machine.x(sp) = 0x1000;
    machine.memory.store(0x1008, 4, 0xcafef00d);

    machine.run("c.addi16sp sp, -64");
    CHECK(machine.x(sp) == 0xfc0);
    machine.run("c.addi4spn a0, sp, 72");
    CHECK(machine.x(a0) == 0x1008);
    machine.run("c.lwsp a1, 72(sp)");
    CHECK(machine.x(a1) == 0xcafef00d);
    machine.run("c.swsp a1, 4(sp)");
    CHECK(machine.memory.load(0xfc4, 4) == 0xcafef00d);
}

TEST_CASE("a branch goes to pc plus its offset when its condition holds", "[isa][base]") {
    for (const Branch& branch : kBranches) {
        INFO(fmt::format("{} {:#x}, {:#x}", branch.mnemonic, branch.rs1, branch.rs2));
        Machine machine;
        machine.x(a1) = branch.rs1;
        machine.x(a2) = branch.rs2;

        machine.run(fmt::format("{} a1, a2, 0x1c007000", branch.mnemonic));

        CHECK(machine.hart.next_pc == (branch.taken ? 0x1c007000 : 0x1c008004));
    }
}

TEST_CASE("compressed branches compare with x0", "[isa][base]") {
    Machine machine;
    machine.run("c.beqz a0, 0x1c008010");
    CHECK(machine.hart.next_pc == 0x1c008010);
    machine.run("c.bnez a0, 0x1c008010");
    CHECK(machine.hart.next_pc == 0x1c008002);
}

TEST_CASE("jumps link the address behind them", "[isa][base]") {
    Machine machine;
    machine.run("jal ra, 0x1c000000");
    CHECK(machine.hart.next_pc == 0x1c000000);
    CHECK(machine.x(ra) == 0x1c008004);

    machine.run("c.jal 0x1c008100");
    CHECK(machine.hart.next_pc == 0x1c008100);
    CHECK(machine.x(ra) == 0x1c008002);
}

TEST_CASE("jalr reads its base before it links and clears bit 0", "[isa][base]") {
    Machine machine;
    machine.x(ra) = 0x1c000101;

    machine.run("jalr ra, 2(ra)");

    CHECK(machine.hart.next_pc == 0x1c000102);
    CHECK(machine.x(ra) == 0x1c008004);
}

TEST_CASE("c.jr through x0 jumps to 0", "[isa][base]") {  // legal in the RTL, unlike the standard
    Machine machine;

    machine.run("c.jr x0");

    CHECK(machine.hart.next_pc == 0);
}

TEST_CASE("loads extend and stores cut to their width, at any alignment", "[isa][base]") {
    Machine machine;
    machine.memory.store(0x100, 4, 0x8081fe7f);
    machine.x(a1) = 0x200;
    const auto loaded = [&](const char* line) {
        machine.run(line);
        return machine.x(a0);
    };

    CHECK(loaded("lb a0, -256(a1)") == 0x7f);
    CHECK(loaded("lb a0, -255(a1)") == 0xfffffffe);
    CHECK(loaded("lbu a0, -255(a1)") == 0xfe);
    CHECK(loaded("lh a0, -254(a1)") == 0xffff8081);
    CHECK(loaded("lhu a0, -255(a1)") == 0x81fe);
    CHECK(loaded("lw a0, -256(a1)") == 0x8081fe7f);

    machine.x(a0) = 0x11223344;
    machine.run("sb a0, 1(a1)");
    machine.run("sh a0, 7(a1)");
    machine.run("sw a0, 13(a1)");
    CHECK(machine.memory.load(0x200, 4) == 0x00004400);
    CHECK(machine.memory.load(0x206, 4) == 0x00334400);
    CHECK(machine.memory.load(0x20d, 4) == 0x11223344);
}

TEST_CASE("a direct window and the bus see the same memory", "[isa][base]") {
    Machine machine;
    std::array<std::byte, 64> storage{};
    machine.hart.window = {storage.data(), ~u32{63}, 0x10000000, 63};
    machine.x(a1) = 0x10000000;
    machine.x(a2) = 0xcafef00d;

    machine.run("sw a2, 8(a1)");
    machine.run("lhu a0, 10(a1)");

    CHECK(machine.x(a0) == 0xcafe);
    CHECK(machine.memory.load(0x10000008, 4) == 0);
}

TEST_CASE("CSR instructions return the old value and always write", "[isa][base]") {
    Machine machine;
    machine.csrs.values[0x340] = 0xf0;
    machine.x(a1) = 0x3c;

    machine.run("csrrs a0, mscratch, a1");
    CHECK(machine.x(a0) == 0xf0);
    CHECK(machine.csrs.values[0x340] == 0xfc);
    machine.run("csrrc a0, mscratch, a1");
    CHECK(machine.csrs.values[0x340] == 0xc0);
    machine.run("csrrw a1, mscratch, a1");
    CHECK(machine.x(a1) == 0xc0);
    CHECK(machine.csrs.values[0x340] == 0x3c);
    machine.run("csrrwi zero, mscratch, 31");
    CHECK(machine.csrs.values[0x340] == 31);
    machine.run("csrrci zero, mscratch, 1");
    machine.run("csrrsi zero, mscratch, 0");
    CHECK(machine.csrs.values[0x340] == 30);
    CHECK(machine.csrs.writes == 6);
}

TEST_CASE("ecall, ebreak and c.ebreak trap before they change anything", "[isa][base]") {
    const auto cause_of = [](const char* line) {
        Machine machine;
        try {
            machine.run(line);
        } catch (const isa::Trap& trap) {
            return trap.cause;
        }
        return isa::Cause{};
    };

    CHECK(cause_of("ecall") == isa::Cause::environment_call);
    CHECK(cause_of("ebreak") == isa::Cause::breakpoint);
    CHECK(cause_of("c.ebreak") == isa::Cause::breakpoint);
}

TEST_CASE("mret returns to mepc and restores the interrupt enable", "[isa][base]") {
    Machine machine;
    machine.hart.mepc = 0x1c000100;
    machine.hart.mpie = true;

    machine.run("mret");
    CHECK(machine.hart.next_pc == 0x1c000100);
    CHECK(machine.hart.mie);
    CHECK(machine.hart.mpie);

    machine.hart.mpie = false;
    machine.run("mret");
    CHECK_FALSE(machine.hart.mie);
    CHECK(machine.hart.mpie);
}

TEST_CASE("dret jumps to dpc, and uret, wfi and fences do nothing to the hart", "[isa][base]") {
    Machine machine;
    machine.csrs.values[0x7b1] = 0x1a110000;
    machine.run("dret");
    CHECK(machine.hart.next_pc == 0x1a110000);

    for (const char* line : {"uret", "wfi", "fence", "fence.i"}) {
        machine.run(line);
        CHECK(machine.hart.next_pc == 0x1c008004);
    }
}

TEST_CASE("multiplications are counted", "[isa][base]") {
    Machine machine;

    for (const char* line : {"mul a0, a1, a2", "mulhu a0, a1, a2", "p.mac a0, a1, a2",
                             "p.mulhhsrn a0, a1, a2, 3", "div a0, a1, a2"})
        machine.run(line);

    CHECK(machine.hart.macs == 4);
}

}  // namespace flexv::test
