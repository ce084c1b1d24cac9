// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/disassembly.hpp"

#include "isa/tools/disassembler.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <map>

namespace flexv::platform {

namespace {

using Labels = std::multimap<Address, std::string>;

Labels labels_of(const ElfImage& image) {
    Labels labels;
    for (const ElfImage::Symbol& symbol : image.symbols())
        if (symbol.is_code)
            labels.emplace(symbol.address, symbol.name);
    return labels;
}

/// Two or four bytes at `offset`; a cut off instruction at the end counts as compressed.
u32 code_at(std::span<const std::byte> bytes, std::size_t offset) {
    u32 word = 0;
    std::memcpy(&word, bytes.data() + offset, std::min<std::size_t>(4, bytes.size() - offset));
    const bool is_whole = offset + 4 <= bytes.size();
    return (word & 3) == 3 && is_whole ? word : word & 0xffff;
}

void add_segment(std::string& text, const ElfImage& image, const ElfImage::Segment& segment,
                 const isa::Decoder& decoder, isa::Mode mode) {
    const Labels labels = labels_of(image);
    std::size_t offset = 0;
    while (offset + 1 < segment.bytes.size()) {
        const Address pc = segment.virtual_address + Address(offset);
        const auto [first, last] = labels.equal_range(pc);
        for (auto label = first; label != last; ++label)
            fmt::format_to(std::back_inserter(text), "\n{:08x} <{}>:\n", pc, label->second);
        const u32 word = code_at(segment.bytes, offset);
        const unsigned size = (word & 3) == 3 ? 4 : 2;
        fmt::format_to(std::back_inserter(text), "{:08x}:  {:<8}  {}\n", pc,
                       fmt::format("{:0{}x}", word, 2 * size),
                       isa::disassemble(word, pc, decoder, mode));
        offset += size;
    }
}

}  // namespace

std::string disassembly(const ElfImage& image, isa::Mode mode) {
    const isa::Decoder decoder(*isa::isa_subset("flexv"));
    std::string text = fmt::format("{}: entry {:#010x}\n", image.name(), image.entry());
    for (const ElfImage::Segment& segment : image.segments())
        if (segment.is_executable)
            add_segment(text, image, segment, decoder, mode);
    return text;
}

}  // namespace flexv::platform
