// SPDX-License-Identifier: Apache-2.0
// The rows of section 10 of docs/spec/isa.md that move lanes, what they do in formats without a
// meaning (section 11.3), and the complex group.
#include "isa/reference_hart.hpp"

namespace flexv::test {
namespace {

/// Lanes, lane 0 first.
using Lanes = std::array<i64, 4>;

Lanes bytes(u32 word) {
    return {cut(word, 7, 0), cut(word, 15, 8), cut(word, 23, 16), cut(word, 31, 24)};
}
std::array<i64, 2> halves(u32 word) { return {cut(word, 15, 0), cut(word, 31, 16)}; }
/// From the most significant part down, as the manual writes it in braces.
i64 from_bytes(i64 b3, i64 b2, i64 b1, i64 b0) {
    return as_unsigned(b3, 8) << 24 | as_unsigned(b2, 8) << 16 | as_unsigned(b1, 8) << 8 |
           as_unsigned(b0, 8);
}
i64 from_halves(i64 h1, i64 h0) { return as_unsigned(h1, 16) << 16 | as_unsigned(h0, 16); }

struct Sources {
    u32 word;
    u32 rs1;
    u32 old;
    u32 b;  ///< operand B; the selector of a shuffle
};

using Function = std::function<i64(const Sources&)>;

/// One instruction in halfwords, in bytes, and in a format that has no meaning for it.
struct Permutation {
    Function halfwords;
    Function bytes;
    Function other;
};

/// The width that the permuter knows: only formats 1 and 2 of CSR 0x00D.
const Function& function_for(const Permutation& permutation, const ReferenceHart& hart,
                             char ending) {
    if (ending == 'h' || (ending == 'v' && hart.format == 1))
        return permutation.halfwords;
    return ending == 'b' || hart.format == 2 ? permutation.bytes : permutation.other;
}

using OperandB = u32 (*)(const ReferenceHart&, u32 word, const std::string& form, char ending);

u32 replicated(const ReferenceHart& hart, u32 word, const std::string& form, char ending) {
    return operand_b(hart, word, form, lane_width(hart, ending), false);
}
/// A shuffle takes its selector as it stands: .sc is the vector form, .sci the extended immediate.
u32 as_it_stands(const ReferenceHart& hart, u32 word, const std::string& form, char) {
    const i64 imm6 = cut(word, 24, 20) * 2 + cut(word, 25, 25);
    return form == ".sci" ? u32(as_signed(imm6, 6)) : hart.x[rs2_of(word)];
}

ReferenceStep step(const Permutation& permutation, OperandB operand, const std::string& form,
                   char ending) {
    return [=](ReferenceHart& hart, u32 word) {
        const Sources sources{word, hart.x[rs1_of(word)], hart.x[rd_of(word)],
                              operand(hart, word, form, ending)};
        hart.write(rd_of(word), function_for(permutation, hart, ending)(sources));
    };
}

/// Rows that one encoding covers in all its forms.
void add_plain(ReferenceSteps& steps, const std::string& name, const Permutation& permutation) {
    for (const char ending : {'h', 'b', 'v'})
        steps["pv." + name + '.' + ending] = step(permutation, as_it_stands, "", ending);
}

void add_forms(ReferenceSteps& steps, const std::string& name, const Permutation& permutation,
               OperandB operand, std::initializer_list<const char*> forms) {
    for (const char* form : forms)
        for (const char ending : {'h', 'b', 'v'})
            steps["pv." + name + form + '.' + ending] = step(permutation, operand, form, ending);
}

unsigned lane_number(const Sources& s, bool is_byte) {
    return (is_byte ? cut(s.word, 20, 20) * 2 : 0) + cut(s.word, 25, 25);
}

ReferenceSteps extracts_and_inserts() {
    const auto byte = [](const Sources& s) { return bytes(s.rs1)[lane_number(s, true)]; };
    const auto half = [](const Sources& s) { return halves(s.rs1)[lane_number(s, false)]; };
    const auto twice = [](const Sources& s) { return bytes(s.rs1)[0] * 0x0101; };
    ReferenceSteps steps;
    add_plain(steps, "extract",
              {[=](auto& s) { return as_signed(half(s), 16); },
               [=](auto& s) { return as_signed(byte(s), 8); },
               [=](auto& s) { return as_signed(twice(s), 16); }});
    add_plain(steps, "extractu", {half, byte, twice});
    add_plain(steps, "insert",
              {[](auto& s) {
                   auto lanes = halves(s.old);
                   lanes[lane_number(s, false)] = halves(s.rs1)[0];
                   return from_halves(lanes[1], lanes[0]);
               },
               [](auto& s) {
                   Lanes lanes = bytes(s.old);
                   lanes[lane_number(s, true)] = bytes(s.rs1)[0];
                   return from_bytes(lanes[3], lanes[2], lanes[1], lanes[0]);
               },
               [](auto& s) { return i64{s.rs1}; }});
    return steps;
}

i64 lowest_byte_everywhere(const Sources& s) { return bytes(s.rs1)[0] * 0x01010101; }

/// rd.h[i] and rd.b[i] from the lane that operand B names; shuffle2 takes it from rd or rs1.
Permutation shuffle(bool has_two_sources) {
    const auto source = [=](const Sources& s, unsigned selecting_bit) {
        return !has_two_sources || (s.b >> selecting_bit) % 2 != 0 ? s.rs1 : s.old;
    };
    return {[=](auto& s) {
                const auto lane = [&](unsigned i) {
                    return halves(source(s, 16 * i + 1))[(s.b >> (16 * i)) % 2];
                };
                return from_halves(lane(1), lane(0));
            },
            [=](auto& s) {
                const auto lane = [&](unsigned i) {
                    return bytes(source(s, 8 * i + 2))[(s.b >> (8 * i)) % 4];
                };
                return from_bytes(lane(3), lane(2), lane(1), lane(0));
            },
            lowest_byte_everywhere};
}

/// The immediate form: byte 3 comes from the lane that the opcode names.
Permutation immediate_shuffle(unsigned top) {
    return {[](auto& s) {
                const auto lanes = halves(s.rs1);
                return from_halves(lanes[cut(s.word, 20, 20)], lanes[cut(s.word, 25, 25)]);
            },
            [=](auto& s) {
                const Lanes lanes = bytes(s.rs1);
                return from_bytes(lanes[top], lanes[cut(s.word, 24, 23)],
                                  lanes[cut(s.word, 22, 21)], lanes[lane_number(s, true)]);
            },
            lowest_byte_everywhere};
}

ReferenceSteps shuffles() {
    ReferenceSteps steps;
    for (unsigned top = 0; top < 4; ++top) {
        const std::string number = std::to_string(top);
        const std::string alias = top == 0 ? "" : ".alias" + number;
        add_forms(steps, "shuffle" + alias, shuffle(false), as_it_stands, {"", ".sc"});
        const Permutation immediate = immediate_shuffle(top);
        steps["pv.shuffle.sci.h" + alias] = step(immediate, as_it_stands, "", 'h');
        for (const char ending : {'b', 'v'})
            steps["pv.shufflei" + number + ".sci." + ending] =
                step(immediate, as_it_stands, "", ending);
    }
    add_forms(steps, "shuffle2", shuffle(true), as_it_stands, {"", ".sc", ".sci"});
    return steps;
}

ReferenceSteps packs() {
    const Function low_halves = [](auto& s) { return from_halves(halves(s.rs1)[0], s.b); };
    const Function high_halves = [](auto& s) {
        return from_halves(halves(s.rs1)[1], halves(s.b)[1]);
    };
    const Function other = [](auto& s) { return from_bytes(s.rs1, s.rs1, s.b, s.b); };
    ReferenceSteps steps;
    const auto add = [&](const char* name, const Function& halfwords, const Function& in_bytes) {
        add_forms(steps, name, {halfwords, in_bytes, other}, replicated, {"", ".sc", ".sci"});
    };
    add("pack", low_halves, [](auto& s) { return from_bytes(0, 0, s.rs1, s.b); });
    add("packh", high_halves, [](auto& s) { return from_bytes(s.rs1, s.b, 0, 0); });
    add("packhi", high_halves,
        [](auto& s) { return from_bytes(s.rs1, s.b, bytes(s.old)[1], bytes(s.old)[0]); });
    add("packlo", low_halves,
        [](auto& s) { return from_bytes(bytes(s.old)[3], bytes(s.old)[2], s.rs1, s.b); });
    return steps;
}

/// Real and imaginary part of a complex number in halfwords.
struct Complex {
    i64 re;
    i64 im;
};
Complex complex(u32 word) {
    return {as_signed(cut(word, 15, 0), 16), as_signed(cut(word, 31, 16), 16)};
}

using ComplexFunction = std::function<i64(Complex a, Complex b, Complex old)>;

ReferenceStep complex_step(const ComplexFunction& function, unsigned macs) {
    return [=](ReferenceHart& hart, u32 word) {
        hart.write(rd_of(word),
                   function(complex(hart.x[rs1_of(word)]), complex(hart.x[rs2_of(word)]),
                            complex(hart.x[rd_of(word)])));
        hart.macs += macs;
    };
}

/// The rows of one divisor 2^shift.
void add_complex(ReferenceSteps& steps, unsigned shift) {
    const std::string ending = shift == 0 ? "" : ".div" + std::to_string(1U << shift);
    const auto scaled = [=](i64 value) { return shifted_right(as_signed(value, 16), shift); };
    const auto product = [=](i64 value) { return shifted_right(as_signed(value, 32), 15 + shift); };
    steps["pv.cplxmul.h.r" + ending] = complex_step(
        [=](auto a, auto b, auto old) {
            return from_halves(old.im, product(a.re * b.re - a.im * b.im));
        },
        2);
    steps["pv.cplxmul.h.i" + ending] = complex_step(
        [=](auto a, auto b, auto old) {
            return from_halves(product(a.re * b.im + a.im * b.re), old.re);
        },
        2);
    steps["pv.subrotmj.h" + ending] = complex_step(
        [=](auto a, auto b, auto) { return from_halves(scaled(b.re - a.re), scaled(a.im - b.im)); },
        0);
    const std::string always = shift == 0 ? ".div1" : ending;
    steps["pv.add.h" + always] = complex_step(
        [=](auto a, auto b, auto) { return from_halves(scaled(a.im + b.im), scaled(a.re + b.re)); },
        0);
    steps["pv.sub.h" + always] = complex_step(
        [=](auto a, auto b, auto) { return from_halves(scaled(a.im - b.im), scaled(a.re - b.re)); },
        0);
}

}  // namespace

ReferenceSteps permute_reference() {
    ReferenceSteps steps = extracts_and_inserts();
    for (ReferenceSteps part : {shuffles(), packs()})
        steps.merge(part);
    for (unsigned shift = 0; shift < 4; ++shift)
        add_complex(steps, shift);
    steps["pv.cplxconj.h"] =
        complex_step([](auto a, auto b, auto) { return from_halves(b.im - a.im, a.re); }, 0);
    return steps;
}

}  // namespace flexv::test
