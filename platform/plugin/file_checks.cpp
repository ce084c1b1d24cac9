// SPDX-License-Identifier: Apache-2.0
// Looks at the file of a plug-in without running it. libelf knows the format; what the dynamic
// linker would map is compared with the size of the file, because it does not look itself.
#include "base/units.hpp"
#include "platform/plugin/library.hpp"

#include <fmt/format.h>
#include <gelf.h>
#include <libelf.h>

#include <array>
#include <cstring>
#include <fstream>
#include <memory>
#include <optional>

namespace flexv::platform {

namespace {

struct CloseElf {
    void operator()(Elf* elf) const { elf_end(elf); }
};
using ElfHandle = std::unique_ptr<Elf, CloseElf>;

constexpr const char* kHowToLink =
    "build it as a shared object: c++ -std=c++17 -shared -fPIC mine.cpp -o libmine.so";
constexpr const char* kBuildAgain = "build it again with this program's <flexv/plugin.hpp>";

/// Class, byte order and machine of this program, as the header of its file has them.
struct Machine {
    unsigned elf_class = 0;
    unsigned byte_order = 0;
    unsigned number = 0;

    bool operator==(const Machine&) const = default;
};

Machine machine_of(std::string_view file) {
    Elf64_Half number = 0;
    std::memcpy(&number, file.data() + offsetof(Elf64_Ehdr, e_machine), sizeof number);
    return {.elf_class = unsigned(file[EI_CLASS]),
            .byte_order = unsigned(file[EI_DATA]),
            .number = number};
}

Machine own_machine() {
    std::array<char, sizeof(Elf64_Ehdr)> header{};
    std::ifstream("/proc/self/exe", std::ios::binary).read(header.data(), header.size());
    return machine_of({header.data(), header.size()});
}

std::string mistake_in_header(std::string_view file) {
    if (file.empty())
        return "is empty";
    if (!file.starts_with(ELFMAG))
        return fmt::format("is no ELF file; {}", kHowToLink);
    if (file.size() < sizeof(Elf64_Ehdr))
        return "ends within its header";
    if (const Machine its = machine_of(file); !(its == own_machine()))
        return fmt::format(
            "is for another machine (ELF class {}, byte order {}, machine {}); build it for this "
            "one",
            its.elf_class, its.byte_order, its.number);
    return {};
}

/// Of the parts that are mapped, and of the tables.
std::string mistake_in_size(Elf& elf, u64 size) {
    const auto exceeds = [size](u64 begin, u64 bytes) {
        return begin > size || bytes > size - begin;
    };
    GElf_Ehdr header;
    std::size_t segments = 0;
    if (gelf_getehdr(&elf, &header) == nullptr || elf_getphdrnum(&elf, &segments) != 0)
        return fmt::format("is damaged: {}", elf_errmsg(-1));
    if (exceeds(header.e_shoff, u64{header.e_shnum} * header.e_shentsize))
        return "is cut off: its table of sections lies behind its end";
    for (std::size_t index = 0; index < segments; ++index) {
        GElf_Phdr segment;
        if (gelf_getphdr(&elf, int(index), &segment) == nullptr)
            return fmt::format("is damaged: {}", elf_errmsg(-1));
        if (exceeds(segment.p_offset, segment.p_filesz))
            return "is cut off: one of its segments lies behind its end";
    }
    if (header.e_type != ET_DYN)
        return fmt::format("is no shared object; {}", kHowToLink);
    return {};
}

/// The contents of the section that FLEXV_PLUGIN makes.
std::optional<std::string_view> identity_section(Elf& elf) {
    std::size_t names = 0;
    if (elf_getshdrstrndx(&elf, &names) != 0)
        return std::nullopt;
    for (Elf_Scn* section = elf_nextscn(&elf, nullptr); section != nullptr;
         section = elf_nextscn(&elf, section)) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == nullptr)
            return std::nullopt;
        const char* const name = elf_strptr(&elf, names, header.sh_name);
        if (name == nullptr || std::string_view{name} != plugin::kSection)
            continue;
        const Elf_Data* const data = elf_rawdata(section, nullptr);
        if (data == nullptr || data->d_buf == nullptr)
            return std::string_view{};
        return std::string_view{static_cast<const char*>(data->d_buf), data->d_size};
    }
    return std::nullopt;
}

std::string systemc_text(u32 version) {
    return fmt::format("SystemC {}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

}  // namespace

std::string mistake_in(const plugin::Identity& identity) {
    const plugin::Identity& own = plugin::kIdentity;
    if (std::memcmp(identity.magic, own.magic, sizeof own.magic) != 0)
        return fmt::format("has a damaged section {}", plugin::kSection);
    if (identity.abi != own.abi)
        return fmt::format("is built for version {} of the interface of plug-ins, expected {}; {}",
                           identity.abi, own.abi, kBuildAgain);
    if (identity.systemc != own.systemc)
        return fmt::format("is built for {}, expected {}; {}", systemc_text(identity.systemc),
                           systemc_text(own.systemc), kBuildAgain);
    if (identity.standard_library != own.standard_library)
        return fmt::format(
            "is built with another standard library of C++, or with another _GLIBCXX_USE_CXX11_ABI "
            "or _GLIBCXX_DEBUG ({:#x}, expected {:#x}); {}",
            identity.standard_library, own.standard_library, kBuildAgain);
    if (identity.module_bytes != own.module_bytes || identity.payload_bytes != own.payload_bytes ||
        identity.string_bytes != own.string_bytes)
        return fmt::format(
            "has other sizes of sc_module, payload and string ({}, {}, {} bytes, expected {}, {}, "
            "{}); {}",
            identity.module_bytes, identity.payload_bytes, identity.string_bytes, own.module_bytes,
            own.payload_bytes, own.string_bytes, kBuildAgain);
    return {};
}

std::string mistake_in_plugin(std::string_view file) {
    if (std::string mistake = mistake_in_header(file); !mistake.empty())
        return mistake;
    elf_version(EV_CURRENT);
    std::string bytes(file);  // libelf wants them writable
    const ElfHandle elf(elf_memory(bytes.data(), bytes.size()));
    if (!elf)
        return fmt::format("is damaged: {}", elf_errmsg(-1));
    if (std::string mistake = mistake_in_size(*elf, file.size()); !mistake.empty())
        return mistake;
    const auto section = identity_section(*elf);
    if (!section)
        return fmt::format("is no plug-in: it has no section {}; write FLEXV_PLUGIN(...) once",
                           plugin::kSection);
    plugin::Identity identity{};
    if (section->size() < sizeof identity.magic + sizeof identity.abi)
        return fmt::format("has a damaged section {}", plugin::kSection);
    std::memcpy(&identity, section->data(), std::min(section->size(), sizeof identity));
    return mistake_in(identity);
}

}  // namespace flexv::platform
