// SPDX-License-Identifier: Apache-2.0
// The firmware loader on hand-made images: what it reads, what it refuses and how it says so.
#include "platform/firmware/elf.hpp"

#include "platform/firmware/elf_checks.hpp"
#include "platform/firmware/elf_symbols.hpp"

#include "support/error_text.hpp"
#include "unit/firmware/elf_builder.hpp"

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
          "firmware no/such/file.elf: cannot be read: folder no/such: No such file or directory");
    CHECK(error_of([] { (void)ElfImage::read("."); }) == "firmware .: is a folder, not a file");
}

TEST_CASE("a file that is no ELF file is refused", "[elf]") {
    const std::vector<std::byte> bytes(100, std::byte{'x'});

    CHECK(error_of([&bytes] { (void)ElfImage::parse("hello.bin", bytes); }) ==
          "hello.bin: is not an ELF file\n"
          "  hint: give the linked firmware, not a source, .bin or .hex file");
}

TEST_CASE("a file of another kind is called what it is", "[elf]") {
    const auto refusal_of = [](const std::string& text) {
        const auto bytes = std::as_bytes(std::span(text));
        return error_of([&] { (void)ElfImage::parse("x", {bytes.begin(), bytes.end()}); });
    };

    CHECK(refusal_of("") == "x: is empty\n  hint: link the firmware again");
    CHECK(refusal_of("!<arch>\nhello.o/").starts_with("x: is an archive of object files"));
    CHECK(refusal_of("\x7f"
                     "ELF")
              .starts_with("x: is truncated: the header ends at byte 16"));
}

TEST_CASE("an image for another kind of machine is refused with the machine's name", "[elf]") {
    ElfBuilder builder = firmware();
    auto& identification = builder.header.e_ident;
    SECTION("64-bit") {
        identification[EI_CLASS] = ELFCLASS64;
        CHECK(refusal(builder).starts_with(
            "hello.elf: is a 64-bit ELF file; the cores are 32-bit\n  hint: compile"));
    }
    SECTION("64-bit of the host") {
        identification[EI_CLASS] = ELFCLASS64;
        builder.header.e_machine = EM_X86_64;
        CHECK(refusal(builder).starts_with(
            "hello.elf: is a 64-bit ELF file for x86-64 (62); the cores are 32-bit RISC-V\n"));
    }
    SECTION("no class") {
        identification[EI_CLASS] = 3;
        CHECK(refusal(builder).starts_with(
            "hello.elf: has class 3 in its header, which is neither 32 nor 64 bits\n"));
    }
    SECTION("another architecture") {
        builder.header.e_machine = EM_X86_64;
        CHECK(refusal(builder).starts_with(
            "hello.elf: is built for x86-64 (62), not for RISC-V (243)\n  hint: compile"));
    }
    SECTION("an architecture without a name") {
        builder.header.e_machine = 9999;
        CHECK(refusal(builder).starts_with(
            "hello.elf: is built for machine 9999, not for RISC-V (243)\n"));
    }
    SECTION("big-endian") {
        identification[EI_DATA] = ELFDATA2MSB;
        CHECK(
            refusal(builder).starts_with("hello.elf: is big-endian; the cores are little-endian"));
    }
    SECTION("no byte order") {
        identification[EI_DATA] = 3;
        CHECK(
            refusal(builder).starts_with("hello.elf: has byte order 3 in its header, which is "
                                         "neither little- nor big-endian\n"));
    }
    SECTION("a system below it") {
        identification[EI_OSABI] = ELFOSABI_FREEBSD;
        CHECK(
            refusal(builder).starts_with("hello.elf: is built for FreeBSD (9); the cores run "
                                         "without an operating system\n"));
    }
    SECTION("an unknown system") {
        identification[EI_OSABI] = 77;
        CHECK(refusal(builder).starts_with("hello.elf: is built for operating system 77; "));
    }
}

TEST_CASE("GNU extensions and stand-alone files are no other system", "[elf]") {
    for (const u8 system : {u8{ELFOSABI_NONE}, u8{ELFOSABI_GNU}, u8{ELFOSABI_STANDALONE}}) {
        ElfBuilder builder = firmware();
        builder.header.e_ident[EI_OSABI] = system;
        CHECK(refusal(builder) == "no error");
    }
}

TEST_CASE("a version of the format that does not exist is refused", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("in the identification") {
        builder.header.e_ident[EI_VERSION] = 2;
        CHECK(refusal(builder) ==
              "hello.elf: has a header of ELF version 2; there is only 1\n"
              "  hint: copy or link it again");
    }
    SECTION("in the header") {
        builder.header.e_version = 0;
        CHECK(refusal(builder).starts_with("hello.elf: is of ELF version 0; there is only 1\n"));
    }
}

TEST_CASE("the flags of the RISC-V ABI are known, others refused", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("all that exist") {
        builder.header.e_flags = EF_RISCV_RVC | EF_RISCV_RVE | EF_RISCV_TSO;
        CHECK(parsed(builder).flags() == 0x19);
        CHECK(abi_warning(0x19).empty());
    }
    SECTION("unknown") {
        builder.header.e_flags = 0x8000'0001;
        CHECK(
            refusal(builder).starts_with("hello.elf: has the unknown flags 0x80000000 in its "
                                         "header (e_flags 0x80000001)\n"));
    }
    SECTION("hard float") {
        builder.header.e_flags = EF_RISCV_FLOAT_ABI_DOUBLE | EF_RISCV_RVC;
        CHECK(abi_warning(parsed(builder).flags())
                  .starts_with("is built for the double-precision hard-float ABI, and the cores"));
        CHECK(abi_warning(EF_RISCV_FLOAT_ABI_SINGLE).find("single-precision") != std::string::npos);
        CHECK(abi_warning(EF_RISCV_FLOAT_ABI_QUAD).find("quad-precision") != std::string::npos);
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
    SECTION("shared library") {
        builder.header.e_type = ET_DYN;
        builder.header.e_entry = 0;
        CHECK(refusal(builder).starts_with("hello.elf: is a shared library, not an executable\n"));
    }
    SECTION("dynamically linked") {
        builder.segments[1].p_type = PT_INTERP;
        CHECK(refusal(builder) ==
              "hello.elf: is dynamically linked: it asks an operating system for a loader\n"
              "  hint: link with -static");
    }
    SECTION("core dump") {
        builder.header.e_type = ET_CORE;
        CHECK(refusal(builder).starts_with("hello.elf: is a core dump, not an executable\n"));
    }
    SECTION("no type") {
        builder.header.e_type = ET_NONE;
        CHECK(refusal(builder).starts_with("hello.elf: is not an executable (ELF type 0)\n"));
    }
    SECTION("no segments") {
        builder.segments.clear();
        CHECK(refusal(builder).starts_with("hello.elf: has nothing to load"));
    }
}

TEST_CASE("an entry where no instruction can be is refused", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("outside") {
        builder.header.e_entry = 0;
        CHECK(refusal(builder).starts_with(
            "hello.elf: has no entry: 0x00000000 lies in no segment\n  hint: define _start"));
    }
    SECTION("odd") {
        builder.header.e_entry = kCode + 1;
        CHECK(
            refusal(builder).starts_with("hello.elf: has the odd entry 0x1c000081; "
                                         "instructions lie at even addresses\n"));
    }
    SECTION("in data") {
        builder.header.e_entry = kData;
        CHECK(refusal(builder).starts_with(
            "hello.elf: has its entry 0x10000004 in a segment that is not executable\n"
            "  hint: mark its section as code: .section NAME, \"ax\""));
    }
    SECTION("in zeros") {
        builder.segments[0].p_memsz = 64;
        builder.header.e_entry = kCode + 32;
        CHECK(
            refusal(builder).starts_with("hello.elf: has its entry 0x1c0000a0 in the zeros "
                                         "behind a segment's contents\n"));
    }
}

TEST_CASE("a segment whose sizes make no sense is refused", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("contents larger than memory") {
        builder.segments[1].p_memsz = 2;
        CHECK(refusal(builder) ==
              "hello.elf: is a malformed ELF file: segment 1 has 4 bytes in the file, but only 2 "
              "in memory\n  hint: link it again");
    }
    SECTION("beyond 4 GiB") {
        builder.segments[1].p_paddr = 0xffff'fff8;
        CHECK(refusal(builder).find("segment 1, 12 bytes from 0xfffffff8, goes beyond the 32-bit "
                                    "address space") != std::string::npos);
    }
    SECTION("beyond 4 GiB where it runs") {
        builder.segments[1].p_vaddr = 0xffff'fffc;
        CHECK(refusal(builder).find("12 bytes from 0xfffffffc, goes beyond the 32-bit") !=
              std::string::npos);
    }
    SECTION("contents beyond the file") {
        builder.segments[1].p_filesz = 0x10000;
        builder.segments[1].p_memsz = 0x10000;
        CHECK(refusal(builder).find("is truncated: segment 1 ends at byte") != std::string::npos);
    }
    SECTION("contents over contents") {
        builder.segments[1].p_paddr = builder.segments[1].p_vaddr = kCode + 28;
        CHECK(refusal(builder) ==
              "hello.elf: has segments that overlap: 0x1c000080..0x1c00009f and "
              "0x1c00009c..0x1c00009f\n"
              "  hint: give each a place of its own in the linker script");
    }
}

TEST_CASE("zeros may lie below the contents of another segment", "[elf]") {
    ElfBuilder builder = firmware();
    builder.segments[1].p_paddr = builder.segments[1].p_vaddr = kCode - 8;

    CHECK(parsed(builder).segments()[1].memory_size == 12);
}

TEST_CASE("segments are aligned to powers of two", "[elf]") {
    ElfBuilder builder = firmware();
    builder.segments[0].p_align = 3;
    CHECK(refusal(builder).starts_with(
        "hello.elf: is a malformed ELF file: segment 0 is aligned to 3, which is no power of two"));
}

TEST_CASE("zeros are not loaded where a segment is copied by the firmware", "[elf]") {
    ElfBuilder builder = firmware();
    builder.segments[1].p_paddr = 0x1c00'4000;

    CHECK(parsed(builder).segments()[1].memory_size == 4);
}

TEST_CASE("tables of an impossible size are refused", "[elf]") {
    std::vector<std::byte> file = firmware().build();
    const auto error_with = [&file](std::size_t offset, auto value) {
        std::memcpy(file.data() + offset, &value, sizeof value);
        return error_of([&file] { (void)ElfImage::parse("x", file); });
    };
    SECTION("more sections than the file holds") {
        CHECK_THAT(
            error_with(offsetof(Elf32_Ehdr, e_shnum), u16{0xfeff}),
            Catch::StartsWith("x: is truncated: the table of section headers ends at byte "));
    }
    SECTION("as many as section 0 says") {
        Elf32_Ehdr header;
        std::memcpy(&header, file.data(), sizeof header);
        const u32 huge = 0xffff'ffff;
        std::memcpy(file.data() + header.e_shoff + offsetof(Elf32_Shdr, sh_size), &huge, 4);
        CHECK_THAT(error_with(offsetof(Elf32_Ehdr, e_shnum), u16{0}),
                   Catch::StartsWith(
                       "x: is truncated: the table of section headers ends at byte 1717986"));
    }
    SECTION("as many segments as section 0 does not say") {
        CHECK_THAT(error_with(offsetof(Elf32_Ehdr, e_phnum), u16{PN_XNUM}),
                   Catch::StartsWith("x: is a malformed ELF file: 65535 program headers by its "
                                     "header, 0 by section 0"));
    }
    SECTION("names in a section that does not exist") {
        CHECK_THAT(error_with(offsetof(Elf32_Ehdr, e_shstrndx), u16{999}),
                   Catch::StartsWith("x: is a malformed ELF file: section 999 holds the names"));
    }
    SECTION("segments beyond the file") {
        CHECK_THAT(
            error_with(offsetof(Elf32_Ehdr, e_phnum), u16{9000}),
            Catch::StartsWith("x: is truncated: the table of program headers ends at byte "));
    }
    SECTION("sections of another size") {
        CHECK_THAT(error_with(offsetof(Elf32_Ehdr, e_shentsize), u16{64}),
                   Catch::StartsWith("x: is a malformed ELF file: section headers of 64 bytes"));
    }
    SECTION("segments of another size") {
        CHECK_THAT(error_with(offsetof(Elf32_Ehdr, e_phentsize), u16{56}),
                   Catch::StartsWith("x: is a malformed ELF file: program headers of 56 bytes"));
    }
}

TEST_CASE("a name is shown without control characters and not longer than any compiler's",
          "[elf]") {
    ElfBuilder builder = firmware();
    builder.symbol("bad\nname\x1b[2J", kCode + 24, 8, STT_FUNC, 1);

    CHECK(parsed(builder).symbol_at(kCode + 24) == "bad\\x0aname\\x1b[2J");
    CHECK(printable_name(std::string(5000, 'a')).size() == kLongestName + 3);
}

TEST_CASE("symbols that share one endless name neither hang nor fill memory", "[elf]") {
    ElfBuilder builder = firmware();
    const std::string endless(1'000'000, 'a');
    for (unsigned i = 0; i < 20'000; ++i)
        builder.symbol_at_name_offset(endless, i, kCode, 0, STT_FUNC, 1);

    CHECK(refusal(builder).find("names that overlap beyond reason") != std::string::npos);
}

TEST_CASE("very many labels at one address are read in no time", "[elf]") {
    ElfBuilder builder = firmware();
    for (unsigned i = 0; i < 200'000; ++i)
        builder.symbol("l", kCode + 32, 0, STT_NOTYPE, 1);  // at the end: reach nothing

    CHECK(parsed(builder).symbol_at(kCode + 32).empty());
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

}  // namespace flexv::platform
