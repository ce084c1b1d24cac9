// SPDX-License-Identifier: Apache-2.0
// A firmware image as text: labels, instructions of both lengths, words that are none.
#include "platform/firmware/disassembly.hpp"

#include "unit/firmware/elf_builder.hpp"

#include <catch2/catch.hpp>

namespace flexv::platform {

namespace {

constexpr Address kBase = 0x1c00'0080;

std::string listing_of(const std::vector<u8>& bytes, isa::Mode mode = isa::Mode::legacy) {
    ElfBuilder builder;
    builder.load(".text", kBase, bytes, u32(bytes.size()));
    builder.symbol("_start", kBase, 4, STT_FUNC, 1);
    builder.symbol("inner", kBase + 4, 2, STT_FUNC, 1);
    builder.header.e_entry = kBase;
    return disassembly(ElfImage::parse("a.elf", builder.build()), mode);
}

}  // namespace

TEST_CASE("a disassembly shows labels and instructions of both lengths", "[disassembly]") {
    CHECK(listing_of({0x93, 0x02, 0x55, 0x00, 0x01, 0x00}) ==
          "a.elf: entry 0x1c000080\n"
          "\n1c000080 <_start>:\n"
          "1c000080:  00550293  addi t0, a0, 5\n"
          "\n1c000084 <inner>:\n"
          "1c000084:  0001      c.addi zero, 0\n");
}

TEST_CASE("a word that is no instruction is shown as data", "[disassembly]") {
    CHECK(listing_of({0xff, 0xff, 0xff, 0xff, 0x01, 0x00}).find(".word 0xffffffff") !=
          std::string::npos);
    CHECK(listing_of({0x93, 0x02, 0x55, 0x00, 0x00, 0x00}).find(".half 0x0000") !=
          std::string::npos);
}

TEST_CASE("the mode tells what a SIMD word means", "[disassembly]") {
    const std::vector<u8> dot{0x57, 0x06, 0xb5,
                              0x98, 0x01, 0x00};  // 0x98b50657, docs/spec/isa.md 16

    CHECK(listing_of(dot).find("pv.dotsp.h a2, a0, a1") != std::string::npos);
    CHECK(listing_of(dot, isa::Mode::status).find("pv.dotsp.v a2, a0, a1") != std::string::npos);
}

}  // namespace flexv::platform
