// SPDX-License-Identifier: Apache-2.0
// Any bytes as instruction words, and as a line of assembly: the decoder names the row that the
// reference table names, what the disassembler prints assembles to the same text, and the
// assembler refuses a line only in its own words.
#include "isa/decoder.hpp"
#include "isa/reference_decoder.hpp"
#include "isa/tools/assembler.hpp"
#include "isa/tools/disassembler.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flexv::test {
namespace {

/// libFuzzer reports the abort, with the bytes that led here.
void require(bool holds, u32 word, std::string_view what) {
    if (holds)
        return;
    fmt::print(stderr, "{:08x}: {}\n", word, what);
    std::abort();
}

struct Decoders {
    explicit Decoders(isa::Mode m) : mode(m), reference(kFlexv, m) {}

    static constexpr unsigned kFlexv = 3;
    isa::Mode mode;
    isa::Decoder decoder{isa::isa_subsets()[kFlexv].extensions};
    ReferenceDecoder reference;
};

void check_word(const Decoders& decoders, u32 word) {
    const isa::Instruction* row = decoders.decoder.find(word, decoders.mode);
    const ReferenceRow* expected = decoders.reference.find(word);
    const std::string text = isa::disassemble(word, 0, decoders.decoder, decoders.mode);
    require((row == nullptr) == (expected == nullptr), word, "not as legal as in the table");
    require(!text.empty(), word, "no text");
    if (row == nullptr)
        return;
    require(row->name == expected->name, word, "another row than in the table");
    const u32 again = isa::assemble(text);  // without what tools never emit
    require(isa::disassemble(again, 0, decoders.decoder, decoders.mode) == text, word, text);
}

void check_line(std::string_view line) {
    try {
        isa::assemble(line);
    } catch (const std::invalid_argument&) {
    }
}

}  // namespace
}  // namespace flexv::test

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flexv;
    static const test::Decoders legacy(isa::Mode::legacy);
    static const test::Decoders status(isa::Mode::status);
    for (std::size_t at = 0; at + 4 <= size; at += 4) {
        u32 word = 0;
        std::memcpy(&word, data + at, 4);
        test::check_word(legacy, word);
        test::check_word(status, word);
    }
    test::check_line({reinterpret_cast<const char*>(data), size});
    return 0;
}
