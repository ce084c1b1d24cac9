// SPDX-License-Identifier: Apache-2.0
// Fills an image from the bytes of a file. libelf knows the format; every offset it hands out is
// checked against the file before it is used.
#include "platform/firmware/elf.hpp"
#include "platform/firmware/elf_checks.hpp"
#include "platform/firmware/elf_symbols.hpp"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <utility>

namespace flexv::platform {

namespace {

struct CloseElf {
    void operator()(Elf* elf) const { elf_end(elf); }
};

/// Names that overlap in the string table make more text than the file has bytes: linkers let a
/// few share their ends, an attack lets all.
class NameBudget {
public:
    explicit NameBudget(std::size_t file_bytes) : left_(kGenerous * file_bytes) {}

    /// Whether a name of this length may still be kept.
    [[nodiscard]] bool take(std::size_t bytes) {
        if (bytes > left_)
            return false;
        left_ -= bytes;
        return true;
    }

private:
    static constexpr std::size_t kGenerous = 8;
    std::size_t left_;
};

std::string range_text(const ElfImage::Segment& segment) {
    return fmt::format("0x{:08x}..0x{:08x}", segment.physical_address,
                       segment.physical_address + segment.bytes.size() - 1);
}

}  // namespace

/// Step by step, each step relies on those before it.
class ElfReader {
public:
    explicit ElfReader(ElfImage& image)
        : image_(image), check_(image.name_, image.file_), budget_(image.file_.size()) {}

    void run() {
        header_ = checked_elf_header(check_);
        image_.entry_ = header_.entry;
        image_.flags_ = header_.flags;
        image_.header_bytes_ = header_.tables_end;
        elf_version(EV_CURRENT);
        elf_.reset(elf_memory(reinterpret_cast<char*>(image_.file_.data()), image_.file_.size()));
        if (!elf_)
            check_.malformed(elf_errmsg(-1));
        read_segments();
        check_overlaps();
        check_entry();
        read_sections();
        image_.symbols_ = std::move(places_).sorted();
    }

private:
    void read_segments() {
        for (u32 i = 0; i < header_.program_headers; ++i) {
            GElf_Phdr header;
            if (gelf_getphdr(elf_.get(), int(i), &header) == nullptr)
                check_.malformed(elf_errmsg(-1));
            if (header.p_type == PT_INTERP)
                check_.refuse("link with -static",
                              "is dynamically linked: it asks an operating system for a loader");
            if (header.p_type == PT_LOAD && header.p_memsz != 0)
                add_segment(i, header);
        }
        if (image_.segments_.empty())
            check_.refuse("link it with sw/runtime/link.ld", "has nothing to load");
    }

    void add_segment(u32 index, const GElf_Phdr& header) {
        constexpr u64 kEnd = u64{1} << 32;
        if (header.p_filesz > header.p_memsz)
            check_.malformed(
                fmt::format("segment {} has {} bytes in the file, but only {} in "
                            "memory",
                            index, header.p_filesz, header.p_memsz));
        if (header.p_paddr + header.p_memsz > kEnd || header.p_vaddr + header.p_memsz > kEnd)
            check_.malformed(fmt::format(
                "segment {}, {} bytes from 0x{:08x}, goes beyond the 32-bit address space", index,
                header.p_memsz, std::max(header.p_paddr, header.p_vaddr)));
        if (header.p_align > 1 && !std::has_single_bit(header.p_align))
            check_.malformed(fmt::format("segment {} is aligned to {}, which is no power of two",
                                         index, header.p_align));
        check_.require(header.p_offset, header.p_filesz, fmt::format("segment {}", index));
        const bool is_copied = header.p_paddr != header.p_vaddr;
        if (is_copied && header.p_filesz == 0)
            return;  // zeros that the copier makes
        image_.segments_.push_back(
            {.physical_address = Address(header.p_paddr),
             .virtual_address = Address(header.p_vaddr),
             .bytes = std::span(image_.file_).subspan(header.p_offset, header.p_filesz),
             .memory_size = u32(is_copied ? header.p_filesz : header.p_memsz),
             .file_offset = header.p_offset,
             .is_executable = (header.p_flags & PF_X) != 0,
             .is_writable = (header.p_flags & PF_W) != 0});
    }

    /// Contents over contents; zeros may lie below contents, as linkers do not place them.
    void check_overlaps() const {
        std::vector<const ElfImage::Segment*> in_order;
        for (const ElfImage::Segment& segment : image_.segments_)
            if (!segment.bytes.empty())
                in_order.push_back(&segment);
        std::ranges::sort(in_order, {}, &ElfImage::Segment::physical_address);
        for (std::size_t i = 1; i < in_order.size(); ++i) {
            const ElfImage::Segment& below = *in_order[i - 1];
            if (u64{below.physical_address} + below.bytes.size() > in_order[i]->physical_address)
                check_.refuse("give each a place of its own in the linker script",
                              "has segments that overlap: {} and {}", range_text(below),
                              range_text(*in_order[i]));
        }
    }

    void check_entry() const {
        constexpr std::string_view kEntryHint =
            "define _start, or name the entry with -Wl,--entry=SYMBOL";
        const Address entry = image_.entry_;
        const auto holds = [entry](const ElfImage::Segment& segment) {
            return entry - segment.virtual_address < segment.memory_size;
        };
        const auto segment = std::ranges::find_if(image_.segments_, holds);
        if (segment == image_.segments_.end())
            check_.refuse(kEntryHint, "has no entry: 0x{:08x} lies in no segment", entry);
        if (entry % 2 != 0)
            check_.refuse(kEntryHint,
                          "has the odd entry 0x{:08x}; instructions lie at even "
                          "addresses",
                          entry);
        if (!segment->is_executable)
            check_.refuse("mark its section as code: .section NAME, \"ax\"",
                          "has its entry 0x{:08x} in a segment that is not executable", entry);
        if (entry - segment->virtual_address >= segment->bytes.size())
            check_.refuse(kEntryHint,
                          "has its entry 0x{:08x} in the zeros behind a segment's "
                          "contents",
                          entry);
    }

    void read_sections() {
        std::size_t names = 0;
        if (elf_getshdrstrndx(elf_.get(), &names) != 0)
            names = 0;
        const auto name_table = bytes_of(names);
        Elf_Scn* symbols = nullptr;  // there is at most one table (System V ABI, chapter 4)
        for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_.get(), section)) != nullptr;) {
            const GElf_Shdr header = header_of(section);
            if ((header.sh_flags & SHF_ALLOC) != 0 && header.sh_size != 0)
                image_.extents_.emplace_back(Address(header.sh_addr), u32(header.sh_size));
            if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL)
                continue;
            check_.require(header.sh_offset, header.sh_size, "a section");
            image_.sections_.try_emplace(
                text_at(name_table, header.sh_name),
                std::span(image_.file_).subspan(header.sh_offset, header.sh_size));
            if (header.sh_type == SHT_SYMTAB && symbols == nullptr)
                symbols = section;
        }
        if (symbols != nullptr)
            read_symbols(symbols);
    }

    GElf_Shdr header_of(Elf_Scn* section) const {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == nullptr)
            check_.malformed(elf_errmsg(-1));
        return header;
    }

    /// Contents of a string table; empty when there is no such section.
    std::span<const std::byte> bytes_of(std::size_t index) const {
        Elf_Scn* const section = elf_getscn(elf_.get(), index);
        if (index == 0 || section == nullptr)
            return {};
        const GElf_Shdr header = header_of(section);
        if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL)
            return {};
        check_.require(header.sh_offset, header.sh_size, "a table of names");
        return std::span(image_.file_).subspan(header.sh_offset, header.sh_size);
    }

    /// A name of a string table, fit to be printed; empty when it lies outside.
    std::string text_at(std::span<const std::byte> table, std::size_t offset) {
        if (offset >= table.size())
            return {};
        const char* const text = reinterpret_cast<const char*>(table.data()) + offset;
        std::string name = printable_name(
            {text, strnlen(text, std::min(table.size() - offset, kLongestName + 1))});
        if (!budget_.take(name.size()))
            check_.malformed("names that overlap beyond reason");
        return name;
    }

    void read_symbols(Elf_Scn* section) {
        Elf_Data* const data = elf_getdata(section, nullptr);
        if (data == nullptr)
            return;
        const auto names = bytes_of(header_of(section).sh_link);
        const std::size_t count = data->d_size / sizeof(Elf32_Sym);
        for (std::size_t i = 0; i < count; ++i) {
            GElf_Sym symbol;
            if (gelf_getsym(data, int(i), &symbol) == nullptr || !is_of_interest(symbol))
                continue;
            const std::string name = text_at(names, symbol.st_name);
            if (is_worth_keeping(name))
                add_symbol(name, symbol);
        }
    }

    static bool is_of_interest(const GElf_Sym& symbol) {
        const auto type = GELF_ST_TYPE(symbol.st_info);
        return symbol.st_shndx != SHN_UNDEF &&
               (type == STT_NOTYPE || type == STT_FUNC || type == STT_OBJECT);
    }

    /// Not the compiler's and assembler's own marks: ".L12", "$x".
    static bool is_worth_keeping(std::string_view name) {
        return !name.empty() && !name.starts_with('$') && !name.starts_with(".L");
    }

    void add_symbol(const std::string& name, const GElf_Sym& symbol) {
        const Address address = Address(symbol.st_value);
        const bool is_local = GELF_ST_BIND(symbol.st_info) == STB_LOCAL;
        if (const auto [known, is_new] = image_.addresses_.try_emplace(name, address);
            !is_new && !is_local)
            known->second = address;

        Elf_Scn* section =
            symbol.st_shndx < SHN_LORESERVE ? elf_getscn(elf_.get(), symbol.st_shndx) : nullptr;
        GElf_Shdr place;
        if (gelf_getshdr(section, &place) == nullptr || (place.sh_flags & SHF_ALLOC) == 0)
            return;  // a constant of the linker script
        const bool is_label = GELF_ST_TYPE(symbol.st_info) == STT_NOTYPE;
        places_.add({.symbol = {.name = name,
                                .address = address,
                                .size = u32(symbol.st_size),
                                .is_code = (place.sh_flags & SHF_EXECINSTR) != 0},
                     .rank = (is_label ? 2U : 0U) + (is_local ? 1U : 0U),
                     .section_end = place.sh_addr + place.sh_size});
    }

    ElfImage& image_;
    ElfRefusal check_;
    NameBudget budget_;
    ElfHeader header_;
    std::unique_ptr<Elf, CloseElf> elf_;
    PlaceList places_;
};

ElfImage ElfImage::parse(const std::string& name, std::vector<std::byte> bytes) {
    ElfImage image;
    image.name_ = name;
    image.file_ = std::move(bytes);
    ElfReader(image).run();
    return image;
}

}  // namespace flexv::platform
