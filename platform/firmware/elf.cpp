// SPDX-License-Identifier: Apache-2.0
// Questions to an image. elf_reader.cpp fills it.
#include "platform/firmware/elf.hpp"

#include "base/error.hpp"
#include "platform/files/input_file.hpp"

#include <algorithm>
#include <cstring>
#include <iterator>

namespace flexv::platform {

ElfImage ElfImage::read(const std::string& path) {
    constexpr u64 kMaxBytes = 256_MiB;  // of which a memory of the SoC takes the least part
    const std::string text = read_input(path, kMaxBytes, "firmware " + path);
    const auto bytes = std::as_bytes(std::span(text));
    return parse(path, {bytes.begin(), bytes.end()});
}

const ElfImage::Symbol* ElfImage::covering(Address address) const {
    const auto after = std::ranges::upper_bound(symbols_, address, {}, &Symbol::address);
    if (after == symbols_.begin())
        return nullptr;
    const Symbol& symbol = *std::prev(after);
    return address - symbol.address < symbol.size ? &symbol : nullptr;
}

std::string ElfImage::place_of(Address address) const {
    const std::string symbol = symbol_at(address);
    return symbol.empty() ? fmt::format("{:#010x}, no symbol", address)
                          : fmt::format("{:#010x} {}", address, symbol);
}

std::string ElfImage::symbol_at(Address address) const {
    const Symbol* symbol = covering(address);
    if (symbol == nullptr)
        return "";
    if (symbol->address == address)
        return symbol->name;
    return fmt::format("{}+0x{:x}", symbol->name, address - symbol->address);
}

const ElfImage::Symbol* ElfImage::function_at(Address address) const {
    const Symbol* symbol = covering(address);
    return symbol != nullptr && symbol->is_code ? symbol : nullptr;
}

std::optional<Address> ElfImage::symbol(std::string_view name) const {
    const auto found = addresses_.find(name);
    return found == addresses_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::span<const std::byte>> ElfImage::section(std::string_view name) const {
    const auto found = sections_.find(name);
    return found == sections_.end() ? std::nullopt : std::optional(found->second);
}

bool ElfImage::names_something_in(Address begin, Address end) const {
    const auto lies_inside = [begin, end](const auto& extent) {
        return extent.first < end && u64{extent.first} + extent.second > begin;
    };
    return std::ranges::any_of(extents_, lies_inside) ||
           std::ranges::any_of(addresses_, [begin, end](const auto& symbol) {
               return symbol.second >= begin && symbol.second < end;
           });
}

}  // namespace flexv::platform
