// SPDX-License-Identifier: Apache-2.0
// Results of the unmodified RTL for single instructions, and the Mac&Load walk-through. Source: the
// ISA specification's section 16, which lists outputs of a cycle-accurate simulation of the Flex-V
// RTL.
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace flexv::test {
namespace {

constexpr int kLegacy = -1;

/// rs1 = x10, rs2 = x11, rd = x12 in every encoding; CSR 0x00F = 1.
struct Vector {
    const char* name;
    int format;        ///< CSR 0x00D in status mode, or kLegacy
    u32 slice_before;  ///< CSR 0x00E; 0 where it does not matter
    u32 slice_after;
    u32 word;
    u32 rs1;
    u32 rs2;
    u32 rd;  ///< after the instruction; 0x11223344 before
};

// clang-format off
constexpr Vector kVectors[] = {
    {"p.abs", kLegacy, 0, 0, 0x04050633, 0x80000005, 0x76543210, 0x7ffffffb},
    {"p.clip", kLegacy, 0, 0, 0x14851633, 0xffffff00, 0x76543210, 0xffffff80},
    {"p.clipu", kLegacy, 0, 0, 0x14852633, 0x0000012c, 0x76543210, 0x0000007f},
    {"p.clipr", kLegacy, 0, 0, 0x14b55633, 0x50000000, 0x60000000, 0x9fffffff},
    {"p.clipur", kLegacy, 0, 0, 0x14b56633, 0x50000000, 0x60000000, 0x9fffffff},
    {"p.clipr", kLegacy, 0, 0, 0x14b55633, 0x00000090, 0x0000007f, 0x0000007f},
    {"p.extract", kLegacy, 0, 0, 0xd6450633, 0x89abcdef, 0x76543210, 0xfffffcde},
    {"p.extract", kLegacy, 0, 0, 0xdf850633, 0x89abcdef, 0x76543210, 0xffffff89},
    {"p.extractu", kLegacy, 0, 0, 0xdf851633, 0x89abcdef, 0x76543210, 0x00000089},
    {"p.insert", kLegacy, 0, 0, 0xce852633, 0x89abcdef, 0x76543210, 0x1122ef44},
    {"p.bset", kLegacy, 0, 0, 0xcfc54633, 0x89abcdef, 0x76543210, 0xf9abcdef},
    {"p.bitrev", kLegacy, 0, 0, 0xc0455633, 0x89abcdef, 0x76543210, 0x0f7b3d59},
    {"p.bitrev", kLegacy, 0, 0, 0xc2255633, 0x89abcdef, 0x76543210, 0x3edcfa98},
    {"p.bitrev", kLegacy, 0, 0, 0xc4055633, 0x89abcdef, 0x76543210, 0x1fa7d4d4},
    {"p.clb", kLegacy, 0, 0, 0x10052633, 0x00012345, 0x76543210, 0x0000000e},
    {"p.fl1", kLegacy, 0, 0, 0x10051633, 0x00000000, 0x76543210, 0x00000020},
    {"p.mulsrn", kLegacy, 0, 0, 0x88b5465b, 0x89abcdef, 0x76543210, 0xff6358cf},
    {"p.macun", kLegacy, 0, 0, 0x06b5165b, 0x89abcdef, 0x76543210, 0x072cf806},
    {"p.machhsrn", kLegacy, 0, 0, 0xceb5565b, 0x89abcdef, 0x76543210, 0xffb4e063},
    {"p.addurn", kLegacy, 0, 0, 0x84b5665b, 0x89abcdef, 0x76543210, 0x00000000},
    {"p.subrnr", kLegacy, 0, 0, 0x40b5765b, 0x89abcdef, 0x00000005, 0xfc3bb32b},
    {"pv.avg.h", kLegacy, 0, 0, 0x10b50657, 0x89abcdef, 0x76543210, 0xffffffff},
    {"pv.avgu.b", kLegacy, 0, 0, 0x18b51657, 0x89abcdef, 0x76543210, 0x7f7f7f7f},
    {"pv.sra.sci.b", kLegacy, 0, 0, 0x4a157657, 0x89abcdef, 0x76543210, 0xf1f5f9fd},
    {"pv.shuffle2.b", kLegacy, 0, 0, 0xc8b51657, 0x89abcdef, 0x07010400, 0x8933ef44},
    {"pv.packlo.b", kLegacy, 0, 0, 0xe0b51657, 0x89abcdef, 0x76543210, 0x1122ef10},
    {"pv.sdotusp.b", kLegacy, 0, 0, 0xa8b51657, 0x89abcdef, 0x76543210, 0x1122e180},
    {"pv.dotsp.sc.h", kLegacy, 0, 0, 0x98b54657, 0x89abcdef, 0x76543210, 0xdf118da0},
    {"pv.cmpge.sci.h", kLegacy, 0, 0, 0x1ff56657, 0xfff00005, 0x76543210, 0x0000ffff},
    {"pv.cplxmul.h.r.div2", kLegacy, 0, 0, 0x54b52657, 0x89abcdef, 0x76543210, 0x11222ce7},
    {"pv.cplxmul.h.i", kLegacy, 0, 0, 0x56b50657, 0x89abcdef, 0x76543210, 0xa36f3344},
    {"pv.subrotmj.h.div2", kLegacy, 0, 0, 0x6cb52657, 0x89abcdef, 0x76543210, 0x321009ab},
    {"pv.add.v", 3, 0, 0, 0x00b50657, 0x89abcdef, 0x76543210, 0xffffffff},
    {"pv.sra.v", 3, 0, 0, 0x48b50657, 0x89abcdef, 0x11111111, 0xccddeeff},
    {"pv.avg.v", 3, 0, 0, 0x10b50657, 0x89abcdef, 0x76543210, 0xffffffff},
    {"pv.avgu.v", 3, 0, 0, 0x18b50657, 0x89abcdef, 0x76543210, 0x77777777},
    {"pv.cmpge.v", 3, 0, 0, 0x1cb50657, 0x89abcdef, 0x89ab0000, 0x33330000},
    {"pv.add.v", 4, 0, 0, 0x00b50657, 0x89abcdef, 0x76543210, 0xffffffff},
    {"pv.dotsp.v", 3, 0, 0, 0x98b50657, 0x89abcdef, 0x76543210, 0xffffff58},
    {"pv.sdotup.v", 4, 0, 0, 0xa0b50657, 0x89abcdef, 0x76543210, 0x11223354},
    {"pv.max.sc.v", 4, 0, 0, 0x30b54657, 0x89abcdef, 0x00000001, 0x55555555},
    {"pv.add.v", 8, 0, 0, 0x00b50657, 0x89abcdef, 0x76543210, 0xffffffff},
    {"pv.sdotusp.v", 5, 1, 0, 0xa8b50657, 0x89abcdef, 0x76543210, 0x1122335e},
    {"pv.dotsp.v", 5, 0, 1, 0x98b50657, 0x89abcdef, 0x76543210, 0x0000000e},
    {"pv.sdotusp.v", 6, 3, 0, 0xa8b50657, 0x89abcdef, 0x76543210, 0x11223211},
    {"pv.dotsp.v", 6, 0, 1, 0x98b50657, 0x89abcdef, 0x76543210, 0xffffffab},
    {"pv.sdotusp.v", 7, 7, 0, 0xa8b50657, 0x89abcdef, 0x76543210, 0x1121ef00},
    {"pv.dotsp.v", 7, 0, 1, 0x98b50657, 0x89abcdef, 0x76543210, 0x00000000},
    {"pv.sdotusp.v", 8, 1, 0, 0xa8b50657, 0x89abcdef, 0x76543210, 0x112242c2},
    {"pv.dotsp.v", 8, 0, 1, 0x98b50657, 0x89abcdef, 0x76543210, 0xfffffdbe},
    {"pv.sdotusp.v", 9, 3, 0, 0xa8b50657, 0x89abcdef, 0x76543210, 0x112aca8b},
    {"pv.dotsp.v", 9, 0, 1, 0x98b50657, 0x89abcdef, 0x76543210, 0xffff89ab},
    {"pv.sdotusp.v", 10, 1, 0, 0xa8b50657, 0x89abcdef, 0x76543210, 0x11a53a82},
    {"pv.dotsp.v", 10, 0, 1, 0x98b50657, 0x89abcdef, 0x76543210, 0xffe5c256},
    {"pv.dotsp.sc.v", 8, 1, 0, 0x98b54657, 0x89abcdef, 0x76543210, 0xfffffdbe},
    {"pv.extract.v", 3, 0, 0, 0x7a056657, 0x89abcdef, 0x76543210, 0xffffefef},
};
// clang-format on

}  // namespace

TEST_CASE("instructions give the results of the RTL", "[isa][vectors]") {
    for (const Vector& vector : kVectors) {
        INFO(fmt::format("{} {:08x}", vector.name, vector.word));
        Machine machine;
        machine.hart.simd_legacy = vector.format == kLegacy;
        machine.hart.simd_format = vector.format == kLegacy ? 0 : u32(vector.format);
        machine.hart.mixed_slice = vector.slice_before;
        machine.hart.mixed_skip = 1;
        machine.x(10) = vector.rs1;
        machine.x(11) = vector.rs2;
        machine.x(12) = 0x11223344;

        machine.run(vector.word);

        CHECK(fmt::format("{:08x}", machine.x(12)) == fmt::format("{:08x}", vector.rd));
        CHECK(machine.hart.mixed_slice == vector.slice_after);
    }
}

TEST_CASE("the vectors are decoded as the instructions that they are named after",
          "[isa][vectors]") {
    for (const Vector& vector : kVectors) {
        const Mode mode = vector.format == kLegacy ? Mode::legacy : Mode::status;
        const isa::Instruction* row = Machine::decoder().find(vector.word, mode);
        REQUIRE(row != nullptr);
        CHECK(row->name == vector.name);
    }
}

TEST_CASE("an 8x4 Mac&Load walks through the slices of a weight word", "[isa][vectors]") {
    Machine machine;
    machine.use_format(isa::Format::b_n);
    machine.hart.mixed_skip = 1;
    machine.hart.activations = {.address = 0x100, .stride = 4, .rollback = ~u32{3}, .skip = 1};
    machine.hart.weights = {.address = 0x200};
    machine.memory.store(0x100, 4, 0x04030201);
    machine.memory.store(0x104, 4, 0x08070605);
    machine.memory.store(0x200, 4, 0x76543210);

    machine.run("pv.mlsdotup.v x0, x0, 16");  // W0
    machine.run("pv.mlsdotup.v x0, x0, 8");   // A0
    machine.run("pv.mlsdotup.v a2, x0, 8");   // A0 again, behind the product

    CHECK(machine.x(a2) == 20);
    CHECK(machine.hart.nn_activations[0] == 0x08070605);
    CHECK(machine.hart.activations.address == 0x100);
    CHECK(machine.hart.mixed_slice == 1);

    machine.run("pv.mlsdotup.v a2, x0, 0");

    CHECK(machine.x(a2) == 168);
    CHECK(machine.hart.mixed_slice == 0);
}

}  // namespace flexv::test
