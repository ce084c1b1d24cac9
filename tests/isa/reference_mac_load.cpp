// SPDX-License-Identifier: Apache-2.0
// Section 12 of docs/spec/isa.md: Mac&Load in both modes. In status mode a load leaves rs1 alone,
// where the RTL's value is undefined (Q1).
#include "isa/reference_hart.hpp"

namespace flexv::test {
namespace {

/// Section 3.3.
u32 stepped(ReferenceHart::Stream& stream) {
    const u32 before = stream.address;
    stream.address += stream.count < stream.skip ? stream.stride : stream.rollback;
    stream.count = stream.count == stream.skip ? 0 : stream.count + 1;
    return before;
}

void refill(ReferenceHart& hart, u32 base, u32& destination, ReferenceHart::Stream& stream) {
    const u32 address = stepped(stream);
    destination = u32(hart.load(hart.legacy ? base : address, 4, false));
}

struct Signs {
    const char* name;
    bool a;
    bool w;
};
constexpr Signs kSigns[] = {
    {"up", false, false}, {"usp", true, false}, {"sup", false, true}, {"sp", true, true}};

void mac_load(ReferenceHart& hart, u32 word, OperandWidths widths, const Signs& signs) {
    const unsigned imm5 = cut(word, 24, 20);
    u32& w = hart.nn_weights[imm5 / 2 % 4];
    u32& a = hart.nn_activations[imm5 % 2];
    const i64 product = reference_dot_product(
        a, w, widths.a, widths.b, widths.a == widths.b ? 0 : hart.slice, signs.a, signs.w);
    const u32 accumulator = hart.x[rd_of(word)];
    const u32 base = hart.x[rs1_of(word)];
    if (imm5 / 16 == 1)
        refill(hart, base, w, hart.weights);
    if (imm5 / 8 == 1)
        refill(hart, base, a, hart.activations);
    if (imm5 / 8 != 0 && hart.legacy)
        hart.write(rs1_of(word), i64{base} + 4);
    if (rd_of(word) == 0)
        return;
    hart.write(rd_of(word), accumulator + product);
    hart.macs += 32 / widths.a;
    hart.tick();
}

}  // namespace

ReferenceSteps mac_load_reference() {
    constexpr std::pair<char, unsigned> kLegacy[] = {{'h', 16}, {'b', 8}, {'n', 4}, {'c', 2}};
    ReferenceSteps steps;
    for (const Signs& signs : kSigns) {
        const std::string name = std::string("pv.mlsdot") + signs.name + '.';
        for (const auto& [ending, width] : kLegacy)
            steps[name + ending] = [signs, width = width](ReferenceHart& hart, u32 word) {
                mac_load(hart, word, {width, width}, signs);
            };
        steps[name + 'v'] = [signs](ReferenceHart& hart, u32 word) {
            hart.is_illegal = hart.format == 0 || hart.format > 10;
            if (!hart.is_illegal)
                mac_load(hart, word, widths_of_format(hart.format), signs);
        };
    }
    return steps;
}

}  // namespace flexv::test
