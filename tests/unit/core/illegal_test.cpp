// SPDX-License-Identifier: Apache-2.0
// What is said of instructions that the core has not. Words are those of GNU as 2.40.
#include "core/decode/illegal.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using Catch::Matchers::Contains;
using core::explain_illegal;

namespace {

std::string explained(u32 word, const char* subset = "flexv", isa::Mode mode = isa::Mode::legacy) {
    return explain_illegal(word, mode, isa::isa_subset(subset).value(), "core.isa = x");
}

}  // namespace

TEST_CASE("instructions of the F and D extensions are called floating-point", "[illegal]") {
    const u32 word = GENERATE(0x0005'2507U,  // flw fa0, 0(a0)
                              0x00a5'2027U,  // fsw fa0, 0(a0)
                              0x00b5'7553U,  // fadd.s fa0, fa0, fa1
                              0x60b5'7543U,  // fmadd.s fa0, fa0, fa1, fa2
                              0x6108U,       // c.flw fa0, 0(a0)
                              0xe108U,       // c.fsw fa0, 0(a0)
                              0x6502U,       // c.flwsp fa0, 0
                              0xe02aU);      // c.fswsp fa0, 0
    CHECK_THAT(explained(word), Contains("floating-point") && Contains("-mabi=ilp32"));
}

TEST_CASE("instructions of the A extension are called atomic", "[illegal]") {
    const u32 word = GENERATE(0x00b5'252fU,   // amoadd.w a0, a1, (a0)
                              0x1005'252fU,   // lr.w a0, (a0)
                              0x18b5'252fU);  // sc.w a0, a1, (a0)
    CHECK_THAT(explained(word), Contains("atomic"));
}

TEST_CASE("instructions of RV64 are called so", "[illegal]") {
    const u32 word = GENERATE(0x0005'3503U,   // ld a0, 0(a0)
                              0x00a5'3023U,   // sd a0, 0(a0)
                              0x0015'051bU);  // addiw a0, a0, 1
    CHECK_THAT(explained(word), Contains("RV64"));
}

TEST_CASE("an instruction that the subset leaves out names its ISA and the setting", "[illegal]") {
    const u32 abs = 0x0405'8533;  // p.abs a0, a1

    CHECK(explained(abs, "rv32imc") ==
          ": p.abs is of the ISA \"xpulpv2\" on, and this core is restricted by core.isa = x");
}

TEST_CASE("an instruction of the other SIMD mode is called so", "[illegal]") {
    CHECK_THAT(explained(0xe000'7577), Contains("other SIMD mode"));  // pv.mlsdotup.v
}

TEST_CASE("nothing is said of words that nobody knows", "[illegal]") {
    CHECK(explained(0xffff'ffff).empty());
    CHECK(explained(0).empty());
}

TEST_CASE("a semihosting call has its two markers", "[illegal]") {
    CHECK(core::is_semihosting(0x01f0'1013, 0x4070'5013));
    CHECK_FALSE(core::is_semihosting(0x01f0'1013, std::nullopt));
    CHECK_FALSE(core::is_semihosting(0x13, 0x4070'5013));
}
