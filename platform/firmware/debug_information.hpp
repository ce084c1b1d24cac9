// SPDX-License-Identifier: Apache-2.0
// The DWARF of a firmware image, opened once for whoever reads it. libelf wants bytes that it may
// write to, so they are a copy.
#pragma once

#include "platform/firmware/elf.hpp"

#include <functional>
#include <memory>
#include <vector>

struct Dwarf;
struct Elf;

namespace flexv::platform {

class DebugInformation {
public:
    /// An image without DWARF has none, which is no error.
    explicit DebugInformation(const ElfImage& image);

    [[nodiscard]] Elf* elf() const { return elf_.get(); }
    /// Null when the image has none.
    [[nodiscard]] Dwarf* dwarf() const { return dwarf_.get(); }

private:
    std::vector<std::byte> bytes_;
    std::unique_ptr<Elf, std::function<void(Elf*)>> elf_;
    std::unique_ptr<Dwarf, std::function<void(Dwarf*)>> dwarf_;
};

}  // namespace flexv::platform
