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
#include <utility>
#include <vector>

namespace flexv::platform {

class ElfImage {
public:
    struct Segment {
        Address physical_address = 0;  ///< where it is loaded
        Address virtual_address = 0;   ///< where it was linked to run
        std::span<const std::byte> bytes;
        u32 memory_size = 0;          ///< zeros follow `bytes` up to this size
        std::size_t file_offset = 0;  ///< of `bytes`
        bool is_executable = false;
        bool is_writable = false;
    };
    struct Symbol {
        std::string name;  ///< made printable
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
    /// e_flags of the RISC-V ABI.
    [[nodiscard]] u32 flags() const { return flags_; }
    /// Segments that occupy memory, in the order of the file. Where a segment runs elsewhere than
    /// it is loaded, zeros behind its contents are the business of who copies it.
    [[nodiscard]] const std::vector<Segment>& segments() const { return segments_; }
    /// Symbols of code and data, in ascending order of address.
    [[nodiscard]] const std::vector<Symbol>& symbols() const { return symbols_; }

    /// "0x1c008a42 dma_start+0x12", or "0x1c008a42, no symbol".
    [[nodiscard]] std::string place_of(Address address) const;
    /// "main+0x12", "main" at its first byte, empty when no symbol covers the address.
    [[nodiscard]] std::string symbol_at(Address address) const;
    /// The function or code label that covers the address; nullptr when there is none.
    [[nodiscard]] const Symbol* function_at(Address address) const;
    /// Any defined symbol, linker script constants included.
    [[nodiscard]] std::optional<Address> symbol(std::string_view name) const;
    /// Contents of a section with contents; the view lives as long as the image.
    [[nodiscard]] std::optional<std::span<const std::byte>> section(std::string_view name) const;
    /// Whether something that has a name, a section or a symbol, lies in [begin, end).
    [[nodiscard]] bool names_something_in(Address begin, Address end) const;
    /// Bytes at the start of the file that are its header and program headers.
    [[nodiscard]] std::size_t header_bytes() const { return header_bytes_; }

private:
    friend class ElfReader;
    ElfImage() = default;

    [[nodiscard]] const Symbol* covering(Address address) const;

    std::string name_;
    std::vector<std::byte> file_;
    Address entry_ = 0;
    u32 flags_ = 0;
    std::size_t header_bytes_ = 0;
    std::vector<Segment> segments_;
    std::vector<Symbol> symbols_;                                              // places
    std::map<std::string, Address, std::less<>> addresses_;                    // [name]
    std::map<std::string, std::span<const std::byte>, std::less<>> sections_;  // [name]
    std::vector<std::pair<Address, u32>> extents_;  // sections in memory: address, bytes
};

}  // namespace flexv::platform
