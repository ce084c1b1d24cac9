// SPDX-License-Identifier: Apache-2.0
// Any bytes as a firmware file: the loader takes them or refuses them as the user's mistake; what
// it has taken can be looked at from end to end.
#include "base/error.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/firmware/image_placement.hpp"

#include <array>
#include <cstdint>
#include <numeric>

namespace flexv::test {
namespace {

using platform::ElfImage;
using platform::MemoryRange;

u64 sum(std::span<const std::byte> bytes) {
    return std::accumulate(bytes.begin(), bytes.end(), u64{0},
                           [](u64 total, std::byte byte) { return total + u64(byte); });
}

/// Reads all that the platform may ask for, so that a view beyond the file is found.
u64 read_everything(const ElfImage& image) {
    u64 total = image.entry() + image.symbol_at(image.entry()).size();
    for (const ElfImage::Segment& segment : image.segments())
        total += sum(segment.bytes) + image.symbol_at(segment.virtual_address).size();
    for (const ElfImage::Symbol& symbol : image.symbols()) {
        total += image.symbol_at(symbol.address + symbol.size).size();
        total += image.function_at(symbol.address) != nullptr ? 1U : 0U;
    }
    for (const char* name : {".text", ".data", ".flexv.regions", ".symtab"})
        if (const auto section = image.section(name))
            total += sum(*section);
    return total;
}

}  // namespace
}  // namespace flexv::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flexv;
    static const std::array memories{
        test::MemoryRange{"soc.l2", 0x1c000000, 0x190000, "soc.l2.size_bytes", 0},
        test::MemoryRange{"soc.cluster.tcdm", 0x10000000, 0x20000, "", 0}};
    const auto* bytes = reinterpret_cast<const std::byte*>(data);
    try {
        const auto image = platform::ElfImage::parse("fuzz.elf", {bytes, bytes + size});
        volatile u64 total = test::read_everything(image);
        (void)total;
        (void)platform::placed_segments(image, memories);
    } catch (const UserError&) {
    }
    return 0;
}
