// SPDX-License-Identifier: Apache-2.0
// The decoder against the reference table on all 16-bit words and on random 32-bit words: it
// accepts what the hardware accepts, and picks the row that the table names.
#include "isa/decoder.hpp"
#include "isa/reference_table.hpp"
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <bit>

namespace flexv::test {
namespace {

/// The reference decoder: try all rows, more mask bits win.
class ReferenceDecoder {
public:
    [[nodiscard]] std::string find(u32 word, Mode mode) const {
        const ReferenceRow* best = nullptr;
        for (const ReferenceRow& row : rows_) {
            const bool active =
                row.cond == "any" || row.cond == (mode == Mode::legacy ? "legacy" : "status");
            if (!active || (row.size == 2) != ((word & 3) != 3) || !reference_accepts(row, word))
                continue;
            if (best == nullptr || std::popcount(row.rtl_mask) > std::popcount(best->rtl_mask))
                best = &row;
        }
        return best == nullptr ? "illegal" : best->name;
    }

private:
    std::vector<ReferenceRow> rows_ = implemented_reference_rows();
};

std::string name_of(const isa::Instruction* row) {
    return row == nullptr ? "illegal" : std::string(row->name);
}

void check_same(const ReferenceDecoder& reference, u32 word) {
    for (const Mode mode : {Mode::legacy, Mode::status}) {
        const std::string actual = name_of(Machine::decoder().find(word, mode));
        const std::string expected = reference.find(word, mode);
        if (actual != expected)
            FAIL_CHECK(fmt::format("{:08x}: {} instead of {}", word, actual, expected));
    }
}

}  // namespace

TEST_CASE("every 16-bit word decodes as the reference table says", "[isa][decode]") {
    const ReferenceDecoder reference;

    for (u32 word = 0; word < 0x10000; ++word)
        if ((word & 3) != 3)
            check_same(reference, word);
    SUCCEED();
}

TEST_CASE("random 32-bit words decode as the reference table says", "[isa][decode]") {
    const ReferenceDecoder reference;
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (unsigned i = 0; i < 20'000; ++i)
        check_same(reference, u32(random()) | 3);
    SUCCEED();
}

TEST_CASE("words close to an instruction decode as the reference table says", "[isa][decode]") {
    const ReferenceDecoder reference;
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (const ReferenceRow& row : implemented_reference_rows()) {
        if (row.size != 4)
            continue;
        for (unsigned i = 0; i < 16; ++i) {
            const u32 word = row.match | (u32(random()) & ~row.rtl_mask);
            check_same(reference, word);
            check_same(reference, (word ^ u32{1} << (random() % 32)) | 3);
        }
    }
    SUCCEED();
}

TEST_CASE("the upper half of a compressed word does not matter", "[isa][decode]") {
    CHECK(name_of(Machine::decoder().find(0xffff4505, Mode::legacy)) == "c.li");
    CHECK(isa::operands_of(*Machine::decoder().find(0xffff4505, Mode::legacy), 0xffff4505).word ==
          0x4505);
}

TEST_CASE("each ISA subset includes the one before", "[isa][decode]") {
    const auto subsets = isa::isa_subsets();

    REQUIRE(subsets.size() == 4);
    for (std::size_t i = 1; i < subsets.size(); ++i)
        CHECK((subsets[i].extensions | subsets[i - 1].extensions) == subsets[i].extensions);
    CHECK(isa::isa_subset("xpulpv2") == subsets[1].extensions);
    CHECK_FALSE(isa::isa_subset("rv64gc").has_value());
}

TEST_CASE("an instruction outside the subset is illegal", "[isa][decode]") {
    const auto found = [](std::string_view subset, std::string_view line, Mode mode) {
        const isa::Decoder decoder(*isa::isa_subset(subset));
        return decoder.find(isa::assemble(line), mode) != nullptr;
    };

    CHECK(found("rv32imc", "mul a0, a1, a2", Mode::legacy));
    CHECK_FALSE(found("rv32imc", "p.lw a0, 4(a1!)", Mode::legacy));
    CHECK(found("xpulpv2", "pv.sdotsp.b a0, a1, a2", Mode::legacy));
    CHECK_FALSE(found("xpulpv2", "pv.mlsdotsp.b a0, a1, 16", Mode::legacy));
    CHECK(found("xpulpnn", "pv.mlsdotsp.b a0, a1, 16", Mode::legacy));
    CHECK_FALSE(found("xpulpnn", "pv.mlsdotsp.v a0, a1, 16", Mode::status));
    CHECK(found("flexv", "pv.mlsdotsp.v a0, a1, 16", Mode::status));
}

TEST_CASE("register masks name the sources and destinations of an instruction", "[isa][decode]") {
    const auto masks = [](std::string_view line, Mode mode) {
        const u32 word = isa::assemble(line);
        const isa::Instruction& row = *Machine::decoder().find(word, mode);
        const isa::Operands op = isa::operands_of(row, word);
        return std::pair(isa::registers_read(row, op), isa::registers_written(row, op));
    };
    const auto bits = [](auto... numbers) { return (0U | ... | (1U << numbers)); };
    using Masks = std::pair<u32, u32>;

    CHECK(masks("add a0, a1, a2", Mode::legacy) == Masks{bits(11, 12), bits(10)});
    CHECK(masks("addi x0, x0, 0", Mode::legacy) == Masks{bits(0), bits(0)});
    CHECK(masks("sw a0, 4(a1)", Mode::legacy) == Masks{bits(10, 11), 0});
    CHECK(masks("p.lw a0, 4(a1!)", Mode::legacy) == Masks{bits(11), bits(10, 11)});
    CHECK(masks("p.sw a0, a2(a1!)", Mode::legacy) == Masks{bits(10, 11, 12), bits(11)});
    CHECK(masks("p.sw a0, a2(a1)", Mode::legacy) == Masks{bits(10, 11, 12), 0});
    CHECK(masks("p.mac a0, a1, a2", Mode::legacy) == Masks{bits(10, 11, 12), bits(10)});
    CHECK(masks("lp.setup x1, a0, 16", Mode::legacy) == Masks{bits(10), 0});
    CHECK(masks("csrrwi a0, 0x300, 8", Mode::legacy) == Masks{0, bits(10)});
    CHECK(masks("c.jalr a0", Mode::legacy) == Masks{bits(10), bits(1)});
    CHECK(masks("c.lwsp a0, 4(sp)", Mode::legacy) == Masks{bits(2), bits(10)});
    CHECK(masks("c.beqz a0, 4", Mode::legacy) == Masks{bits(0, 10), 0});
    CHECK(masks("pv.mlsdotup.b a0, a1, 16", Mode::legacy) == Masks{bits(10, 11), bits(10, 11)});
    CHECK(masks("pv.mlsdotup.b a0, a1, 2", Mode::legacy) == Masks{bits(10, 11), bits(10)});
    CHECK(masks("pv.mlsdotup.v a0, a1, 16", Mode::status) == Masks{bits(10, 11), bits(10)});
}

}  // namespace flexv::test
