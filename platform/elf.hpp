// SPDX-License-Identifier: Apache-2.0
// A firmware image: what to load where, where to start, and which function an address belongs to.
// Reads through libelf and refuses, with a hint, every file that the platform could not run.
#pragma once

#include "base/units.hpp"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

/// A stretch of the SoC's address space that firmware can be loaded into.
struct MemoryRange {
    std::string name;  ///< "soc.l2"
    Address base = 0;
    u64 size_bytes = 0;
    std::string size_parameter;  ///< configuration key that makes it larger; may be empty
};

class ElfImage {
public:
    struct Segment {
        Address physical_address = 0;  ///< where it is loaded
        Address virtual_address = 0;   ///< where it was linked to run
        std::span<const std::byte> bytes;
        u32 memory_size = 0;  ///< zeros follow `bytes` up to this size
        bool is_executable = false;
        bool is_writable = false;
    };
    struct Symbol {
        std::string name;
        Address address = 0;
        u32 size = 0;  ///< bytes; where the file says none, up to the next symbol
        bool is_code = false;
    };

    /// Throws UserError when the file cannot be run by the platform.
    [[nodiscard]] static ElfImage read(const std::string& path);
    /// The same for bytes in memory; `name` stands for the path in messages.
    [[nodiscard]] static ElfImage parse(const std::string& name, std::vector<std::byte> bytes);

    ElfImage(ElfImage&&) = default;
    ElfImage& operator=(ElfImage&&) = default;
    ElfImage(const ElfImage&) = delete;  // segments view the file's bytes
    ElfImage& operator=(const ElfImage&) = delete;
    ~ElfImage() = default;

    [[nodiscard]] const std::string& name() const { return name_; }
    /// The whole file.
    [[nodiscard]] std::span<const std::byte> bytes() const { return file_; }
    [[nodiscard]] Address entry() const { return entry_; }
    /// Segments that occupy memory, in the order of the file.
    [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
    /// Symbols of code and data, in ascending order of address.
    [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }

    /// "main+0x12", "main" at its first byte, empty when no symbol covers the address.
    [[nodiscard]] std::string symbol_at(Address address) const;
    /// The function or code label that covers the address; nullptr when there is none.
    [[nodiscard]] const Symbol* function_at(Address address) const;
    /// Any defined symbol, linker script constants included.
    [[nodiscard]] std::optional<Address> symbol(std::string_view name) const;
    /// Contents of a section with contents; the view lives as long as the image.
    [[nodiscard]] std::optional<std::span<const std::byte>> section(std::string_view name) const;

private:
    friend class ElfReader;
    ElfImage() = default;

    [[nodiscard]] const Symbol* covering(Address address) const;

    std::string name_;
    std::vector<std::byte> file_;
    Address entry_ = 0;
    std::vector<Segment> segments_;
    std::vector<Symbol> symbols_;                                              // places
    std::map<std::string, Address, std::less<>> addresses_;                    // [name]
    std::map<std::string, std::span<const std::byte>, std::less<>> sections_;  // [name]
};

/// Throws UserError when a segment lies in none of the memories, or not wholly.
void check_segments(const ElfImage& image, std::span<const MemoryRange> memories);

}  // namespace flexv::platform
