// SPDX-License-Identifier: Apache-2.0
// Sections 7, 8 and 9 of docs/spec/isa.md: memory forms, hardware loops, scalar arithmetic.
#include "isa/reference_hart.hpp"

#include <algorithm>
#include <bitset>
#include <utility>

namespace flexv::test {
namespace {

/// What a row of the scalar groups computes from. Register values are 0..2^32-1.
struct Sources {
    u32 word = 0;
    i64 a = 0;         ///< rs1
    i64 b = 0;         ///< rs2
    i64 old = 0;       ///< rd before
    unsigned is2 = 0;  ///< insn[24:20]
    unsigned is3 = 0;  ///< insn[29:25]
};
using Function = std::function<i64(const Sources&)>;

Sources sources(const ReferenceHart& hart, u32 word) {
    return {.word = word,
            .a = hart.x[rs1_of(word)],
            .b = hart.x[rs2_of(word)],
            .old = hart.x[rd_of(word)],
            .is2 = cut(word, 24, 20),
            .is3 = cut(word, 29, 25)};
}

ReferenceStep writes_rd(Function function, unsigned macs = 0) {
    return [function = std::move(function), macs](ReferenceHart& hart, u32 word) {
        hart.write(rd_of(word), function(sources(hart, word)));
        hart.macs += macs;
    };
}

i64 s32(i64 value) { return as_signed(value, 32); }
i64 u32_of(i64 value) { return as_unsigned(value, 32); }
bool bit31(i64 value) { return u32_of(value) >= i64{1} << 31; }
i64 inverted(i64 value) { return u32_of(-value - 1); }

/// Number of the lowest bit, counted in steps of `step` from `from`, that is 1; 32 without one.
unsigned first_one(i64 value, unsigned from, int step) {
    const std::bitset<32> bits(static_cast<unsigned long long>(value));
    for (int i = int(from); i >= 0 && i < 32; i += step)
        if (bits[std::size_t(i)])
            return unsigned(i);
    return 32;
}

i64 redundant_sign_bits(i64 value) {
    if (value == 0)
        return 0;
    const std::bitset<32> bits(static_cast<unsigned long long>(value));
    unsigned same = 0;
    while (same < 32 && bits[31 - same] == bits[31])
        ++same;
    return same - 1;
}

i64 rotated(i64 value, unsigned bits) {
    for (unsigned i = 0; i < bits; ++i)
        value = value / 2 + value % 2 * (i64{1} << 31);
    return value;
}

i64 clipped(i64 value, i64 low, i64 high) { return std::min(std::max(s32(value), low), high); }
i64 clip_bound(const Sources& s) { return s.is2 == 0 ? 0 : (i64{1} << (s.is2 - 1)) - 1; }

i64 clipr(i64 a, i64 b) {
    if (s32(a) > s32(b))
        return b;
    return bit31(a + b + 1) ? inverted(b) : a;
}

i64 clipur(i64 a, i64 b) {
    if (s32(a) > s32(b))
        return b;
    if (s32(a) < 0)
        return 0;
    return bit31(a + b) ? inverted(b) : a;
}

ReferenceSteps alu() {
    const auto byte_of = [](const Sources& s) {  // an odd rs2 field selects byte 2
        return s.is2 % 2 == 1 ? s.a / 65536 : s.a;
    };
    return {
        {"p.abs", writes_rd([](auto& s) { return s32(s.a) > s32(s.b) ? s.a : s.b - s.a; })},
        {"p.slet", writes_rd([](auto& s) { return s32(s.a) <= s32(s.b) ? 1 : 0; })},
        {"p.sletu", writes_rd([](auto& s) { return s.a <= s.b ? 1 : 0; })},
        {"p.min", writes_rd([](auto& s) { return std::min(s32(s.a), s32(s.b)); })},
        {"p.minu", writes_rd([](auto& s) { return std::min(s.a, s.b); })},
        {"p.max", writes_rd([](auto& s) { return std::max(s32(s.a), s32(s.b)); })},
        {"p.maxu", writes_rd([](auto& s) { return std::max(s.a, s.b); })},
        {"p.ror", writes_rd([](auto& s) { return rotated(s.a, unsigned(s.b % 32)); })},
        {"p.exths", writes_rd([](auto& s) { return as_signed(s.a, 16); })},
        {"p.exthz", writes_rd([](auto& s) { return as_unsigned(s.a, 16); })},
        {"p.extbs", writes_rd([=](auto& s) { return as_signed(byte_of(s), 8); })},
        {"p.extbz", writes_rd([=](auto& s) { return as_unsigned(byte_of(s), 8); })},
        {"p.clip",
         writes_rd([](auto& s) { return clipped(s.a, -clip_bound(s) - 1, clip_bound(s)); })},
        {"p.clipu", writes_rd([](auto& s) { return clipped(s.a, 0, clip_bound(s)); })},
        {"p.clipr", writes_rd([](auto& s) { return clipr(s.a, s.b); })},
        {"p.clipur", writes_rd([](auto& s) { return clipur(s.a, s.b); })},
    };
}

/// p.{add,sub}[u][r]n and, with the shift in rs2 and rd as the first operand, p....nr.
ReferenceSteps rounding_sums() {
    ReferenceSteps steps;
    for (const bool subtracts : {false, true})
        for (const bool is_unsigned : {false, true})
            for (const bool rounds : {false, true}) {
                const auto result = [=](i64 a, i64 b, unsigned shift) {
                    const i64 half = rounds && shift != 0 ? i64{1} << (shift - 1) : 0;
                    const i64 sum = (subtracts ? a - b : a + b) + half;
                    return shifted_right(is_unsigned ? u32_of(sum) : s32(sum), shift);
                };
                const std::string name = std::string("p.") + (subtracts ? "sub" : "add") +
                                         (is_unsigned ? "u" : "") + (rounds ? "r" : "") + "n";
                steps[name] = writes_rd([=](auto& s) { return result(s.a, s.b, s.is3); });
                steps[name + "r"] =
                    writes_rd([=](auto& s) { return result(s.old, s.a, unsigned(s.b % 32)); });
            }
    return steps;
}

/// Bits is2 .. is2 + is3 of a word are 1.
i64 field_mask(unsigned is2, unsigned is3) {
    std::bitset<32> mask;
    for (unsigned i = is2; i <= is2 + is3 && i < 32; ++i)
        mask.set(i);
    return i64(mask.to_ulong());
}

i64 bitwise(i64 a, i64 b, bool (*function)(bool, bool)) {
    i64 result = 0;
    for (unsigned i = 0; i < 32; ++i)
        if (function((a >> i) % 2 != 0, (b >> i) % 2 != 0))
            result += i64{1} << i;
    return result;
}

i64 inserted(i64 old, i64 field, i64 mask) {
    return bitwise(old, mask, [](bool bit, bool masked) { return bit && !masked; }) +
           bitwise(field, mask, [](bool bit, bool masked) { return bit && masked; });
}

/// p.bitrev: digits of 1, 2 or 3 bits, counted from bit 31, in reverse order.
i64 digits_reversed(i64 value, unsigned code) {
    const unsigned width = code % 4 == 1 ? 2 : code % 4 == 2 ? 3 : 1;
    i64 result = 0;
    for (unsigned digit = 0; digit < 32 / width; ++digit)
        result += as_unsigned(value >> (32 - width * (digit + 1)), width) << (width * digit);
    return result;
}

/// The rows whose field is given by two immediates, and in the register forms by rs2.
using FieldFunction = std::function<i64(const Sources&, unsigned is2, unsigned is3)>;
void add_field_rows(ReferenceSteps& steps, const std::string& name, const FieldFunction& function) {
    steps["p." + name] = writes_rd([=](auto& s) { return function(s, s.is2, s.is3); });
    steps["p." + name + "r"] = writes_rd(
        [=](auto& s) { return function(s, unsigned(s.b % 32), unsigned(s.b / 32 % 32)); });
}

ReferenceSteps bit_manipulation() {
    ReferenceSteps steps{
        {"p.ff1", writes_rd([](auto& s) { return first_one(s.a, 0, 1); })},
        {"p.fl1", writes_rd([](auto& s) { return first_one(s.a, 31, -1); })},
        {"p.clb", writes_rd([](auto& s) { return redundant_sign_bits(s.a); })},
        {"p.cnt", writes_rd([](auto& s) {
             return i64(std::bitset<32>(static_cast<unsigned long long>(s.a)).count());
         })},
        {"p.bitrev",
         writes_rd([](auto& s) { return digits_reversed(u32_of(s.a << s.is2), s.is3); })},
    };
    add_field_rows(steps, "extract", [](auto& s, unsigned is2, unsigned is3) {
        return as_signed(shifted_right(s32(s.a), is2), is3 + 1);
    });
    add_field_rows(steps, "extractu", [](auto& s, unsigned is2, unsigned is3) {
        return as_unsigned(s.a >> is2, is3 + 1);
    });
    add_field_rows(steps, "insert", [](auto& s, unsigned is2, unsigned is3) {
        return inserted(s.old, u32_of(s.a << is2), field_mask(is2, is3));
    });
    add_field_rows(steps, "bclr", [](auto& s, unsigned is2, unsigned is3) {
        return inserted(s.a, 0, field_mask(is2, is3));
    });
    add_field_rows(steps, "bset", [](auto& s, unsigned is2, unsigned is3) {
        return inserted(s.a, field_mask(is2, is3), field_mask(is2, is3));
    });
    return steps;
}

/// p.{mul,mac}[hh]{s,u}[[r]n] on halfwords, and the two rows on words.
ReferenceSteps multiply_accumulate() {
    ReferenceSteps steps{
        {"p.mac", writes_rd([](auto& s) { return i64(u64(s.old) + u64(s.a) * u64(s.b)); }, 1)},
        {"p.msu", writes_rd([](auto& s) { return i64(u64(s.old) - u64(s.a) * u64(s.b)); }, 1)},
    };
    for (const bool accumulates : {false, true})
        for (const bool high : {false, true})
            for (const bool is_signed : {false, true})
                for (const std::string ending : {"", "n", "rn"}) {
                    const auto result = [=](const Sources& s) {
                        const auto half = [&](i64 word) {
                            const i64 bits = high ? word >> 16 : word;
                            return is_signed ? as_signed(bits, 16) : as_unsigned(bits, 16);
                        };
                        const unsigned shift = ending.empty() ? 0 : s.is3;
                        const i64 rounding =
                            ending == "rn" && shift != 0 ? i64{1} << (shift - 1) : 0;
                        const i64 sum =
                            (accumulates ? s.old : 0) + half(s.a) * half(s.b) + rounding;
                        return shifted_right(is_signed ? s32(sum) : u32_of(sum), shift);
                    };
                    steps[std::string(accumulates ? "p.mac" : "p.mul") + (high ? "hh" : "") +
                          (is_signed ? "s" : "u") + ending] = writes_rd(result, 1);
                }
    return steps;
}

/// How a memory row forms its address and steps its base.
struct Addressing {
    std::string suffix;
    bool steps_base;
    bool from_register;
};
const Addressing kAddressing[] = {
    {".post", true, false}, {".rr", false, true}, {".rrpost", true, true}};

void load_row(ReferenceHart& hart, u32 word, unsigned bytes, bool is_signed,
              const Addressing& addressing) {
    const u32 base = hart.x[rs1_of(word)];
    const i64 offset =
        addressing.from_register ? hart.x[rs2_of(word)] : as_signed(cut(word, 31, 20), 12);
    const u32 moved = u32(base + offset);
    const i64 value = hart.load(addressing.steps_base ? base : moved, bytes, is_signed);
    if (addressing.steps_base)
        hart.write(rs1_of(word), moved);
    hart.write(rd_of(word), value);
}

void store_row(ReferenceHart& hart, u32 word, unsigned bytes, const Addressing& addressing) {
    const u32 base = hart.x[rs1_of(word)];
    const i64 offset = addressing.from_register
                           ? i64{hart.x[rd_of(word)]}
                           : as_signed(cut(word, 31, 25) * 32 + cut(word, 11, 7), 12);
    const u32 moved = u32(base + offset);
    hart.store(addressing.steps_base ? base : moved, bytes, hart.x[rs2_of(word)]);
    if (addressing.steps_base)
        hart.write(rs1_of(word), moved);
}

ReferenceSteps memory_forms() {
    ReferenceSteps steps;
    const std::tuple<const char*, unsigned, bool> loads[] = {{"p.lb", 1, true},
                                                             {"p.lh", 2, true},
                                                             {"p.lw", 4, false},
                                                             {"p.lbu", 1, false},
                                                             {"p.lhu", 2, false}};
    const std::pair<const char*, unsigned> stores[] = {{"p.sb", 1}, {"p.sh", 2}, {"p.sw", 4}};
    for (const Addressing& form : kAddressing) {
        for (const auto& [name, bytes, is_signed] : loads)
            steps[name + form.suffix] = [=, bytes = bytes, is_signed = is_signed](auto& hart,
                                                                                  u32 word) {
                load_row(hart, word, bytes, is_signed, form);
            };
        for (const auto& [name, bytes] : stores)
            steps[name + form.suffix] = [=, bytes = bytes](auto& hart, u32 word) {
                store_row(hart, word, bytes, form);
            };
    }
    steps["p.elw"] = [](auto& hart, u32 word) {
        load_row(hart, word, 4, false, {"", false, false});
    };
    steps["p.elw.post"] = steps["p.lw.post"];
    return steps;
}

void branch_if(ReferenceHart& hart, u32 word, bool taken) {
    const i64 offset = cut(word, 31, 31) * 4096 + cut(word, 7, 7) * 2048 + cut(word, 30, 25) * 32 +
                       cut(word, 11, 8) * 2;
    if (taken)
        hart.next_pc = u32(hart.pc + as_signed(offset, 13));
}

ReferenceSteps control_flow() {
    const auto loop = [](auto& hart, u32 word) -> ReferenceHart::Loop& {
        return hart.loops[cut(word, 7, 7)];
    };
    const auto ahead = [](auto& hart, unsigned halfwords) { return hart.pc + 2 * halfwords; };
    const auto equal = [](auto& hart, u32 word) {
        return as_signed(hart.x[rs1_of(word)], 32) == as_signed(rs2_of(word), 5);
    };
    return {
        {"p.beqimm", [=](auto& h, u32 w) { branch_if(h, w, equal(h, w)); }},
        {"p.bneimm", [=](auto& h, u32 w) { branch_if(h, w, !equal(h, w)); }},
        {"lp.starti", [=](auto& h, u32 w) { loop(h, w).start = ahead(h, cut(w, 31, 20)); }},
        {"lp.endi", [=](auto& h, u32 w) { loop(h, w).end = ahead(h, cut(w, 31, 20)); }},
        {"lp.count", [=](auto& h, u32 w) { loop(h, w).count = h.x[rs1_of(w)]; }},
        {"lp.counti", [=](auto& h, u32 w) { loop(h, w).count = cut(w, 31, 20); }},
        {"lp.setup",
         [=](auto& h, u32 w) {
             loop(h, w) = {h.pc + 4, ahead(h, cut(w, 31, 20)), h.x[rs1_of(w)]};
         }},
        {"lp.setupi",
         [=](auto& h, u32 w) {
             loop(h, w) = {h.pc + 4, ahead(h, rs1_of(w)), cut(w, 31, 20)};
         }},
    };
}

}  // namespace

i64 ReferenceHart::load(u32 address, unsigned bytes, bool is_signed) const {
    i64 value = 0;
    for (unsigned i = 0; i < bytes; ++i)
        value += i64{memory[u32(address + i) % memory.size()]} << (8 * i);
    return is_signed ? as_signed(value, 8 * bytes) : value;
}

void ReferenceHart::store(u32 address, unsigned bytes, u32 value) {
    for (unsigned i = 0; i < bytes; ++i)
        memory[u32(address + i) % memory.size()] = u8(value >> (8 * i));
}

ReferenceSteps scalar_reference() {
    ReferenceSteps steps = alu();
    for (ReferenceSteps part : {rounding_sums(), bit_manipulation(), multiply_accumulate(),
                                memory_forms(), control_flow()})
        steps.merge(part);
    return steps;
}

}  // namespace flexv::test
