// SPDX-License-Identifier: Apache-2.0
// From addresses of the firmware to places in its source, as its DWARF tells them.
#pragma once

#include "platform/firmware/debug_information.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

struct SourceLine {
    std::string file;  ///< as the compiler was given it, made printable
    unsigned line = 0;
};

/// A function of the source that an instruction belongs to; several where one was inlined.
struct SourceFunction {
    std::string name;  ///< empty when it has none
    SourceLine line;   ///< where in it: of the instruction, or of the call that was inlined
};

/// Code in [begin, end) that comes from one line.
struct SourceRow {
    Address begin = 0;
    Address end = 0;
    SourceLine place;
};

class SourceLines {
public:
    /// An image without DWARF has no lines, which is no error.
    explicit SourceLines(const ElfImage& image) : information_(image) {}

    /// The line that the instruction at `address` comes from.
    [[nodiscard]] std::optional<SourceLine> at(Address address) const;
    /// The functions around it, the innermost first; the last one is not inlined. Empty without
    /// debug information.
    [[nodiscard]] std::vector<SourceFunction> functions_at(Address address) const;

    /// All of the image's code, unit by unit.
    [[nodiscard]] std::vector<SourceRow> rows() const;

private:
    const DebugInformation information_;
};

}  // namespace flexv::platform
