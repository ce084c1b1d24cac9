// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/source_lines.hpp"

#include "platform/files/printable.hpp"

#include <elfutils/libdw.h>

namespace flexv::platform {

SourceLines::SourceLines(const ElfImage& image)
    : bytes_(image.bytes().begin(), image.bytes().end()),
      elf_(elf_memory(reinterpret_cast<char*>(bytes_.data()), bytes_.size()),
           [](Elf* elf) { elf_end(elf); }),
      dwarf_(dwarf_begin_elf(elf_.get(), DWARF_C_READ, nullptr),
             [](Dwarf* dwarf) { dwarf_end(dwarf); }) {}

std::optional<SourceLine> SourceLines::at(Address address) const {
    Dwarf_Die unit;
    if (!dwarf_ || dwarf_addrdie(dwarf_.get(), address, &unit) == nullptr)
        return std::nullopt;
    Dwarf_Line* const line = dwarf_getsrc_die(&unit, address);
    int number = 0;
    if (line == nullptr || dwarf_lineno(line, &number) != 0)
        return std::nullopt;
    const char* const file = dwarf_linesrc(line, nullptr, nullptr);
    return SourceLine{.file = printable(file == nullptr ? "" : file), .line = unsigned(number)};
}

}  // namespace flexv::platform
