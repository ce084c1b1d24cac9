// SPDX-License-Identifier: Apache-2.0
// From addresses of the firmware to places in its source, as its DWARF tells them. Only this file
// knows libdw.
#pragma once

#include "platform/firmware/elf.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct Dwarf;
struct Elf;

namespace flexv::platform {

struct SourceLine {
    std::string file;  ///< as the compiler was given it, made printable
    unsigned line = 0;
};

class SourceLines {
public:
    /// An image without DWARF has no lines, which is no error.
    explicit SourceLines(const ElfImage& image);

    /// The line that the instruction at `address` comes from.
    [[nodiscard]] std::optional<SourceLine> at(Address address) const;

private:
    std::vector<std::byte> bytes_;  // libelf wants them for itself
    std::unique_ptr<Elf, std::function<void(Elf*)>> elf_;
    std::unique_ptr<Dwarf, std::function<void(Dwarf*)>> dwarf_;
};

}  // namespace flexv::platform
