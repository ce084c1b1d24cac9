// SPDX-License-Identifier: Apache-2.0
#include "isa/gas.hpp"

#include "isa/listing.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace flexv::test {
namespace {

namespace fs = std::filesystem;

/// A folder of this process that disappears with it.
struct ScratchFolder {
    fs::path path = fs::temp_directory_path() / fmt::format("flexv-gas-{}", getpid());
    ScratchFolder() { fs::create_directories(path); }
    ~ScratchFolder() { fs::remove_all(path); }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
};

void write(const fs::path& path, const std::string& text) { std::ofstream(path) << text; }

}  // namespace

std::optional<std::vector<u8>> assemble_with_gas(const std::string& source,
                                                 const std::string& march) {
    const ScratchFolder folder;
    write(folder.path / "flexv_isa.inc", isa::listing_gas());
    write(folder.path / "test.S", ".option norelax\n" + source);
    const std::string command = fmt::format(
        "cd '{}' && {} -march={} -mabi=ilp32 test.S -o test.o && {} -O binary -j .text test.o "
        "test.bin",
        folder.path.string(), FLEXV_RISCV_AS, march, FLEXV_RISCV_OBJCOPY);
    if (std::system(command.c_str()) != 0)
        return std::nullopt;
    std::ifstream binary(folder.path / "test.bin", std::ios::binary);
    return std::vector<u8>(std::istreambuf_iterator<char>(binary), {});
}

u32 word_at(const std::vector<u8>& bytes, std::size_t offset, unsigned size) {
    u32 word = 0;
    for (unsigned i = 0; i < size && offset + i < bytes.size(); ++i)
        word |= u32{bytes[offset + i]} << (8 * i);
    return word;
}

}  // namespace flexv::test
