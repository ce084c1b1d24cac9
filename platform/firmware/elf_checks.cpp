// SPDX-License-Identifier: Apache-2.0
// Numbers: System V ABI, chapter 4; RISC-V ELF psABI 1.0, chapter 8.
#include "platform/firmware/elf_checks.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

namespace flexv::platform {

namespace {

static_assert(std::endian::native == std::endian::little, "ELF headers are read as they stand");

constexpr std::string_view kLinkHint = "link it with sw/runtime/link.ld";
constexpr std::string_view kDamagedHint = "copy or link it again";
constexpr std::size_t kMachineOffset = offsetof(Elf32_Ehdr, e_machine);  // the same for 64 bits
constexpr u32 kKnownFlags = EF_RISCV_RVC | EF_RISCV_FLOAT_ABI | EF_RISCV_RVE | EF_RISCV_TSO;

struct Name {
    unsigned number;
    const char* text;
};

constexpr Name kMachines[] = {
    {EM_SPARC, "SPARC"},   {EM_386, "x86"},          {EM_MIPS, "MIPS"},
    {EM_PPC, "PowerPC"},   {EM_PPC64, "PowerPC 64"}, {EM_S390, "S/390"},
    {EM_ARM, "Arm"},       {EM_X86_64, "x86-64"},    {EM_OPENRISC, "OpenRISC"},
    {EM_XTENSA, "Xtensa"}, {EM_AARCH64, "AArch64"},  {EM_AVR, "AVR"},
    {EM_BPF, "BPF"},
};

/// Systems whose programs expect a kernel below them.
constexpr Name kSystems[] = {
    {ELFOSABI_HPUX, "HP-UX"},    {ELFOSABI_NETBSD, "NetBSD"},   {ELFOSABI_SOLARIS, "Solaris"},
    {ELFOSABI_AIX, "AIX"},       {ELFOSABI_IRIX, "IRIX"},       {ELFOSABI_FREEBSD, "FreeBSD"},
    {ELFOSABI_TRU64, "Tru64"},   {ELFOSABI_MODESTO, "Modesto"}, {ELFOSABI_OPENBSD, "OpenBSD"},
    {ELFOSABI_ARM_AEABI, "Arm"}, {ELFOSABI_ARM, "Arm"},
};

std::string name_of(std::span<const Name> names, unsigned number, std::string_view otherwise) {
    const auto known = std::ranges::find(names, number, &Name::number);
    return known == names.end() ? fmt::format("{} {}", otherwise, number)
                                : fmt::format("{} ({})", known->text, number);
}

template <typename T>
T read_at(std::span<const std::byte> file, u64 offset) {
    T value;
    std::memcpy(&value, file.data() + offset, sizeof value);
    return value;
}

bool begins_with(std::span<const std::byte> file, std::string_view magic) {
    return file.size() >= magic.size() && std::memcmp(file.data(), magic.data(), magic.size()) == 0;
}

void check_magic(const ElfRefusal& file) {
    if (file.file().empty())
        file.refuse("link the firmware again", "is empty");
    if (begins_with(file.file(), "!<arch>"))
        file.refuse(kLinkHint, "is an archive of object files, not an executable");
    if (!begins_with(file.file(), ELFMAG))
        file.refuse("give the linked firmware, not a source, .bin or .hex file",
                    "is not an ELF file");
    file.require(0, EI_NIDENT, "the header");
}

void check_class(const ElfRefusal& file) {
    const auto klass = unsigned(file.file()[EI_CLASS]);
    if (klass == ELFCLASS32)
        return;
    if (klass != ELFCLASS64)
        file.refuse(kDamagedHint, "has class {} in its header, which is neither 32 nor 64 bits",
                    klass);
    file.require(kMachineOffset, sizeof(Elf32_Half), "the header");
    const auto machine = read_at<Elf32_Half>(file.file(), kMachineOffset);
    if (machine == EM_RISCV)
        file.refuse(kCompilerHint, "is a 64-bit ELF file; the cores are 32-bit");
    file.refuse(kCompilerHint, "is a 64-bit ELF file for {}; the cores are 32-bit RISC-V",
                name_of(kMachines, machine, "machine"));
}

void check_identification(const ElfRefusal& file) {
    check_magic(file);
    check_class(file);
    const auto order = unsigned(file.file()[EI_DATA]);
    if (order == ELFDATA2MSB)
        file.refuse(kCompilerHint, "is big-endian; the cores are little-endian");
    if (order != ELFDATA2LSB)
        file.refuse(kDamagedHint,
                    "has byte order {} in its header, which is neither little- nor big-endian",
                    order);
    if (const auto version = unsigned(file.file()[EI_VERSION]); version != EV_CURRENT)
        file.refuse(kDamagedHint, "has a header of ELF version {}; there is only {}", version,
                    EV_CURRENT);
    const auto system = unsigned(file.file()[EI_OSABI]);
    if (system != ELFOSABI_NONE && system != ELFOSABI_GNU && system != ELFOSABI_STANDALONE)
        file.refuse(kCompilerHint, "is built for {}; the cores run without an operating system",
                    name_of(kSystems, system, "operating system"));
}

/// Object files and libraries are ELF files, too.
void check_type(const ElfRefusal& file, const Elf32_Ehdr& header) {
    switch (header.e_type) {
        case ET_EXEC:
            return;
        case ET_REL:
            file.refuse(kLinkHint, "is an object file, not an executable");
        case ET_DYN:
            if (header.e_entry == 0)
                file.refuse("give the linked firmware", "is a shared library, not an executable");
            file.refuse("link with -static -no-pie", "is position independent, not an executable");
        case ET_CORE:
            file.refuse("give the firmware itself", "is a core dump, not an executable");
        default:
            file.refuse(kLinkHint, "is not an executable (ELF type {})", header.e_type);
    }
}

void check_flags(const ElfRefusal& file, u32 flags) {
    if ((flags & ~kKnownFlags) != 0)
        file.refuse(
            "use a compiler for the standard ABI; the flags that exist are RVC, float ABI, "
            "RVE and TSO",
            "has the unknown flags 0x{:x} in its header (e_flags 0x{:x})", flags & ~kKnownFlags,
            flags);
}

/// Sizes and numbers of the tables; a number too large for the header stands in section 0.
u32 checked_tables(const ElfRefusal& file, const Elf32_Ehdr& header) {
    if (header.e_shoff != 0 && header.e_shentsize != sizeof(Elf32_Shdr))
        file.malformed(fmt::format("section headers of {} bytes, {} are right", header.e_shentsize,
                                   sizeof(Elf32_Shdr)));
    u64 sections = header.e_shnum;
    u32 segments = header.e_phnum;
    if (segments == PN_XNUM && header.e_shoff == 0)
        file.malformed(
            fmt::format("{} program headers, and no section 0 that counts them", segments));
    if ((sections == 0 && header.e_shoff != 0) || segments == PN_XNUM) {
        file.require(header.e_shoff, sizeof(Elf32_Shdr), "the first section header");
        const auto first = read_at<Elf32_Shdr>(file.file(), header.e_shoff);
        sections = sections == 0 ? first.sh_size : sections;
        if (segments == PN_XNUM && first.sh_info < PN_XNUM)
            file.malformed(fmt::format("{} program headers by its header, {} by section 0", PN_XNUM,
                                       first.sh_info));
        segments = segments == PN_XNUM ? first.sh_info : segments;
    }
    file.require(header.e_shoff, sections * sizeof(Elf32_Shdr), "the table of section headers");
    if (header.e_shstrndx != SHN_XINDEX && header.e_shstrndx != 0 && header.e_shstrndx >= sections)
        file.malformed(fmt::format("section {} holds the names, and there are {}",
                                   header.e_shstrndx, sections));
    if (segments != 0 && header.e_phentsize != sizeof(Elf32_Phdr))
        file.malformed(fmt::format("program headers of {} bytes, {} are right", header.e_phentsize,
                                   sizeof(Elf32_Phdr)));
    file.require(header.e_phoff, u64{segments} * sizeof(Elf32_Phdr),
                 "the table of program headers");
    return segments;
}

}  // namespace

void ElfRefusal::malformed(std::string_view why) const {
    refuse("link it again", "is a malformed ELF file: {}", why);
}

void ElfRefusal::require(u64 offset, u64 size, std::string_view what) const {
    if (offset > file_.size() || size > file_.size() - offset)
        refuse(kDamagedHint, "is truncated: {} ends at byte {}, the file at {}", what,
               offset + size, file_.size());
}

ElfHeader checked_elf_header(const ElfRefusal& file) {
    check_identification(file);
    file.require(0, sizeof(Elf32_Ehdr), "the header");
    const auto header = read_at<Elf32_Ehdr>(file.file(), 0);
    if (header.e_machine != EM_RISCV)
        file.refuse(kCompilerHint, "is built for {}, not for RISC-V ({})",
                    name_of(kMachines, header.e_machine, "machine"), EM_RISCV);
    check_type(file, header);
    if (header.e_version != EV_CURRENT)
        file.refuse(kDamagedHint, "is of ELF version {}; there is only {}", header.e_version,
                    EV_CURRENT);
    check_flags(file, header.e_flags);
    const u32 segments = checked_tables(file, header);
    const bool is_adjacent = header.e_phoff == sizeof(Elf32_Ehdr);
    return {.entry = header.e_entry,
            .flags = header.e_flags,
            .program_headers = segments,
            .tables_end = sizeof(Elf32_Ehdr) + (is_adjacent ? segments * sizeof(Elf32_Phdr) : 0)};
}

std::string abi_warning(u32 flags) {
    constexpr std::array kFloats = {"", "single", "double", "quad"};
    const char* const width = kFloats[(flags & EF_RISCV_FLOAT_ABI) >> 1];
    if (*width == '\0')
        return {};
    return fmt::format(
        "is built for the {}-precision hard-float ABI, and the cores have no floating-point "
        "registers: what uses them is an illegal instruction\n"
        "  hint: compile with -march=rv32imc -mabi=ilp32",
        width);
}

}  // namespace flexv::platform
