// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/debug_information.hpp"

#include <elfutils/libdw.h>

namespace flexv::platform {

DebugInformation::DebugInformation(const ElfImage& image)
    : bytes_(image.bytes().begin(), image.bytes().end()),
      elf_(elf_memory(reinterpret_cast<char*>(bytes_.data()), bytes_.size()),
           [](Elf* elf) { elf_end(elf); }),
      dwarf_(dwarf_begin_elf(elf_.get(), DWARF_C_READ, nullptr),
             [](Dwarf* dwarf) { dwarf_end(dwarf); }) {}

}  // namespace flexv::platform
