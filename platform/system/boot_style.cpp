// SPDX-License-Identifier: Apache-2.0
// Names are those of the public PULP runtime (kernel/, chips/pulp and chips/pulp_cluster) and SDK
// (rtos/pulpos). Addresses: docs/spec/firmware_abi.md, sections 3 to 5 and 7.3.
#include "platform/system/boot_style.hpp"

#include "platform/system/memory_map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <span>

namespace flexv::platform {

namespace {

constexpr const char* kBothSymbols[] = {"flexv_fabric_idle"};
constexpr const char* kFabricSymbols[] = {"pi_cluster_open", "pos_fll_init", "rt_cluster_mount",
                                          "pos_soc_event_callback"};
constexpr const char* kFabricSections[] = {".data_tiny_fc", ".data_fc"};
constexpr const char* kClusterSymbols[] = {"pos_init_entry"};  // of both, but without the above

/// nullptr when the image defines none of them.
const char* first_symbol(const ElfImage& image, std::span<const char* const> names) {
    const auto found = std::ranges::find_if(
        names, [&image](const char* name) { return image.symbol(name).has_value(); });
    return found == names.end() ? nullptr : *found;
}

/// Address of the first `lui` in the code whose upper part one of `pages` has.
std::optional<Address> first_lui(const ElfImage& image, std::span<const u32> pages) {
    constexpr u32 kLui = 0x37;
    for (const ElfImage::Segment& segment : image.segments()) {
        if (!segment.is_executable)
            continue;
        for (std::size_t offset = 0; offset + 4 <= segment.bytes.size(); offset += 2) {
            u32 word = 0;
            std::memcpy(&word, segment.bytes.data() + offset, sizeof word);
            if ((word & 0x7f) == kLui && std::ranges::find(pages, word >> 12) != pages.end())
                return segment.virtual_address + Address(offset);
        }
    }
    return std::nullopt;
}

/// Only a fabric controller has an interrupt controller; no other block lies in these pages.
std::optional<BootStyle> fabric_style(const ElfImage& image) {
    for (const char* name : kFabricSections)
        if (const auto section = image.section(name); section && !section->empty())
            return BootStyle{Boot::fabric_controller, fmt::format("section {}", name)};
    if (const char* name = first_symbol(image, kFabricSymbols))
        return BootStyle{Boot::fabric_controller, fmt::format("symbol {}", name)};
    constexpr Address kBase = memory_map::kInterruptController.base;
    constexpr u32 kPages[] = {kBase >> 12, (kBase >> 12) + 1};  // the upper half is page - offset
    if (const auto pc = first_lui(image, kPages))
        return BootStyle{Boot::fabric_controller,
                         fmt::format("use of the interrupt controller at pc 0x{:08x}", *pc)};
    return std::nullopt;
}

std::optional<BootStyle> cluster_style(const ElfImage& image) {
    if (const char* name = first_symbol(image, kClusterSymbols))
        return BootStyle{Boot::cluster, fmt::format("symbol {}", name)};
    return std::nullopt;
}

}  // namespace

std::optional<BootStyle> boot_style(const ElfImage& image) {
    if (first_symbol(image, kBothSymbols) != nullptr)
        return std::nullopt;
    if (const auto style = fabric_style(image))
        return style;
    return cluster_style(image);
}

std::string boot_style_hint(const ElfImage& image, Boot started) {
    const auto style = boot_style(image);
    if (!style || style->boot == started)
        return {};
    return style->boot == Boot::fabric_controller
               ? fmt::format(
                     "the image is written for a fabric controller ({}); try --config "
                     "pulp_open",
                     style->evidence)
               : fmt::format(
                     "the image is written for a cluster without fabric controller ({}); "
                     "try --config pulp_cluster",
                     style->evidence);
}

}  // namespace flexv::platform
