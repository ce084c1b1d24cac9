// SPDX-License-Identifier: Apache-2.0
// Writes small ELF images byte by byte, so that the loader is tested without a cross compiler.
#pragma once

#include "base/units.hpp"

#include <elf.h>

#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace flexv::platform {

/// One program: a code segment, optional further segments, sections and symbols.
class ElfBuilder {
public:
    static constexpr u32 kHeaderRoom = sizeof(Elf32_Ehdr) + 4 * sizeof(Elf32_Phdr);

    Elf32_Ehdr header = valid_header();
    std::vector<Elf32_Phdr> segments;

    ElfBuilder() { add_section("", {}, {}); }

    /// A segment and a section of the same name over `bytes`, which stand at `offset` in the file
    /// or behind it.
    ElfBuilder& load(const std::string& name, Address address, const std::vector<u8>& bytes,
                     u32 memory_size, u32 flags = PF_R | PF_X, u32 offset = 0) {
        if (offset > kHeaderRoom + contents_.size())
            contents_.resize(offset - kHeaderRoom);
        Elf32_Shdr section{};
        section.sh_type = SHT_PROGBITS;
        section.sh_flags = SHF_ALLOC | ((flags & PF_X) != 0 ? Elf32_Word(SHF_EXECINSTR) : 0U);
        section.sh_addr = address;
        Elf32_Phdr segment{};
        segment.p_type = PT_LOAD;
        segment.p_offset = add_section(name, section, bytes);
        segment.p_vaddr = address;
        segment.p_paddr = address;
        segment.p_filesz = Elf32_Word(bytes.size());
        segment.p_memsz = memory_size;
        segment.p_flags = flags;
        segments.push_back(segment);
        return *this;
    }

    /// A section that is not loaded.
    ElfBuilder& section(const std::string& name, const std::vector<u8>& bytes) {
        Elf32_Shdr header_of_section{};
        header_of_section.sh_type = SHT_PROGBITS;
        add_section(name, header_of_section, bytes);
        return *this;
    }

    [[nodiscard]] Elf32_Shdr& last_section() { return sections_.back(); }
    /// A byte of the file behind its program headers.
    [[nodiscard]] u8& bytes_at(u32 offset) { return contents_.at(offset - kHeaderRoom); }

    /// `section` counts from 1 in the order of creation; SHN_ABS for a constant.
    ElfBuilder& symbol(const std::string& name, Address address, u32 size, unsigned type,
                       u16 section_index, unsigned binding = STB_GLOBAL) {
        return add_symbol(intern(symbol_names_, name), address, size, type, section_index, binding);
    }

    /// Named by what stands `offset` letters behind the start of `name`, which is stored once.
    ElfBuilder& symbol_at_name_offset(const std::string& name, u32 offset, Address address,
                                      u32 size, unsigned type, u16 section_index) {
        if (shared_name_ == 0)
            shared_name_ = intern(symbol_names_, name);
        return add_symbol(shared_name_ + offset, address, size, type, section_index, STB_GLOBAL);
    }

    [[nodiscard]] std::vector<std::byte> build() const {
        ElfBuilder copy = *this;
        return copy.finish();
    }

private:
    ElfBuilder& add_symbol(u32 name, Address address, u32 size, unsigned type, u16 section_index,
                           unsigned binding) {
        Elf32_Sym entry{};
        entry.st_name = name;
        entry.st_value = address;
        entry.st_size = size;
        entry.st_info = static_cast<unsigned char>(ELF32_ST_INFO(binding, type));
        entry.st_shndx = section_index;
        symbols_.push_back(entry);
        return *this;
    }

    static Elf32_Ehdr valid_header() {
        Elf32_Ehdr result{};
        std::memcpy(result.e_ident, ELFMAG, SELFMAG);
        result.e_ident[EI_CLASS] = ELFCLASS32;
        result.e_ident[EI_DATA] = ELFDATA2LSB;
        result.e_ident[EI_VERSION] = EV_CURRENT;
        result.e_type = ET_EXEC;
        result.e_machine = EM_RISCV;
        result.e_version = EV_CURRENT;
        result.e_entry = 0x1c00'0080;
        result.e_ehsize = sizeof(Elf32_Ehdr);
        result.e_phentsize = sizeof(Elf32_Phdr);
        result.e_shentsize = sizeof(Elf32_Shdr);
        return result;
    }

    static u32 intern(std::string& table, const std::string& name) {
        const u32 offset = u32(table.size());
        table += name + '\0';
        return offset;
    }

    u32 add_section(const std::string& name, Elf32_Shdr section, const std::vector<u8>& bytes) {
        contents_.resize((contents_.size() + 3) / 4 * 4);
        section.sh_name = intern(section_names_, name);
        section.sh_offset = kHeaderRoom + u32(contents_.size());
        section.sh_size = u32(bytes.size());
        contents_.insert(contents_.end(), bytes.begin(), bytes.end());
        sections_.push_back(section);
        return section.sh_offset;
    }

    template <typename Table>
    static std::vector<u8> raw(const Table& table) {
        const auto bytes = std::as_bytes(std::span(table));
        std::vector<u8> result(bytes.size());
        if (!bytes.empty())
            std::memcpy(result.data(), bytes.data(), bytes.size());
        return result;
    }

    void add_tables() {
        Elf32_Shdr strings{};
        strings.sh_type = SHT_STRTAB;
        add_section(".strtab", strings, raw(symbol_names_));
        Elf32_Shdr symbols{};
        symbols.sh_type = SHT_SYMTAB;
        symbols.sh_entsize = sizeof(Elf32_Sym);
        symbols.sh_link = u32(sections_.size() - 1);
        add_section(".symtab", symbols, raw(symbols_));
        intern(section_names_, ".shstrtab");
        const std::string names = section_names_;
        header.e_shstrndx = u16(sections_.size());
        add_section(".shstrtab", strings, raw(names));
        contents_.resize((contents_.size() + 3) / 4 * 4);
    }

    std::vector<std::byte> finish() {
        add_tables();
        header.e_phoff = sizeof(Elf32_Ehdr);
        header.e_phnum = u16(segments.size());
        header.e_shoff = kHeaderRoom + u32(contents_.size());
        header.e_shnum = u16(sections_.size());
        std::vector<u8> file = raw(std::span(&header, 1));
        const auto append = [&file](const std::vector<u8>& bytes) {
            file.insert(file.end(), bytes.begin(), bytes.end());
        };
        append(raw(segments));
        file.resize(kHeaderRoom);
        append(contents_);
        append(raw(sections_));
        const auto bytes = std::as_bytes(std::span(file));
        return {bytes.begin(), bytes.end()};
    }

    std::vector<u8> contents_;
    std::vector<Elf32_Shdr> sections_;
    std::vector<Elf32_Sym> symbols_ = {Elf32_Sym{}};
    u32 shared_name_ = 0;
    std::string section_names_;
    std::string symbol_names_ = std::string(1, '\0');
};

}  // namespace flexv::platform
