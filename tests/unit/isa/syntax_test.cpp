// SPDX-License-Identifier: Apache-2.0
// Syntax strings: the words that rows may use, and how names become mnemonics.
#include "isa/tools/syntax.hpp"
#include "isa/decoder.hpp"
#include "isa/names.hpp"

#include <catch2/catch.hpp>

namespace flexv::isa {

TEST_CASE("a syntax string is words and punctuation", "[isa][syntax]") {
    const auto parts = parse_syntax("rd, imm(rs1!)");

    REQUIRE(parts.size() == 7);
    CHECK(parts[0].word == Word::rd);
    CHECK(parts[1].literal == ',');
    CHECK(parts[2].word == Word::imm);
    CHECK(parts[3].literal == '(');
    CHECK(parts[4].word == Word::rs1);
    CHECK(parts[5].literal == '!');
    CHECK(parts[6].literal == ')');
}

TEST_CASE("an unknown word in a syntax string is refused", "[isa][syntax]") {
    CHECK_THROWS_AS(parse_syntax("rd, shamt"), std::logic_error);
}

TEST_CASE("every word of a row's syntax is a field or a fixed register of its encoding",
          "[isa][syntax]") {
    for (const Instruction& row : all_instructions()) {
        INFO(row.name);
        for (const SyntaxPart& part : parse_syntax(row.syntax))
            if (part.word)
                CHECK(encoding_of(row).field(field_of(*part.word)).present);
    }
}

TEST_CASE("every field that tools can choose is in the syntax", "[isa][syntax]") {
    for (const Instruction& row : all_instructions()) {
        INFO(row.name);
        const Encoding& encoding = encoding_of(row);
        u32 covered = 0;
        for (const SyntaxPart& part : parse_syntax(row.syntax)) {
            for (unsigned i = 0; i < encoding.slice_count && part.word; ++i) {
                const Slice& slice = encoding.slices[i];
                if (slice.field == field_of(*part.word))
                    covered |= ones(slice.width) << slice.word_lsb;
            }
        }
        for (unsigned i = 0; i < encoding.slice_count; ++i) {
            const Slice& slice = encoding.slices[i];
            const u32 bits = ones(slice.width) << slice.word_lsb & ~encoding.mask;
            CHECK((bits & ~covered) == 0);
        }
    }
}

TEST_CASE("the mnemonic leaves out what tells addressing modes apart", "[isa][syntax]") {
    CHECK(mnemonic({.name = "p.lw.post"}) == "p.lw");
    CHECK(mnemonic({.name = "p.lw.rr"}) == "p.lw");
    CHECK(mnemonic({.name = "p.lw.rrpost"}) == "p.lw");
    CHECK(mnemonic({.name = "pv.add.sc.h"}) == "pv.add.sc.h");
}

TEST_CASE("enumerators have names", "[isa][syntax]") {
    CHECK(name_of(Timing::mac_load) == "mac_load");
    CHECK(name_of(Timing::jump_register) == "jump_register");
    CHECK(name_of(Energy::idle) == "idle");
    CHECK(name_of(Extension::flexv) == "flexv");
    CHECK(name_of(Mode::status) == "status");
}

}  // namespace flexv::isa
