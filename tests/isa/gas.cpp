// SPDX-License-Identifier: Apache-2.0
#include "isa/gas.hpp"

#include "isa/tools/listing.hpp"
#include "support/scratch_folder.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace flexv::test {

std::optional<std::vector<u8>> assemble_with_gas(const std::string& source,
                                                 const std::string& march) {
    const ScratchFolder folder;
    folder.write("flexv_isa.inc", isa::listing_gas());
    folder.write("test.S", ".option norelax\n" + source);
    const std::string command = fmt::format(
        "cd '{}' && {} -march={} -mabi=ilp32 test.S -o test.o && {} -O binary -j .text test.o "
        "test.bin",
        folder.path().string(), FLEXV_RISCV_AS, march, FLEXV_RISCV_OBJCOPY);
    if (std::system(command.c_str()) != 0)
        return std::nullopt;
    const std::string binary = folder.read("test.bin");
    return std::vector<u8>(binary.begin(), binary.end());
}

u32 word_at(const std::vector<u8>& bytes, std::size_t offset, unsigned size) {
    u32 word = 0;
    for (unsigned i = 0; i < size && offset + i < bytes.size(); ++i)
        word |= u32{bytes[offset + i]} << (8 * i);
    return word;
}

}  // namespace flexv::test
