// SPDX-License-Identifier: Apache-2.0
// From the entries of a symbol table to places with names and sizes. Its own file, because it is
// plain logic: which of several names is shown, and how far a label without a size reaches.
#pragma once

#include "platform/firmware/elf.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

class PlaceList {
public:
    struct Place {
        ElfImage::Symbol symbol;
        unsigned rank = 0;  ///< of several at one address the lowest is shown
        u64 section_end = 0;
    };

    void add(Place place) { places_.push_back(std::move(place)); }

    /// One symbol an address in ascending order, without labels inside of a sized symbol; an
    /// unsized one reaches to the next symbol or the end of its section.
    [[nodiscard]] std::vector<ElfImage::Symbol> sorted() &&;

private:
    /// [place]: how far it reaches without a size of its own.
    [[nodiscard]] std::vector<u64> ends() const;

    std::vector<Place> places_;
};

/// Longer than any name that a compiler makes.
inline constexpr std::size_t kLongestName = 4096;

/// A name from a file as it can be printed: control characters as "\x0a", cut at kLongestName.
[[nodiscard]] std::string printable_name(std::string_view name);

}  // namespace flexv::platform
