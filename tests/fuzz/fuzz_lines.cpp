// SPDX-License-Identifier: Apache-2.0
// Any bytes as debug information: an image that the loader has taken either tells a place in the
// source or none. libdw does the reading; what is proved is that no file brings the program down.
#include "base/error.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/firmware/source_lines.hpp"

#include <algorithm>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flexv;
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    try {
        const auto image = platform::ElfImage::parse("fuzz.elf", {bytes, bytes + size});
        const platform::SourceLines lines(image);
        std::size_t total = 0;
        for (const platform::ElfImage::Segment& segment : image.segments())
            for (u32 offset = 0; offset < std::min<std::size_t>(segment.bytes.size(), 256);
                 offset += 2)
                if (const auto line = lines.at(segment.virtual_address + offset))
                    total += line->file.size() + line->line;
        [[maybe_unused]] volatile std::size_t used = total;
    } catch (const UserError&) {
    }
    return 0;
}
