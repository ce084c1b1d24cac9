// SPDX-License-Identifier: Apache-2.0
// The firmware loader on hand-made images: what it reads, what it refuses and how it says so.
#include "platform/elf.hpp"

#include "elf_builder.hpp"
#include "error_text.hpp"

#include <catch2/catch.hpp>

#include <random>

namespace flexv::platform {

namespace {

constexpr Address kCode = 0x1c00'0080;
constexpr Address kData = 0x1000'0004;

/// Code at kCode (section 1), data at kData (section 2) with 8 bytes of zeros behind it.
ElfBuilder firmware() {
    ElfBuilder builder;
    builder.load(".text", kCode, std::vector<u8>(32, 0x13), 32)
        .load(".data", kData, {1, 2, 3, 4}, 12, PF_R | PF_W)
        .symbol("_start", kCode, 0, STT_NOTYPE, 1)
        .symbol("main", kCode + 8, 16, STT_FUNC, 1)
        .symbol("loop", kCode + 12, 0, STT_NOTYPE, 1, STB_LOCAL)
        .symbol("table", kData, 4, STT_OBJECT, 2)
        .symbol("$x", kCode, 0, STT_NOTYPE, 1, STB_LOCAL)
        .symbol("stack", 0x1c00'8000, 0, STT_NOTYPE, SHN_ABS)
        .section(".flexv.regions", {7, 0, 0, 0, 'k', 0, 0, 0});
    return builder;
}

ElfImage parsed(const ElfBuilder& builder) { return ElfImage::parse("hello.elf", builder.build()); }

std::string refusal(const ElfBuilder& builder) {
    return error_of([&builder] { (void)parsed(builder); });
}

}  // namespace

TEST_CASE("an image has entry and segments with the size of their memory", "[elf]") {
    const ElfImage image = parsed(firmware());

    REQUIRE(image.segments().size() == 2);
    const ElfImage::Segment& data = image.segments()[1];
    CHECK(image.entry() == kCode);
    CHECK(image.segments()[0].is_executable);
    CHECK(data.physical_address == kData);
    CHECK(data.bytes.size() == 4);
    CHECK(data.bytes[3] == std::byte{4});
    CHECK(data.memory_size == 12);
    CHECK(data.is_writable);
    CHECK_FALSE(data.is_executable);
}

TEST_CASE("a segment is loaded at its physical address and linked at its virtual one", "[elf]") {
    ElfBuilder builder = firmware();
    builder.segments[1].p_paddr = 0x1c00'4000;

    const ElfImage image = parsed(builder);

    CHECK(image.segments()[1].physical_address == 0x1c00'4000);
    CHECK(image.segments()[1].virtual_address == kData);
}

TEST_CASE("segments that occupy no memory are left out", "[elf]") {
    ElfBuilder builder = firmware();
    builder.load(".empty", 0x2000'0000, {}, 0);
    builder.segments[1].p_type = PT_NOTE;

    CHECK(parsed(builder).segments().size() == 1);
}

TEST_CASE("an address is named by the symbol that covers it", "[elf]") {
    const ElfImage image = parsed(firmware());

    CHECK(image.symbol_at(kCode) == "_start");
    CHECK(image.symbol_at(kCode + 4) == "_start+0x4");
    CHECK(image.symbol_at(kCode + 8) == "main");
    CHECK(image.symbol_at(kCode + 23) == "main+0xf");
    CHECK(image.symbol_at(kData + 2) == "table+0x2");
}

TEST_CASE("a label inside a function does not hide the function", "[elf]") {
    CHECK(parsed(firmware()).symbol_at(kCode + 14) == "main+0x6");
}

TEST_CASE("an address outside every symbol has no name", "[elf]") {
    const ElfImage image = parsed(firmware());

    CHECK(image.symbol_at(0).empty());
    CHECK(image.symbol_at(kCode + 24).empty());
    CHECK(image.symbol_at(0xffff'ffff).empty());
}

TEST_CASE("a label without a size reaches to the end of its section", "[elf]") {
    ElfBuilder builder = firmware();
    builder.symbol("tail", kCode + 24, 0, STT_NOTYPE, 1);

    const ElfImage image = parsed(builder);

    CHECK(image.symbol_at(kCode + 31) == "tail+0x7");
    CHECK(image.symbol_at(kCode + 32).empty());
}

TEST_CASE("of two names for one function the global one is shown", "[elf]") {
    ElfBuilder builder = firmware();
    builder.symbol("part", kCode + 24, 8, STT_FUNC, 1, STB_LOCAL)
        .symbol("whole", kCode + 24, 8, STT_FUNC, 1);

    CHECK(parsed(builder).symbol_at(kCode + 24) == "whole");
}

TEST_CASE("functions and data are told apart", "[elf]") {
    const ElfImage image = parsed(firmware());

    REQUIRE(image.function_at(kCode + 10) != nullptr);
    CHECK(image.function_at(kCode + 10)->name == "main");
    CHECK(image.function_at(kCode + 10)->size == 16);
    CHECK(image.function_at(kData) == nullptr);
    CHECK(image.function_at(0x1c00'8000) == nullptr);
}

TEST_CASE("every defined symbol is found by name, constants of the linker script too", "[elf]") {
    const ElfImage image = parsed(firmware());

    CHECK(image.symbol("main") == kCode + 8);
    CHECK(image.symbol("stack") == 0x1c00'8000);
    CHECK_FALSE(image.symbol("nobody").has_value());
}

TEST_CASE("a section is found by name", "[elf]") {
    const ElfImage image = parsed(firmware());

    const auto regions = image.section(".flexv.regions");
    REQUIRE(regions.has_value());
    CHECK(regions->size() == 8);
    CHECK((*regions)[4] == std::byte{'k'});
    CHECK_FALSE(image.section(".nothing").has_value());
}

TEST_CASE("a file that cannot be opened is named with the reason", "[elf]") {
    CHECK(error_of([] { (void)ElfImage::read("no/such/file.elf"); }) ==
          "no/such/file.elf: cannot open the firmware: No such file or directory");
    CHECK(error_of([] { (void)ElfImage::read("."); }) == ".: is a folder, not a firmware file");
}

TEST_CASE("a file that is no ELF file is refused", "[elf]") {
    const std::vector<std::byte> bytes(100, std::byte{'x'});

    CHECK(error_of([&bytes] { (void)ElfImage::parse("hello.bin", bytes); }) ==
          "hello.bin: is not an ELF file\n"
          "  hint: give the linked firmware, not a source, .bin or .hex file");
}

TEST_CASE("an image for another kind of machine is refused with the machine's name", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("64-bit") {
        builder.header.e_ident[EI_CLASS] = ELFCLASS64;
        CHECK(refusal(builder).starts_with(
            "hello.elf: is a 64-bit ELF file; the cores are 32-bit\n  hint: compile"));
    }
    SECTION("another architecture") {
        builder.header.e_machine = EM_X86_64;
        CHECK(refusal(builder).starts_with(
            "hello.elf: is built for x86-64 (62), not for RISC-V (243)\n  hint: compile"));
    }
    SECTION("big-endian") {
        builder.header.e_ident[EI_DATA] = ELFDATA2MSB;
        CHECK(
            refusal(builder).starts_with("hello.elf: is big-endian; the cores are little-endian"));
    }
}

TEST_CASE("an image that is not linked to run is refused with what to do", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("object file") {
        builder.header.e_type = ET_REL;
        CHECK(refusal(builder) ==
              "hello.elf: is an object file, not an executable\n"
              "  hint: link it with sw/runtime/link.ld");
    }
    SECTION("position independent") {
        builder.header.e_type = ET_DYN;
        CHECK(refusal(builder) ==
              "hello.elf: is position independent, not an executable\n"
              "  hint: link with -static -no-pie");
    }
    SECTION("core dump") {
        builder.header.e_type = ET_CORE;
        CHECK(refusal(builder).starts_with("hello.elf: is not an executable (ELF type 4)"));
    }
    SECTION("no segments") {
        builder.segments.clear();
        CHECK(refusal(builder).starts_with("hello.elf: has nothing to load"));
    }
    SECTION("entry outside") {
        builder.header.e_entry = 0;
        CHECK(refusal(builder).starts_with(
            "hello.elf: has no entry: 0x00000000 lies in no segment\n  hint: define _start"));
    }
}

TEST_CASE("a segment whose sizes make no sense is refused", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("contents larger than memory") {
        builder.segments[1].p_memsz = 2;
        CHECK(refusal(builder).find("malformed") != std::string::npos);
    }
    SECTION("beyond 4 GiB") {
        builder.segments[1].p_paddr = 0xffff'fff8;
        CHECK(refusal(builder).find("beyond the 32-bit address space") != std::string::npos);
    }
    SECTION("contents beyond the file") {
        builder.segments[1].p_filesz = 0x10000;
        builder.segments[1].p_memsz = 0x10000;
        CHECK(refusal(builder).find("is truncated: a segment ends at byte") != std::string::npos);
    }
}

TEST_CASE("a file cut off anywhere is refused", "[elf][property]") {
    const std::vector<std::byte> whole = firmware().build();

    for (std::size_t length = 0; length < whole.size(); ++length) {
        const std::vector<std::byte> cut(whole.begin(), whole.begin() + std::ptrdiff_t(length));
        INFO("length " << length);
        CHECK_THROWS_AS(ElfImage::parse("hello.elf", cut), UserError);
    }
}

TEST_CASE("a damaged file is read or refused, nothing else", "[elf][property]") {
    const std::vector<std::byte> whole = firmware().build();
    const unsigned seed = 20230601;
    std::mt19937 random(seed);
    INFO("seed " << seed);

    unsigned refused = 0;
    for (unsigned trial = 0; trial < 5000; ++trial) {
        std::vector<std::byte> damaged = whole;
        for (unsigned hits = 1 + trial % 4; hits != 0; --hits)
            damaged[random() % damaged.size()] = std::byte(random());
        try {
            const ElfImage image = ElfImage::parse("hello.elf", std::move(damaged));
            (void)image.symbol_at(kCode + 10);
        } catch (const UserError&) {
            ++refused;
        }
    }
    CHECK(refused > 0);
    CHECK(refused < 5000);
}

TEST_CASE("a segment must lie wholly in one memory", "[elf]") {
    const std::vector<MemoryRange> memories = {{.name = "soc.cluster.tcdm",
                                                .base = 0x1000'0000,
                                                .size_bytes = 128_KiB,
                                                .size_parameter = "soc.cluster.tcdm.size_bytes"},
                                               {.name = "soc.l2",
                                                .base = 0x1c00'0000,
                                                .size_bytes = 512_KiB,
                                                .size_parameter = "soc.l2.size_bytes"}};
    ElfBuilder builder = firmware();
    const auto check = [&] { check_segments(parsed(builder), memories); };

    SECTION("inside") { CHECK(error_of(check) == "no error"); }
    SECTION("behind") {
        builder.segments[1].p_paddr = 0x1c08'0000;
        builder.segments[1].p_memsz = 0x10000;
        CHECK(error_of(check) ==
              "hello.elf: segment 0x1c080000..0x1c08ffff is in no memory\n"
              "  nearest: soc.l2 0x1c000000..0x1c07ffff (512 KiB)\n"
              "  hint: link with sw/runtime/link.ld, or raise soc.l2.size_bytes");
    }
    SECTION("across the end") {
        builder.segments[1].p_paddr = 0x1001'fffc;
        CHECK(error_of(check).starts_with(
            "hello.elf: segment 0x1001fffc..0x10020007 is in no memory\n"
            "  nearest: soc.cluster.tcdm 0x10000000..0x1001ffff (128 KiB)"));
    }
    SECTION("before: a larger memory would not help") {
        builder.segments[1].p_paddr = 0x0fff'0000;
        CHECK(error_of(check).ends_with("hint: link with sw/runtime/link.ld"));
    }
}

}  // namespace flexv::platform
