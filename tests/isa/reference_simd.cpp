// SPDX-License-Identifier: Apache-2.0
// Sections 10 and 11 of docs/spec/isa.md: operations on lanes and dot products, in legacy and in
// status mode, with the deviations of 4- and 2-bit lanes.
#include "isa/reference_hart.hpp"

#include <algorithm>

namespace flexv::test {
namespace {

/// The lanes of both operands as numbers, lane 0 first, and what the odd rules look at besides.
struct LaneOperands {
    unsigned width = 0;
    unsigned count = 0;
    std::array<i64, 16> a{};
    std::array<i64, 16> b{};
    u32 a_word = 0;
    u32 b_word = 0;
};

LaneOperands lanes_of(u32 a, u32 b, unsigned width, bool is_signed) {
    LaneOperands lanes{.width = width, .count = 32 / width, .a_word = a, .b_word = b};
    for (unsigned i = 0; i < lanes.count; ++i) {
        const auto lane = [&](u32 word) {
            const i64 bits = i64{word} >> (i * width);
            return is_signed ? as_signed(bits, width) : as_unsigned(bits, width);
        };
        lanes.a[i] = lane(a);
        lanes.b[i] = lane(b);
    }
    return lanes;
}

/// One number a lane, cut to the lane's width, side by side.
template <typename Lane>
u32 joined(const LaneOperands& lanes, Lane lane) {
    i64 word = 0;
    for (unsigned i = 0; i < lanes.count; ++i)
        word += as_unsigned(lane(i), lanes.width) << (i * lanes.width);
    return u32(word);
}

using LaneFunction = i64 (*)(i64 a, i64 b, unsigned width);

u32 lane_by_lane(const LaneOperands& lanes, LaneFunction function) {
    return joined(lanes, [&](unsigned i) { return function(lanes.a[i], lanes.b[i], lanes.width); });
}

/// Section 11.1: in 2-bit lanes the carry of lane 12 runs into lane 13.
u32 lane_sums(const LaneOperands& lanes) {
    return joined(lanes, [&](unsigned i) {
        const bool carry = lanes.width == 2 && i == 13 &&
                           as_unsigned(lanes.a[12], 2) + as_unsigned(lanes.b[12], 2) >= 4;
        return lanes.a[i] + lanes.b[i] + (carry ? 1 : 0);
    });
}

/// Shifts every lane to the right. What comes in from the left is the lane's sign, or in lanes of
/// 4 and 2 bits bit 31 of the whole word.
template <typename Amount>
u32 lanes_shifted(u32 word, unsigned width, bool arithmetic, Amount amount) {
    const LaneOperands lanes = lanes_of(word, 0, width, false);
    return joined(lanes, [&](unsigned i) {
        const unsigned source_of_sign = width <= 4 ? 31 : i * width + width - 1;
        const bool fills = arithmetic && (word >> source_of_sign) % 2 != 0;
        i64 lane = lanes.a[i];
        for (unsigned bit = 0; bit < amount(i); ++bit)
            lane = lane / 2 + (fills ? i64{1} << (width - 1) : 0);
        return lane;
    });
}

u32 shift_right(const LaneOperands& lanes, bool arithmetic) {
    return lanes_shifted(lanes.a_word, lanes.width, arithmetic, [&](unsigned i) {
        return unsigned(as_unsigned(lanes.b[i], lanes.width)) % lanes.width;
    });
}

u32 average(const LaneOperands& lanes, bool arithmetic) {
    return lanes_shifted(lane_sums(lanes), lanes.width, arithmetic, [](unsigned) { return 1U; });
}

/// A comparison as the hardware puts it together: greater, or equal where it counts, inverted or
/// not. In 4-bit lanes the upper half of each lane sees the equality of the whole words.
struct Comparison {
    bool greater;
    bool equal;
    bool inverted;
};

u32 compare(const LaneOperands& lanes, const Comparison& comparison) {
    return joined(lanes, [&](unsigned i) {
        const auto holds = [&](bool is_equal) {
            const bool result =
                (comparison.greater && lanes.a[i] > lanes.b[i]) || (comparison.equal && is_equal);
            return result != comparison.inverted;
        };
        const bool own = holds(lanes.a[i] == lanes.b[i]);
        const bool upper = lanes.width == 4 ? holds(lanes.a_word == lanes.b_word) : own;
        const i64 half = i64{1} << (lanes.width / 2);
        return (own ? half - 1 : 0) + (upper ? half * (half - 1) : 0);
    });
}

using WordFunction = std::function<u32(const LaneOperands&)>;
struct Operation {
    const char* name;
    bool is_unsigned;
    WordFunction function;
};

WordFunction on_lanes(LaneFunction function) {
    return [function](const LaneOperands& lanes) { return lane_by_lane(lanes, function); };
}
WordFunction comparing(Comparison comparison) {
    return [comparison](const LaneOperands& lanes) { return compare(lanes, comparison); };
}

std::vector<Operation> arithmetic_operations() {
    const auto smaller = on_lanes([](i64 a, i64 b, unsigned) { return std::min(a, b); });
    const auto larger = on_lanes([](i64 a, i64 b, unsigned) { return std::max(a, b); });
    return {
        {"add", false, lane_sums},
        {"sub", false, on_lanes([](i64 a, i64 b, unsigned) { return a - b; })},
        {"avg", false, [](auto& lanes) { return average(lanes, true); }},
        {"avgu", true, [](auto& lanes) { return average(lanes, false); }},
        {"min", false, smaller},
        {"minu", true, smaller},
        {"max", false, larger},
        {"maxu", true, larger},
        {"abs", false, on_lanes([](i64 a, i64 b, unsigned) { return a > b ? a : b - a; })},
        {"srl", false, [](auto& lanes) { return shift_right(lanes, false); }},
        {"sra", false, [](auto& lanes) { return shift_right(lanes, true); }},
        {"sll", false, on_lanes([](i64 a, i64 b, unsigned width) {
             return as_unsigned(a, width) << as_unsigned(b, width) % width;
         })},
        {"or", false, on_lanes([](i64 a, i64 b, unsigned) { return a | b; })},
        {"xor", false, on_lanes([](i64 a, i64 b, unsigned) { return a ^ b; })},
        {"and", false, on_lanes([](i64 a, i64 b, unsigned) { return a & b; })},
    };
}

std::vector<Operation> comparing_operations() {
    const Comparison eq{false, true, false};
    const Comparison ne{false, true, true};
    const Comparison gt{true, false, false};
    const Comparison ge{true, true, false};
    const Comparison lt{true, true, true};
    const Comparison le{true, false, true};
    return {
        {"cmpeq", false, comparing(eq)}, {"cmpne", false, comparing(ne)},
        {"cmpgt", false, comparing(gt)}, {"cmpge", false, comparing(ge)},
        {"cmplt", false, comparing(lt)}, {"cmple", false, comparing(le)},
        {"cmpgtu", true, comparing(gt)}, {"cmpgeu", true, comparing(ge)},
        {"cmpltu", true, comparing(lt)}, {"cmpleu", true, comparing(le)},
    };
}

/// The rows of one operation: three forms of operand B in both legacy widths and in status mode.
template <typename MakeStep>
void add_forms(ReferenceSteps& steps, const std::string& name, MakeStep make_step) {
    for (const std::string form : {"", ".sc", ".sci"})
        for (const char ending : {'h', 'b', 'v'})
            steps["pv." + name + form + '.' + ending] = make_step(form, ending);
}

void add_lane_operation(ReferenceSteps& steps, const Operation& operation) {
    add_forms(steps, operation.name, [&](const std::string& form, char ending) -> ReferenceStep {
        return [operation, form, ending](ReferenceHart& hart, u32 word) {
            const unsigned width = lane_width(hart, ending);
            const u32 b = operand_b(hart, word, form, width, operation.is_unsigned);
            hart.write(rd_of(word), operation.function(lanes_of(hart.x[rs1_of(word)], b, width,
                                                                !operation.is_unsigned)));
        };
    });
}

struct DotProduct {
    std::string name;
    bool a_signed;
    bool b_signed;
};

OperandWidths dot_product_widths(const ReferenceHart& hart, char ending) {
    if (ending == 'v')
        return widths_of_format(hart.format);
    const unsigned width = lane_width(hart, ending);
    return {width, width};
}

void add_dot_product(ReferenceSteps& steps, const DotProduct& product, bool accumulates) {
    const std::string name = (accumulates ? "sdot" : "dot") + product.name;
    add_forms(steps, name, [&](const std::string& form, char ending) -> ReferenceStep {
        return [=](ReferenceHart& hart, u32 word) {
            const OperandWidths widths = dot_product_widths(hart, ending);
            const bool is_mixed = widths.a != widths.b;
            const u32 b = operand_b(hart, word, form, is_mixed || widths.a == 0 ? 32 : widths.a,
                                    !product.a_signed && !product.b_signed);
            const i64 sum = reference_dot_product(hart.x[rs1_of(word)], b, widths.a, widths.b,
                                                  is_mixed ? hart.slice : 0, product.a_signed,
                                                  product.b_signed);
            hart.write(rd_of(word), (accumulates ? hart.x[rd_of(word)] : 0) + sum);
            hart.macs += widths.a == 0 ? 0 : 32 / widths.a;
            hart.tick();
        };
    });
}

}  // namespace

OperandWidths widths_of_format(unsigned format) {
    static constexpr OperandWidths kWidths[] = {{},     {16, 16}, {8, 8}, {4, 4},  {2, 2}, {4, 2},
                                                {8, 2}, {16, 2},  {8, 4}, {16, 4}, {16, 8}};
    return format <= 10 ? kWidths[format] : OperandWidths{};
}

unsigned lane_width(const ReferenceHart& hart, char ending) {
    if (ending == 'h')
        return 16;
    if (ending == 'b')
        return 8;
    return hart.format >= 1 && hart.format <= 4 ? widths_of_format(hart.format).a : 32;
}

u32 operand_b(const ReferenceHart& hart, u32 word, const std::string& form, unsigned width,
              bool is_unsigned) {
    if (form.empty())
        return hart.x[rs2_of(word)];
    const i64 imm6 = cut(word, 24, 20) * 2 + cut(word, 25, 25);
    const i64 scalar = form == ".sc" ? hart.x[rs2_of(word)]
                       : is_unsigned ? imm6
                                     : as_signed(imm6, 6);
    const unsigned lane = std::min(width, 16U);  // one lane of 32 bits gets the low half twice
    i64 result = 0;
    for (unsigned lsb = 0; lsb < 32; lsb += lane)
        result += as_unsigned(scalar, lane) << lsb;
    return u32(result);
}

/// Formats without a meaning (0, 11..15) have the product 0 here; the RTL's is unspecified. Neither
/// do bits beyond the weight word add anything (section 11.2).
i64 reference_dot_product(u32 a, u32 b, unsigned a_width, unsigned b_width, unsigned slice,
                          bool a_signed, bool b_signed) {
    const auto lane = [](u32 word, unsigned lsb, unsigned width, bool is_signed) {
        const i64 bits = lsb < 32 ? i64{word} >> lsb : 0;
        return is_signed ? as_signed(bits, width) : as_unsigned(bits, width);
    };
    const unsigned count = a_width == 0 ? 0 : 32 / a_width;
    i64 sum = 0;
    for (unsigned i = 0; i < count; ++i)
        sum += lane(a, i * a_width, a_width, a_signed) *
               lane(b, (slice * count + i) * b_width, b_width, b_signed);
    return sum;
}

void ReferenceHart::tick() {
    if (passed + 1 < skip) {
        ++passed;
        return;
    }
    passed = 0;
    if (format < 5 || format > 10)
        return;
    const OperandWidths widths = widths_of_format(format);
    slice = slice + 1 >= widths.a / widths.b ? 0 : slice + 1;
}

ReferenceSteps simd_reference() {
    ReferenceSteps steps;
    for (const Operation& operation : arithmetic_operations())
        add_lane_operation(steps, operation);
    for (const Operation& operation : comparing_operations())
        add_lane_operation(steps, operation);
    for (const DotProduct& product :
         {DotProduct{"up", false, false}, {"usp", false, true}, {"sp", true, true}})
        for (const bool accumulates : {false, true})
            add_dot_product(steps, product, accumulates);
    return steps;
}

}  // namespace flexv::test
