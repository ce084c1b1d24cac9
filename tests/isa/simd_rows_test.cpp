// SPDX-License-Identifier: Apache-2.0
// SIMD rows on values worked out by hand from the ISA specification, sections 10 and 11; the same
// rows on random operands are in semantics_test.cpp.
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <string>

namespace flexv::test {
namespace {

u32 run_simd(const std::string& name, u32 a, u32 b, int format) {
    Machine machine;
    if (format != 0)
        machine.use_format(isa::Format(format));
    machine.x(a1) = a;
    machine.x(a2) = b;
    machine.run(name + " a0, a1, a2");
    return machine.x(a0);
}

}  // namespace

TEST_CASE("narrow lanes deviate from the ideal as the RTL does", "[isa][simd]") {
    // Section 11.1, by hand. Shifts and averages fill with bit 31 of the whole shifter input.
    CHECK(run_simd("pv.sra.v", 0x00000008, 0x11111111, 3) == 0x00000004);
    CHECK(run_simd("pv.sra.v", 0x80000000, 0x11111111, 3) == 0xc8888888);
    CHECK(run_simd("pv.sra.v", 0x80000000, 0x55555555, 4) == 0xeaaaaaaa);
    CHECK(run_simd("pv.avg.v", 0x00000008, 0x00000000, 3) == 0x00000004);
    // Equality of a nibble covers its low two bits, equality of the words the high two.
    CHECK(run_simd("pv.cmpeq.v", 0x12345678, 0x12345678, 3) == 0xffffffff);
    CHECK(run_simd("pv.cmpeq.v", 0x12345678, 0x12345670, 3) == 0x33333330);
    CHECK(run_simd("pv.cmpne.v", 0x12345678, 0x12345670, 3) == 0xccccccCF);
    CHECK(run_simd("pv.cmpge.v", 0x00000010, 0x00000000, 3) == 0x333333f3);
    CHECK(run_simd("pv.cmpltu.v", 0x00000000, 0x00000010, 3) == 0xccccccfc);
    // The carry out of 2-bit lane 12 reaches lane 13.
    CHECK(run_simd("pv.add.v", 0x03000000, 0x01000000, 4) == 0x04000000);
    CHECK(run_simd("pv.add.v", 0x0f000000, 0x01000000, 4) == 0x00000000);
    CHECK(run_simd("pv.add.v", 0x0c000000, 0x04000000, 4) == 0x00000000);
    CHECK(run_simd("pv.avgu.v", 0x07000000, 0x05000000, 4) == 0x04000000);
}

TEST_CASE("other formats work on the register as one lane", "[isa][simd]") {
    // Section 11.3: formats 0, 11..15 and, outside dot products, the mixed ones.
    for (const int format : {5, 8, 10, 11, 15}) {
        CHECK(run_simd("pv.add.v", 0x0000ffff, 0x00000001, format) == 0x00010000);
        CHECK(run_simd("pv.avg.v", 0x80000000, 0x00000000, format) == 0xc0000000);
        CHECK(run_simd("pv.avgu.v", 0x80000000, 0x00000000, format) == 0x40000000);
        CHECK(run_simd("pv.sll.v", 0x00000001, 0x0000003f, format) == 0x80000000);
        CHECK(run_simd("pv.add.sc.v", 0x00000000, 0x56781234, format) == 0x12341234);
        CHECK(run_simd("pv.cmpeq.v", 0x00010000, 0x00010000, format) == 0xffffffff);
        CHECK(run_simd("pv.shuffle.v", 0x12345678, 0x03020100, format) == 0x78787878);
        CHECK(run_simd("pv.pack.v", 0x12345678, 0x9abcdef0, format) == 0x7878f0f0);
    }
}

TEST_CASE("packs see a scalar in the lanes of the format, narrow ones too", "[isa][simd]") {
    // Section 11.1; until semantics_test.cpp found it, the low halfword was taken twice.
    CHECK(run_simd("pv.pack.sc.v", 0x12345678, 0x9abcdef7, 3) == 0x78787777);
    CHECK(run_simd("pv.pack.sc.v", 0x12345678, 0x9abcdef6, 4) == 0x7878aaaa);
    CHECK(run_simd("pv.pack.sc.v", 0x12345678, 0x9abcdef6, 5) == 0x7878f6f6);
}

TEST_CASE("dot products are counted by lanes", "[isa][simd]") {
    for (const auto& [format, lanes, is_mixed] :
         {std::tuple{1, 2, 0}, {2, 4, 0}, {3, 8, 0}, {4, 16, 0}, {5, 8, 1}, {7, 2, 1}, {8, 4, 1}}) {
        Machine machine;
        machine.use_format(isa::Format(format));
        machine.run("pv.sdotsp.v a0, a1, a2");
        CHECK(machine.hart.macs == u64(lanes));
        CHECK(machine.hart.mixed_dot_products == u64(is_mixed));
    }
}

TEST_CASE("a mixed scalar operand repeats its low halfword before it is sliced", "[isa][simd]") {
    Machine machine;
    machine.use_format(isa::Format::b_n);
    machine.hart.mixed_slice = 1;
    machine.x(a1) = 0x01010101;
    machine.x(a2) = 0xffff4321;

    machine.run("pv.dotup.sc.v a0, a1, a2");

    CHECK(machine.x(a0) == 4 + 3 + 2 + 1);
}

TEST_CASE("a slice beyond the weight word is 0", "[isa][simd]") {
    Machine machine;
    machine.use_format(isa::Format::n_c);
    machine.hart.mixed_slice = 7;
    machine.x(a0) = 5;
    machine.x(a1) = ~u32{0};
    machine.x(a2) = ~u32{0};

    machine.run("pv.sdotup.v a0, a1, a2");

    CHECK(machine.x(a0) == 5);
    CHECK(machine.hart.mixed_slice == 0);
}

TEST_CASE("legacy dot products move the slice of a mixed CSR format", "[isa][simd]") {
    // Section 11.2: the counter runs in legacy mode too [S].
    Machine machine;
    machine.hart.simd_format = u32(isa::Format::b_c);
    machine.hart.mixed_skip = 2;

    for (unsigned i = 0; i < 6; ++i)
        machine.run("pv.dotup.b a0, a1, a2");

    CHECK(machine.hart.mixed_slice == 3);
}

TEST_CASE("complex multiplication keeps the other half of its destination", "[isa][simd]") {
    Machine machine;
    machine.x(a0) = 0x11223344;
    machine.x(a1) = 0x40002000;  // 0.25 + 0.5j
    machine.x(a2) = 0x20004000;  // 0.5 + 0.25j

    machine.run("pv.cplxmul.h.r a0, a1, a2");
    CHECK(machine.x(a0) == 0x11220000);
    machine.run("pv.cplxmul.h.i a0, a1, a2");
    CHECK(machine.x(a0) == 0x28000000);  // 0.3125j
    CHECK(machine.hart.macs == 4);

    machine.run("pv.cplxconj.h a0, a1");
    CHECK(machine.x(a0) == 0xc0002000);
    machine.run("pv.add.h.div2 a0, a1, a2");
    CHECK(machine.x(a0) == 0x30003000);
    machine.run("pv.sub.h.div4 a0, a1, a2");
    CHECK(machine.x(a0) == 0x0800f800);
    machine.run("pv.subrotmj.h a0, a1, a2");
    CHECK(machine.x(a0) == 0x20002000);
}

TEST_CASE("permuting instructions move lanes", "[isa][simd]") {
    const auto result = [](const char* line) {
        Machine machine;
        machine.x(a0) = 0x11223344;
        machine.x(a1) = 0x89abcdef;
        machine.x(a2) = 0x07010400;
        machine.run(line);
        return fmt::format("{:08x}", machine.x(a0));
    };

    CHECK(result("pv.extract.h a0, a1, 1") == "ffff89ab");
    CHECK(result("pv.extractu.b a0, a1, 2") == "000000ab");
    CHECK(result("pv.insert.b a0, a1, 3") == "ef223344");
    CHECK(result("pv.insert.h a0, a1, 0") == "1122cdef");
    CHECK(result("pv.shuffle.b a0, a1, a2") == "89cdefef");
    CHECK(result("pv.shuffle.h a0, a1, a2") == "89abcdef");
    CHECK(result("pv.shuffle.sci.h a0, a1, 1") == "cdef89ab");
    CHECK(result("pv.shufflei2.sci.b a0, a1, 27") == "abcdab89");  // K = 2, then 1, 2, 3
    CHECK(result("pv.shuffle2.h a0, a1, a2") == "11223344");
    CHECK(result("pv.pack.h a0, a1, a2") == "cdef0400");
    CHECK(result("pv.packh.h a0, a1, a2") == "89ab0701");
    CHECK(result("pv.packhi.b a0, a1, a2") == "ef003344");
    CHECK(result("pv.packlo.b a0, a1, a2") == "1122ef00");
    CHECK(result("pv.pack.b a0, a1, a2") == "0000ef00");
    CHECK(result("pv.packh.sci.h a0, a1, 2") == "89ab0003");  // bit 25 is the lowest bit of 3
}

}  // namespace flexv::test
