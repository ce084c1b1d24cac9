// SPDX-License-Identifier: Apache-2.0
// Reading and checking of firmware images. libelf knows the format; every offset it hands out is
// checked against the file before it is used.
#include "platform/elf.hpp"

#include "base/error.hpp"
#include "platform/schema.hpp"

#include <gelf.h>
#include <libelf.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <tuple>
#include <utility>

namespace flexv::platform {

namespace {

constexpr std::string_view kCompilerHint =
    "compile and link with riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32";

struct CloseElf {
    void operator()(Elf* elf) const { elf_end(elf); }
};

std::string machine_name(unsigned machine) {
    constexpr std::pair<unsigned, const char*> kNames[] = {
        {EM_386, "x86"}, {EM_ARM, "Arm"}, {EM_X86_64, "x86-64"}, {EM_AARCH64, "AArch64"}};
    for (const auto& [number, name] : kNames)
        if (number == machine)
            return fmt::format("{} ({})", name, machine);
    return fmt::format("machine {}", machine);
}

}  // namespace

/// Fills an image from its bytes, step by step.
class ElfReader {
public:
    explicit ElfReader(ElfImage& image) : image_(image) {}

    void run() {
        check_identification();
        elf_version(EV_CURRENT);
        elf_.reset(elf_memory(reinterpret_cast<char*>(image_.file_.data()), image_.file_.size()));
        const Elf32_Ehdr* header = elf_ ? elf32_getehdr(elf_.get()) : nullptr;
        if (header == nullptr)
            malformed(elf_errmsg(-1));
        header_ = *header;
        check_header();
        read_segments();
        read_sections();
        sort_symbols();
    }

private:
    template <typename... Args>
    [[noreturn]] void refuse(std::string_view hint, fmt::format_string<Args...> format,
                             Args&&... args) const {
        throw UserError("{}: {}\n  hint: {}", image_.name_,
                        fmt::format(format, std::forward<Args>(args)...), hint);
    }
    [[noreturn]] void malformed(std::string_view why) const {
        refuse("link it again", "is a malformed ELF file: {}", why);
    }

    /// The file must hold `size` bytes from `offset` on.
    void require(u64 offset, u64 size, std::string_view what) const {
        if (offset > image_.file_.size() || size > image_.file_.size() - offset)
            refuse("copy or link it again", "is truncated: {} ends at byte {}, the file at {}",
                   what, offset + size, image_.file_.size());
    }

    void check_identification() const {
        const auto& file = image_.file_;
        if (file.size() < SELFMAG || std::memcmp(file.data(), ELFMAG, SELFMAG) != 0)
            refuse("give the linked firmware, not a source, .bin or .hex file",
                   "is not an ELF file");
        require(0, EI_NIDENT, "the header");
        if (file[EI_CLASS] != std::byte{ELFCLASS32})
            refuse(kCompilerHint, "is a 64-bit ELF file; the cores are 32-bit");
        if (file[EI_DATA] != std::byte{ELFDATA2LSB})
            refuse(kCompilerHint, "is big-endian; the cores are little-endian");
        require(0, sizeof(Elf32_Ehdr), "the header");
    }

    void check_header() const {
        if (header_.e_machine != EM_RISCV)
            refuse(kCompilerHint, "is built for {}, not for RISC-V ({})",
                   machine_name(header_.e_machine), EM_RISCV);
        if (header_.e_type == ET_REL)
            refuse("link it with sw/runtime/link.ld", "is an object file, not an executable");
        if (header_.e_type == ET_DYN)
            refuse("link with -static -no-pie", "is position independent, not an executable");
        if (header_.e_type != ET_EXEC)
            refuse("link it with sw/runtime/link.ld", "is not an executable (ELF type {})",
                   header_.e_type);
        if (header_.e_phnum != 0 && header_.e_phentsize != sizeof(Elf32_Phdr))
            malformed("program headers of an unknown size");
        require(header_.e_phoff, u64{header_.e_phnum} * sizeof(Elf32_Phdr), "the program headers");
        require(header_.e_shoff, u64{header_.e_shnum} * header_.e_shentsize, "the section headers");
    }

    void read_segments() {
        for (int i = 0; i < header_.e_phnum; ++i) {
            GElf_Phdr header;
            if (gelf_getphdr(elf_.get(), i, &header) == nullptr)
                malformed(elf_errmsg(-1));
            if (header.p_type == PT_LOAD && header.p_memsz != 0)
                add_segment(header);
        }
        if (image_.segments_.empty())
            refuse("link it with sw/runtime/link.ld", "has nothing to load");
        image_.entry_ = header_.e_entry;
        if (!std::ranges::any_of(image_.segments_, [this](const ElfImage::Segment& segment) {
                return header_.e_entry - segment.virtual_address < segment.memory_size;
            }))
            refuse("define _start, or name the entry with -Wl,--entry=SYMBOL",
                   "has no entry: 0x{:08x} lies in no segment", header_.e_entry);
    }

    void add_segment(const GElf_Phdr& header) {
        if (header.p_filesz > header.p_memsz)
            malformed("a segment with more contents than memory");
        if (header.p_paddr + header.p_memsz > (u64{1} << 32))
            malformed("a segment beyond the 32-bit address space");
        require(header.p_offset, header.p_filesz, "a segment");
        image_.segments_.push_back(
            {.physical_address = Address(header.p_paddr),
             .virtual_address = Address(header.p_vaddr),
             .bytes = std::span(image_.file_).subspan(header.p_offset, header.p_filesz),
             .memory_size = u32(header.p_memsz),
             .is_executable = (header.p_flags & PF_X) != 0,
             .is_writable = (header.p_flags & PF_W) != 0});
    }

    void read_sections() {
        std::size_t names = 0;
        if (elf_getshdrstrndx(elf_.get(), &names) != 0)
            names = 0;
        for (Elf_Scn* section = nullptr; (section = elf_nextscn(elf_.get(), section)) != nullptr;) {
            GElf_Shdr header;
            if (gelf_getshdr(section, &header) == nullptr)
                malformed(elf_errmsg(-1));
            if (header.sh_type == SHT_NOBITS || header.sh_type == SHT_NULL)
                continue;
            require(header.sh_offset, header.sh_size, "a section");
            if (const char* name = elf_strptr(elf_.get(), names, header.sh_name))
                image_.sections_.try_emplace(
                    name, std::span(image_.file_).subspan(header.sh_offset, header.sh_size));
            if (header.sh_type == SHT_SYMTAB)
                read_symbols(section, header);
        }
    }

    void read_symbols(Elf_Scn* section, const GElf_Shdr& header) {
        Elf_Data* data = elf_getdata(section, nullptr);
        if (data == nullptr)
            return;
        const std::size_t count = data->d_size / sizeof(Elf32_Sym);
        for (std::size_t i = 0; i < count; ++i) {
            GElf_Sym symbol;
            if (gelf_getsym(data, int(i), &symbol) == nullptr)
                continue;
            const char* name = elf_strptr(elf_.get(), header.sh_link, symbol.st_name);
            if (name != nullptr && is_worth_keeping(name, symbol))
                add_symbol(name, symbol);
        }
    }

    /// Not the compiler's and assembler's own marks: ".L12", "$x".
    static bool is_worth_keeping(std::string_view name, const GElf_Sym& symbol) {
        const auto type = GELF_ST_TYPE(symbol.st_info);
        return !name.empty() && !name.starts_with('$') && !name.starts_with(".L") &&
               symbol.st_shndx != SHN_UNDEF &&
               (type == STT_NOTYPE || type == STT_FUNC || type == STT_OBJECT);
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
        const u64 section_end = place.sh_addr + place.sh_size;
        candidates_.push_back({.symbol = {.name = name,
                                          .address = address,
                                          .size = u32(symbol.st_size),
                                          .is_code = (place.sh_flags & SHF_EXECINSTR) != 0},
                               .rank = (is_label ? 2U : 0U) + (is_local ? 1U : 0U),
                               .section_end = section_end});
    }

    /// Keeps one symbol an address, drops labels inside a sized symbol, and lets an unsized one
    /// reach to the next symbol or the end of its section.
    void sort_symbols() {
        std::ranges::stable_sort(candidates_, {}, [](const Candidate& candidate) {
            return std::tuple{candidate.symbol.address, candidate.symbol.size == 0, candidate.rank};
        });
        u64 covered = 0;
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            ElfImage::Symbol& symbol = candidates_[i].symbol;
            const bool is_sized = symbol.size != 0;
            if (symbol.address < covered && !is_sized)
                continue;
            if (!image_.symbols_.empty() && image_.symbols_.back().address == symbol.address)
                continue;
            if (!is_sized)
                symbol.size = reach(i);
            else
                covered = u64{symbol.address} + symbol.size;
            if (symbol.size != 0)
                image_.symbols_.push_back(std::move(symbol));
        }
    }

    [[nodiscard]] u32 reach(std::size_t index) const {
        const u64 address = candidates_[index].symbol.address;
        u64 end = candidates_[index].section_end;
        for (std::size_t next = index + 1; next < candidates_.size(); ++next)
            if (candidates_[next].symbol.address > address) {
                end = std::min<u64>(end, candidates_[next].symbol.address);
                break;
            }
        return end > address ? u32(end - address) : 0;
    }

    struct Candidate {
        ElfImage::Symbol symbol;
        unsigned rank = 0;  ///< of several at one address the lowest is kept
        u64 section_end = 0;
    };

    ElfImage& image_;
    std::unique_ptr<Elf, CloseElf> elf_;
    Elf32_Ehdr header_{};
    std::vector<Candidate> candidates_;
};

ElfImage ElfImage::parse(const std::string& name, std::vector<std::byte> bytes) {
    ElfImage image;
    image.name_ = name;
    image.file_ = std::move(bytes);
    ElfReader(image).run();
    return image;
}

ElfImage ElfImage::read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw UserError("{}: cannot open the firmware: {}", path, std::strerror(errno));
    if (std::filesystem::is_directory(path))
        throw UserError("{}: is a folder, not a firmware file", path);
    std::vector<char> text{std::istreambuf_iterator<char>(file), {}};
    const auto bytes = std::as_bytes(std::span(text));
    return parse(path, {bytes.begin(), bytes.end()});
}

const ElfImage::Symbol* ElfImage::covering(Address address) const {
    const auto after = std::ranges::upper_bound(symbols_, address, {}, &Symbol::address);
    if (after == symbols_.begin())
        return nullptr;
    const Symbol& symbol = *std::prev(after);
    return address - symbol.address < symbol.size ? &symbol : nullptr;
}

std::string ElfImage::symbol_at(Address address) const {
    const Symbol* symbol = covering(address);
    if (symbol == nullptr)
        return "";
    if (symbol->address == address)
        return symbol->name;
    return fmt::format("{}+0x{:x}", symbol->name, address - symbol->address);
}

const ElfImage::Symbol* ElfImage::function_at(Address address) const {
    const Symbol* symbol = covering(address);
    return symbol != nullptr && symbol->is_code ? symbol : nullptr;
}

std::optional<Address> ElfImage::symbol(std::string_view name) const {
    const auto found = addresses_.find(name);
    return found == addresses_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::span<const std::byte>> ElfImage::section(std::string_view name) const {
    const auto found = sections_.find(name);
    return found == sections_.end() ? std::nullopt : std::optional(found->second);
}

namespace {

/// Bytes between a segment and a memory; 0 when they touch or overlap.
u64 gap(const ElfImage::Segment& segment, const MemoryRange& memory) {
    const u64 segment_end = u64{segment.physical_address} + segment.memory_size;
    const u64 memory_end = u64{memory.base} + memory.size_bytes;
    if (segment.physical_address > memory_end)
        return segment.physical_address - memory_end;
    return memory.base > segment_end ? memory.base - segment_end : 0;
}

bool holds(const MemoryRange& memory, const ElfImage::Segment& segment) {
    return segment.physical_address >= memory.base &&
           u64{segment.physical_address} + segment.memory_size <=
               u64{memory.base} + memory.size_bytes;
}

[[noreturn]] void refuse_segment(const ElfImage& image, const ElfImage::Segment& segment,
                                 const MemoryRange& nearest) {
    const bool can_grow =
        !nearest.size_parameter.empty() && segment.physical_address >= nearest.base;
    const u64 end = u64{segment.physical_address} + segment.memory_size;
    throw UserError(
        "{}: segment 0x{:08x}..0x{:08x} is in no memory\n"
        "  nearest: {} 0x{:08x}..0x{:08x} ({})\n"
        "  hint: link with sw/runtime/link.ld{}",
        image.name(), segment.physical_address, end - 1, nearest.name, nearest.base,
        nearest.base + nearest.size_bytes - 1, bytes_text(nearest.size_bytes),
        can_grow ? ", or raise " + nearest.size_parameter : "");
}

}  // namespace

void check_segments(const ElfImage& image, std::span<const MemoryRange> memories) {
    FLEXV_ASSERT(!memories.empty(), "there is a memory to load into");
    for (const ElfImage::Segment& segment : image.segments()) {
        const auto in_segment = [&](const MemoryRange& memory) { return holds(memory, segment); };
        if (std::ranges::any_of(memories, in_segment))
            continue;
        refuse_segment(image, segment, *std::ranges::min_element(memories, {}, [&](const auto& m) {
                           return gap(segment, m);
                       }));
    }
}

}  // namespace flexv::platform
