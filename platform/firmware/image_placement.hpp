// SPDX-License-Identifier: Apache-2.0
// Where the segments of an image go: into the memories of the platform, wholly.
#pragma once

#include "platform/firmware/elf.hpp"

#include <span>
#include <string>
#include <vector>

namespace flexv::platform {

/// A stretch of the SoC's address space that firmware can be loaded into.
struct MemoryRange {
    std::string name;  ///< "soc.l2"
    Address base = 0;
    u64 size_bytes = 0;
    std::string size_parameter{};  ///< configuration key that makes it larger; may be empty
    u64 largest_bytes = 0;         ///< that the parameter can make of it
};

/// The segments to load. A linker that is not told otherwise (-n) puts the file's header into a
/// page in front of the code: that page is left out where it lies in front of a memory and nothing
/// but the header is in it. Throws UserError when a segment lies in none of the memories, or not
/// wholly, or when no code is loaded to where the image starts.
[[nodiscard]] std::vector<ElfImage::Segment> placed_segments(const ElfImage& image,
                                                             std::span<const MemoryRange> memories);

}  // namespace flexv::platform
