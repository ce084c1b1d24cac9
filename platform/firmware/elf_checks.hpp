// SPDX-License-Identifier: Apache-2.0
// What a firmware file must be before anything is read of it, each mistake with its own words. Its
// own file, because these checks see bytes alone and come before libelf.
#pragma once

#include "base/error.hpp"
#include "base/units.hpp"

#include <elf.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace flexv::platform {

/// Refuses a file in its name, with a hint.
class ElfRefusal {
public:
    ElfRefusal(const std::string& name, std::span<const std::byte> file)
        : name_(name), file_(file) {}

    template <typename... Args>
    [[noreturn]] void refuse(std::string_view hint, fmt::format_string<Args...> format,
                             Args&&... args) const {
        throw UserError("{}: {}\n  hint: {}", name_,
                        fmt::format(format, std::forward<Args>(args)...), hint);
    }
    [[noreturn]] void malformed(std::string_view why) const;
    /// The file must hold `size` bytes from `offset` on.
    void require(u64 offset, u64 size, std::string_view what) const;
    [[nodiscard]] std::span<const std::byte> file() const { return file_; }

private:
    const std::string& name_;
    std::span<const std::byte> file_;
};

/// The header of an executable that the cores can run, and whose tables lie in the file.
struct ElfHeader {
    Address entry = 0;
    u32 flags = 0;  ///< e_flags of the RISC-V ABI
    u32 program_headers = 0;
    std::size_t tables_end = 0;  ///< of the header and the program headers behind it, in the file
};

/// Throws UserError.
[[nodiscard]] ElfHeader checked_elf_header(const ElfRefusal& file);

/// What the user should know of the ABI that an image was built for; empty when nothing.
[[nodiscard]] std::string abi_warning(u32 flags);

inline constexpr std::string_view kCompilerHint =
    "compile and link with riscv64-unknown-elf-gcc -march=rv32imc -mabi=ilp32";

}  // namespace flexv::platform
