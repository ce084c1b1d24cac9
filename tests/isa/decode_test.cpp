// SPDX-License-Identifier: Apache-2.0
// The decoder of every ISA subset, in both SIMD modes, against the reference table on all 16-bit
// words and on random 32-bit words: it accepts what the hardware accepts, and picks the row that
// the table names. FLEXV_WORDS=100000000 makes the run on random words long (README of models/isa).
#include "isa/decoder.hpp"
#include "isa/reference_decoder.hpp"
#include "isa/support.hpp"
#include "isa/tools/disassembler.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <cstdlib>
#include <string_view>
#include <vector>

namespace flexv::test {
namespace {

/// Both decoders of one subset in one mode.
struct Decoders {
    Decoders(unsigned subset, Mode in_mode)
        : reference(subset, in_mode),
          decoder(isa::isa_subsets()[subset].extensions),
          mode(in_mode) {
        name = fmt::format("{} in {} mode", isa::isa_subsets()[subset].name,
                           mode == Mode::legacy ? "legacy" : "status");
    }

    ReferenceDecoder reference;
    isa::Decoder decoder;
    Mode mode;
    std::string name;
};

std::vector<Decoders> all_decoders() {
    std::vector<Decoders> decoders;
    for (unsigned subset = 0; subset < isa::isa_subsets().size(); ++subset)
        for (const Mode mode : {Mode::legacy, Mode::status})
            decoders.emplace_back(subset, mode);
    return decoders;
}

std::string_view name_of(const isa::Instruction* row) {
    return row == nullptr ? "illegal" : row->name;
}
std::string_view name_of(const ReferenceRow* row) {
    return row == nullptr ? std::string_view("illegal") : row->name;
}

/// Says how the first words differ; false when one has differed.
class Comparison {
public:
    void check(u32 word) {
        for (const Decoders& both : decoders_) {
            const std::string_view actual = name_of(both.decoder.find(word, both.mode));
            const std::string_view expected = name_of(both.reference.find(word));
            if (actual != expected && ++differences_ <= 10)
                FAIL_CHECK(fmt::format("{}: {:08x} is {} instead of {}", both.name, word, actual,
                                       expected));
            legal_ += expected == "illegal" ? 0U : 1U;
        }
    }

    /// Nothing has differed, and what was tried was not all illegal.
    void conclude() const {
        CHECK(differences_ == 0);
        CHECK(legal_ > 0);
    }

private:
    std::vector<Decoders> decoders_ = all_decoders();
    u64 differences_ = 0;
    u64 legal_ = 0;
};

/// FLEXV_WORDS asks for a longer run.
u64 random_words() {
    const char* count = std::getenv("FLEXV_WORDS");
    return count == nullptr ? 4'000'000 : std::strtoull(count, nullptr, 0);
}

}  // namespace

TEST_CASE("every 16-bit word decodes as the reference table says", "[isa][decode]") {
    Comparison comparison;

    for (u32 word = 0; word < 0x10000; ++word)
        if (isa::is_compressed(word))
            comparison.check(word);

    comparison.conclude();
}

TEST_CASE("random 32-bit words decode as the reference table says", "[isa][decode]") {
    Comparison comparison;
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (u64 i = random_words(); i > 0; --i)
        comparison.check(u32(random()) | 3);  // not compressed

    comparison.conclude();
}

TEST_CASE("words close to an instruction decode as the reference table says", "[isa][decode]") {
    Comparison comparison;
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (const ReferenceRow& row : implemented_reference_rows()) {
        for (unsigned i = 0; i < 200; ++i) {
            const u32 word = row.rtl_match | (u32(random()) & ~row.rtl_mask);
            comparison.check(word);
            comparison.check(word ^ u32{1} << (random() % 32));
        }
    }

    comparison.conclude();
}

TEST_CASE("every word can be printed, and every legal compressed one assembles to itself",
          "[isa][decode]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (u32 word = 0; word < 0x10000; ++word) {
        const std::string text = isa::disassemble(word, 0, Machine::decoder(), Mode::legacy);
        if (isa::is_compressed(word) && !text.starts_with('.') && isa::assemble(text) != word)
            FAIL_CHECK(fmt::format("{:04x}: {}", word, text));
    }
    for (unsigned i = 0; i < 100'000; ++i)
        for (const Mode mode : {Mode::legacy, Mode::status})
            CHECK_FALSE(isa::disassemble(u32(random()), 0, Machine::decoder(), mode).empty());
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
