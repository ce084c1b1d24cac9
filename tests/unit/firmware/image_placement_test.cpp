// SPDX-License-Identifier: Apache-2.0
// Which segments go where, and how an image that does not fit is refused.
#include "platform/firmware/image_placement.hpp"

#include "platform/system/boot_style.hpp"

#include "support/error_text.hpp"
#include "unit/firmware/elf_builder.hpp"

#include <catch2/catch.hpp>

namespace flexv::platform {

namespace {

constexpr Address kL2 = 0x1c00'0000;
constexpr Address kPage = kL2 - 0x1000;

const std::vector<MemoryRange> kMemories = {{.name = "soc.cluster.tcdm",
                                             .base = 0x1000'0000,
                                             .size_bytes = 128_KiB,
                                             .size_parameter = "soc.cluster.tcdm.size_bytes",
                                             .largest_bytes = 1_MiB},
                                            {.name = "soc.l2",
                                             .base = kL2,
                                             .size_bytes = 512_KiB,
                                             .size_parameter = "soc.l2.size_bytes",
                                             .largest_bytes = 32_MiB}};

ElfImage parsed(const ElfBuilder& builder) { return ElfImage::parse("hello.elf", builder.build()); }

std::vector<ElfImage::Segment> placed(const ElfBuilder& builder) {
    return placed_segments(parsed(builder), kMemories);
}

std::string refusal(const ElfBuilder& builder) {
    return error_of([&builder] { (void)placed(builder); });
}

ElfBuilder firmware() {
    ElfBuilder builder;
    builder.load(".text", 0x1c00'0080, std::vector<u8>(32, 0x13), 32)
        .load(".data", 0x1000'0004, {1, 2, 3, 4}, 12, PF_R | PF_W);
    return builder;
}

/// What `-Wl,-Ttext=0x1c000000` makes: the segment has the file from its first byte on.
ElfBuilder with_header_page() {
    ElfBuilder builder;
    builder.load(".text", kL2, std::vector<u8>(32, 0x13), 32, PF_R | PF_X, 0x1000);
    builder.header.e_entry = kL2;
    Elf32_Phdr& segment = builder.segments[0];
    segment.p_offset = 0;
    segment.p_vaddr = segment.p_paddr = kPage;
    segment.p_filesz = segment.p_memsz = 0x1000 + 32;
    return builder;
}

}  // namespace

TEST_CASE("a segment must lie wholly in one memory", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("inside") { CHECK(refusal(builder) == "no error"); }
    SECTION("nowhere") {
        builder.segments[1].p_paddr = 0x1c08'0000;
        builder.segments[1].p_vaddr = 0x1c08'0000;
        builder.segments[1].p_memsz = 0x10000;
        CHECK(refusal(builder) ==
              "hello.elf: segment 0x1c080000..0x1c08ffff is in no memory\n"
              "  nearest: soc.l2 0x1c000000..0x1c07ffff (512 KiB)\n"
              "  hint: link with sw/runtime/link.ld, or raise soc.l2.size_bytes");
    }
    SECTION("across the end") {
        builder.segments[1].p_paddr = 0x1001'fffc;
        builder.segments[1].p_vaddr = 0x1001'fffc;
        CHECK(refusal(builder).starts_with(
            "hello.elf: segment 0x1001fffc..0x10020007 is in no memory\n"
            "  nearest: soc.cluster.tcdm 0x10000000..0x1001ffff (128 KiB)"));
    }
    SECTION("behind: too far for the largest memory that there is") {
        builder.segments[1].p_paddr = builder.segments[1].p_vaddr = 0x2000'0000;
        CHECK(refusal(builder).ends_with("hint: link with sw/runtime/link.ld"));
    }
    SECTION("before: a larger memory would not help") {
        builder.segments[1].p_paddr = 0x0fff'0000;
        CHECK(refusal(builder).ends_with("hint: link with sw/runtime/link.ld"));
    }
}

TEST_CASE("a page with the file's header in front of a memory is left out", "[elf]") {
    const ElfImage image = parsed(with_header_page());

    const auto segments = placed_segments(image, kMemories);

    REQUIRE(segments.size() == 1);
    CHECK(segments[0].physical_address == kL2);
    CHECK(segments[0].virtual_address == kL2);
    CHECK(segments[0].memory_size == 32);
    CHECK(segments[0].bytes.size() == 32);
    CHECK(segments[0].bytes[0] == std::byte{0x13});
}

TEST_CASE("a header in front of a memory is refused when something else is there", "[elf]") {
    ElfBuilder builder = with_header_page();
    SECTION("a symbol") { builder.symbol("table", kPage + 0x800, 4, STT_OBJECT, 1); }
    SECTION("a section") {
        builder.section(".rodata", {1, 2, 3, 4});
        builder.last_section().sh_flags = SHF_ALLOC;
        builder.last_section().sh_addr = kPage + 0xffd;
    }
    SECTION("contents without a name") { builder.bytes_at(0x800) = 1; }
    SECTION("the entry") { builder.header.e_entry = kPage + 0x900; }

    CHECK(refusal(builder) ==
          "hello.elf: segment 0x1bfff000..0x1c00001f is in no memory\n"
          "  nearest: soc.l2 0x1c000000..0x1c07ffff (512 KiB)\n"
          "  hint: it begins with the header of the file; link with -Wl,-n, which leaves that out");
}

TEST_CASE("code that starts where nothing is loaded is refused", "[elf]") {
    ElfBuilder builder = firmware();
    builder.segments[0].p_paddr = 0x1c00'4000;

    CHECK(refusal(builder) ==
          "hello.elf: starts at 0x1c000080, but its code is loaded to 0x1c004000 and nothing "
          "copies it\n"
          "  hint: link the code that starts where it runs, without AT or AT> in the linker "
          "script");
}

TEST_CASE("code may start in an alias of the memory that it is loaded into", "[elf]") {
    ElfBuilder builder = firmware();
    builder.segments[0].p_vaddr = 0x80;
    builder.segments[0].p_paddr = 0x1000'0080;
    builder.header.e_entry = 0x80;

    CHECK(refusal(builder) == "no error");
}

TEST_CASE("the boot style is seen from what public runtimes define", "[elf]") {
    ElfBuilder builder = firmware();
    SECTION("nothing") { CHECK_FALSE(boot_style(parsed(builder)).has_value()); }
    SECTION("a symbol of the fabric controller") {
        builder.symbol("pos_init_entry", 0x1c00'0080, 4, STT_FUNC, 1)
            .symbol("pos_fll_init", 0x1c00'0084, 4, STT_FUNC, 1);
        CHECK(boot_style_hint(parsed(builder), Boot::cluster) ==
              "the image is written for a fabric controller (symbol pos_fll_init); try --config "
              "pulp_open");
        CHECK(boot_style_hint(parsed(builder), Boot::fabric_controller).empty());
    }
    SECTION("a section") {
        builder.section(".data_tiny_fc", {1});
        CHECK(boot_style(parsed(builder))->evidence == "section .data_tiny_fc");
    }
    SECTION("the runtime without a fabric controller") {
        builder.symbol("pos_init_entry", 0x1c00'0080, 4, STT_FUNC, 1);
        CHECK(boot_style_hint(parsed(builder), Boot::fabric_controller) ==
              "the image is written for a cluster without fabric controller (symbol "
              "pos_init_entry); try --config pulp_cluster");
        CHECK(boot_style_hint(parsed(builder), Boot::cluster).empty());
    }
    SECTION("both, as sw/runtime") {
        builder.symbol("flexv_fabric_idle", 0x1c00'0080, 4, STT_FUNC, 1)
            .symbol("pos_fll_init", 0x1c00'0084, 4, STT_FUNC, 1);
        CHECK_FALSE(boot_style(parsed(builder)).has_value());
    }
}

TEST_CASE("the boot style of a stripped image is seen from the peripherals it uses", "[elf]") {
    const u32 page = GENERATE(0x1a109U, 0x1a10aU);
    const u32 lui = page << 12 | 10 << 7 | 0x37;
    ElfBuilder builder;
    builder.load(".text", 0x1c00'0080,
                 {0x01, 0x00, u8(lui), u8(lui >> 8), u8(lui >> 16), u8(lui >> 24)}, 6);

    CHECK(boot_style(parsed(builder))->evidence ==
          "use of the interrupt controller at pc 0x1c000082");
}

}  // namespace flexv::platform
