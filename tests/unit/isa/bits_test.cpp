// SPDX-License-Identifier: Apache-2.0
// The parser of `.bits` strings, on strings that no row has. The same parser runs in the compiler.
#include "isa/encoding.hpp"
#include "isa/text.hpp"

#include <catch2/catch.hpp>

namespace flexv::isa {
namespace {

constexpr Encoding kPlain = parse_bits("0000010 rs2(0) rs1 00(1) rd 0110011");
static_assert(kPlain.match == 0x04001033);

}  // namespace

TEST_CASE("bits that are ignored are in the mask of tools only", "[isa][bits]") {
    CHECK(kPlain.mask == 0xfff0707f);
    CHECK(kPlain.hardware_mask == 0xfe00607f);
    CHECK(kPlain.hardware_match() == 0x04000033);
    CHECK(accepts(kPlain, 0x04000033 | 31U << 20));
    CHECK(decode_operands(kPlain, 0x04000033 | 31U << 20).rs2 == 31);
}

TEST_CASE("immediate slices are put together and extended", "[isa][bits]") {
    constexpr Encoding kBranch = parse_bits("imm[12|10:5] rs2 rs1 000 imm[4:1|11] 1100011");

    CHECK(decode_operands(kBranch, 0xfe000ee3).imm == -4);
    CHECK(decode_operands(kBranch, 0x00000463).imm == 8);
    CHECK(encode_operands(kBranch, {.imm = -4, .rd = 0}) == 0xfe000ee3);

    constexpr Encoding kUnsigned = parse_bits("uimm[11:0] uimm2[4:0] 000 rd 0001011");
    CHECK(decode_operands(kUnsigned, 0xffff800b).imm == 4095);
    CHECK(decode_operands(kUnsigned, 0xffff800b).imm2 == 31);
}

TEST_CASE("a compressed row delivers full register numbers", "[isa][bits]") {
    constexpr Encoding kRow = parse_bits("100 0 11 rd'/rs1' 00 rs2' 01; ");
    const Operands op = decode_operands(kRow, 0x8c05 | 1U << 7 | 7U << 2);

    CHECK(kRow.size == 2);
    CHECK(op.rd == 9);
    CHECK(op.rs1 == 9);
    CHECK(op.rs2 == 15);
}

TEST_CASE("fixed registers are part of the row", "[isa][bits]") {
    constexpr Encoding kRow = parse_bits("010 uimm[5] rd!0 uimm[4:2|7:6] 10; rs1=2");

    CHECK(decode_operands(kRow, 0x4512).rs1 == 2);
    CHECK(kRow.field(Field::rs1).present);
    CHECK_FALSE(kRow.field(Field::rs1).in_word);
    CHECK_FALSE(accepts(kRow, 0x4012));
}

TEST_CASE("excluded patterns do not belong to a row", "[isa][bits]") {
    constexpr Encoding kRow = parse_bits("0000000 uimm[4:0]!11--- rs1 000 rd 1110111");

    CHECK(accepts(kRow, 0x01000077));
    CHECK_FALSE(accepts(kRow, 0x01800077));
    CHECK_FALSE(accepts(kRow, 0x01f00077));
}

TEST_CASE("two rows are told apart by bits, by exclusion or by being a special case",
          "[isa][bits]") {
    constexpr auto kDistinguishable = [](std::string_view a, std::string_view b) {
        return distinguishable(parse_bits(a), parse_bits(b));
    };

    CHECK(kDistinguishable("100 0 rd rs2!0 10", "100 0 rs1 00000 10"));
    CHECK(kDistinguishable("100 1 rd rs2 10", "100 1 rs1 00000 10"));
    CHECK_FALSE(kDistinguishable("100 0 rd rs2 10", "100 - rs1 00001 10"));
    CHECK_FALSE(kDistinguishable("100 0 rd rs2 10", "100 0 rs1 rs2 10"));
}

TEST_CASE("a malformed row is refused", "[isa][bits]") {
    for (const char* bits :
         {"0000000 rs2 rs1 000 rd 011001", "0000000 rs2 rs1 000 rd 01100111", "rs4 rs1 000 rd 11",
          "imm[0:11] rs1 000 rd 0010011", "imm[11:0 rs1 000 rd 0010011", "imm rs1 000 rd 0010011",
          "(0-00000) rs2 rs1 000 rd 0110011", "0000000 rs2!0- rs1 000 rd 0110011",
          "0000000 rs2 rs1 000 rd 0110001", "0000000 rs2/imm rs1 000 rd 0110011",
          "100 0 rd rs2 10; rs1", "000 0000000 000 00 11"}) {
        INFO(bits);
        CHECK_THROWS_AS(parse_bits(bits), std::logic_error);
    }
}

TEST_CASE("texts are joined at compile time", "[isa][bits]") {
    STATIC_REQUIRE(joined<"pv.", "add", ".", "h"> == "pv.add.h");
    STATIC_REQUIRE(joined<Text{"a"} + Text{"b"}, ""> == "ab");
}

}  // namespace flexv::isa
