// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/image_placement.hpp"

#include "base/byte_text.hpp"
#include "base/error.hpp"

#include <algorithm>
#include <optional>

namespace flexv::platform {

namespace {

using Segment = ElfImage::Segment;

u64 end_of(const Segment& segment) { return u64{segment.physical_address} + segment.memory_size; }

u64 end_of(const MemoryRange& memory) { return u64{memory.base} + memory.size_bytes; }

bool holds(const MemoryRange& memory, Address address) {
    return address >= memory.base && address < end_of(memory);
}

bool holds(const MemoryRange& memory, const Segment& segment) {
    return holds(memory, segment.physical_address) && end_of(segment) <= end_of(memory);
}

/// Bytes between a segment and a memory; 0 when they touch or overlap.
u64 gap(const Segment& segment, const MemoryRange& memory) {
    if (segment.physical_address > end_of(memory))
        return segment.physical_address - end_of(memory);
    return memory.base > end_of(segment) ? memory.base - end_of(segment) : 0;
}

bool begins_with_header(const Segment& segment) {
    return segment.file_offset == 0 && !segment.bytes.empty();
}

bool is_zero(std::byte byte) { return byte == std::byte{0}; }

/// Whether the first `bytes` of the segment are the header of the file and filling.
bool is_only_header(const ElfImage& image, const Segment& segment, u64 bytes) {
    if (!begins_with_header(segment) || bytes > segment.bytes.size())
        return false;
    const Address end = segment.virtual_address + Address(bytes);
    const bool starts_inside = image.entry() - segment.virtual_address < bytes;
    const auto filling =
        segment.bytes.first(bytes).subspan(std::min<u64>(image.header_bytes(), bytes));
    return !starts_inside && !image.names_something_in(segment.virtual_address, end) &&
           std::ranges::all_of(filling, is_zero);
}

/// The segment without the page in front of a memory.
std::optional<Segment> without_header(const ElfImage& image, const Segment& segment,
                                      std::span<const MemoryRange> memories) {
    for (const MemoryRange& memory : memories) {
        if (segment.physical_address >= memory.base || end_of(segment) <= memory.base)
            continue;
        const u64 before = memory.base - segment.physical_address;
        if (!is_only_header(image, segment, before))
            continue;
        Segment rest = segment;
        rest.physical_address = memory.base;
        rest.virtual_address += Address(before);
        rest.bytes = segment.bytes.subspan(before);
        rest.memory_size -= u32(before);
        rest.file_offset += before;
        if (holds(memory, rest))
            return rest;
    }
    return std::nullopt;
}

std::string hint_for(const Segment& segment, const MemoryRange& nearest) {
    if (begins_with_header(segment) && segment.physical_address < nearest.base)
        return "it begins with the header of the file; link with -Wl,-n, which leaves that out";
    const bool can_grow = !nearest.size_parameter.empty() &&
                          segment.physical_address >= nearest.base &&
                          end_of(segment) <= u64{nearest.base} + nearest.largest_bytes;
    return "link with sw/runtime/link.ld" +
           (can_grow ? ", or raise " + nearest.size_parameter : std::string{});
}

[[noreturn]] void refuse_segment(const ElfImage& image, const Segment& segment,
                                 const MemoryRange& nearest) {
    throw UserError(
        "{}: segment 0x{:08x}..0x{:08x} is in no memory\n"
        "  nearest: {} 0x{:08x}..0x{:08x} ({})\n"
        "  hint: {}",
        image.name(), segment.physical_address, end_of(segment) - 1, nearest.name, nearest.base,
        end_of(nearest) - 1, bytes_text(nearest.size_bytes), hint_for(segment, nearest));
}

Segment placed(const ElfImage& image, const Segment& segment,
               std::span<const MemoryRange> memories) {
    const auto in_memory = [&](const MemoryRange& memory) { return holds(memory, segment); };
    if (std::ranges::any_of(memories, in_memory))
        return segment;
    if (const auto rest = without_header(image, segment, memories))
        return *rest;
    refuse_segment(image, segment, *std::ranges::min_element(memories, {}, [&](const auto& m) {
                       return gap(segment, m);
                   }));
}

/// The entry is an address to run at; the first instruction must have been loaded there.
void check_start(const ElfImage& image, std::span<const Segment> segments,
                 std::span<const MemoryRange> memories) {
    const Address entry = image.entry();
    const auto is_loaded = [entry](const Segment& segment) {
        return entry - segment.physical_address < segment.bytes.size();
    };
    const auto in_memory = [entry](const MemoryRange& memory) { return holds(memory, entry); };
    if (std::ranges::any_of(segments, is_loaded) || std::ranges::none_of(memories, in_memory))
        return;  // or starts in an alias of a memory
    const auto runs_there = std::ranges::find_if(segments, [entry](const Segment& segment) {
        return entry - segment.virtual_address < segment.memory_size;
    });
    FLEXV_ASSERT(runs_there != segments.end(), "an image has its entry in a segment");
    throw UserError(
        "{}: starts at 0x{:08x}, but its code is loaded to 0x{:08x} and nothing copies it\n"
        "  hint: link the code that starts where it runs, without AT or AT> in the linker script",
        image.name(), entry, runs_there->physical_address + (entry - runs_there->virtual_address));
}

}  // namespace

std::vector<Segment> placed_segments(const ElfImage& image, std::span<const MemoryRange> memories) {
    FLEXV_ASSERT(!memories.empty(), "there is a memory to load into");
    std::vector<Segment> segments;
    for (const Segment& segment : image.segments())
        segments.push_back(placed(image, segment, memories));
    check_start(image, segments, memories);
    return segments;
}

}  // namespace flexv::platform
