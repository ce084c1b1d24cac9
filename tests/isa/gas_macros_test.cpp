// SPDX-License-Identifier: Apache-2.0
// The generated assembler macros through the real GNU assembler: every custom instruction, with
// random operands, gives the word that it was taken from. Skipped where the assembler is not
// installed.
#include "isa/listing.hpp"
#include "isa/random_word.hpp"
#include "isa/support.hpp"
#include "isa/syntax.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace flexv::test {
namespace {

namespace fs = std::filesystem;

/// A folder of this process that disappears with it.
struct ScratchFolder {
    fs::path path = fs::temp_directory_path() / fmt::format("flexv-gas-macros-{}", getpid());
    ScratchFolder() { fs::create_directories(path); }
    ~ScratchFolder() { fs::remove_all(path); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
};

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

/// True when the assembler takes the source; the words of .text come back.
bool assemble_with_gas(const std::string& source, std::vector<u32>& words) {
    const ScratchFolder folder;
    write(folder.path / "flexv_isa.inc", isa::listing_gas());
    write(folder.path / "test.S", ".include \"flexv_isa.inc\"\n.option norelax\n" + source);
    const std::string command = fmt::format(
        "cd '{}' && {} -march=rv32im -mabi=ilp32 test.S -o test.o 2>errors && {} -O binary -j "
        ".text "
        "test.o test.bin",
        folder.path.string(), FLEXV_RISCV_AS, FLEXV_RISCV_OBJCOPY);
    if (std::system(command.c_str()) != 0)
        return false;
    std::ifstream binary(folder.path / "test.bin", std::ios::binary);
    std::array<unsigned char, 4> bytes{};
    while (binary.read(reinterpret_cast<char*>(bytes.data()), bytes.size()))
        words.push_back(u32{bytes[0]} | u32{bytes[1]} << 8 | u32{bytes[2]} << 16 |
                        u32{bytes[3]} << 24);
    return true;
}

std::string argument(isa::Word word, const isa::Operands& op, bool imm2_signed) {
    using isa::Word;
    switch (word) {
        case Word::rd:
            return std::string(isa::kRegisterNames[op.rd]);
        case Word::rs1:
            return std::string(isa::kRegisterNames[op.rs1]);
        case Word::rs2:
            return fmt::format("x{}", op.rs2);
        case Word::loop:
            return std::to_string(op.rd);
        case Word::imm2:
            return std::to_string(imm2_signed ? i8(op.imm2) : op.imm2);
        case Word::end:
            return fmt::format(". + {}", 2 * op.imm);
        case Word::end2:
            return fmt::format(". + {}", 2 * op.imm2);
        case Word::target:
            return fmt::format(". + {}", op.imm);
        default:
            return std::to_string(op.imm);
    }
}

/// The macro call that should give `word`.
std::string call(const isa::Instruction& row, u32 word) {
    const isa::Operands op = isa::operands_of(row, word);
    const bool imm2_signed = isa::encoding_of(row).field(isa::Field::immediate2).is_signed;
    std::string text(row.name);
    char separator = ' ';
    for (const isa::SyntaxPart& part : isa::parse_syntax(row.syntax)) {
        if (!part.word)
            continue;
        text += separator + argument(*part.word, op, imm2_signed);
        separator = ',';
    }
    return text + "\n";
}

bool has_macro(const isa::Instruction& row) {
    return row.canonical && row.extension >= isa::Extension::xpulpv2;
}

}  // namespace

TEST_CASE("the assembler macros give the words of the rows", "[isa][gas]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    std::string source;
    std::vector<u32> expected;
    for (const isa::Instruction& row : isa::all_instructions()) {
        for (unsigned i = 0; i < 3 && has_macro(row); ++i) {
            expected.push_back(random_word(isa::encoding_of(row), random));
            source += call(row, expected.back());
        }
    }

    std::vector<u32> words;
    REQUIRE(assemble_with_gas(source, words));

    REQUIRE(words.size() == expected.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        INFO(fmt::format("row of word {}: {:08x}", i, expected[i]));
        CHECK(fmt::format("{:08x}", words[i]) == fmt::format("{:08x}", expected[i]));
    }
}

TEST_CASE("the assembler macros refuse operands that do not fit", "[isa][gas]") {
    std::vector<u32> words;

    CHECK(assemble_with_gas("p.lw.post a0, 2047, a1\n", words));
    CHECK_FALSE(assemble_with_gas("p.lw.post a0, 2048, a1\n", words));
    CHECK_FALSE(assemble_with_gas("p.clip a0, a1, -1\n", words));
    CHECK_FALSE(assemble_with_gas("lp.counti 2, 10\n", words));
    CHECK_FALSE(assemble_with_gas("p.lw.post a0, 4, q1\n", words));
    CHECK_FALSE(assemble_with_gas("pv.mlsdotsp.b a0, a1, 24\n", words));
}

}  // namespace flexv::test
