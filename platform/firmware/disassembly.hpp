// SPDX-License-Identifier: Apache-2.0
// A firmware image as assembler text.
#pragma once

#include "isa/decoder.hpp"
#include "platform/firmware/elf.hpp"

#include <string>

namespace flexv::platform {

/// All executable segments, a line per instruction, with the labels of the image. Words of opcodes
/// 0x57 and 0x77 mean what they mean in `mode` (CSR 0x010).
[[nodiscard]] std::string disassembly(const ElfImage& image, isa::Mode mode);

}  // namespace flexv::platform
