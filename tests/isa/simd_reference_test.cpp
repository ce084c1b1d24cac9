// SPDX-License-Identifier: Apache-2.0
// SIMD rows against a model that takes registers apart lane by lane into plain integers and knows
// nothing of templates. Source of the rules: ISA specification, sections 10 and 11.
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <functional>
#include <string>
#include <vector>

namespace flexv::test {
namespace {

using Lanes = std::vector<i64>;

Lanes split(u32 word, unsigned width, bool is_signed) {
    Lanes lanes;
    for (unsigned lsb = 0; lsb < 32; lsb += width) {
        const i64 span = i64{1} << width;
        const i64 lane = (i64{word} >> lsb) % span;
        lanes.push_back(is_signed && lane >= span / 2 ? lane - span : lane);
    }
    return lanes;
}

u32 join(const Lanes& lanes, unsigned width) {
    const i64 span = i64{1} << width;
    i64 word = 0;
    for (std::size_t i = 0; i < lanes.size(); ++i)
        word += ((lanes[i] % span + span) % span) << (i * width);
    return u32(word);
}

/// Widths of the lanes of operands A and B by the code of CSR 0x00D (table in section 3.2).
struct Widths {
    unsigned a;
    unsigned b;
};
constexpr std::array<Widths, 11> kWidths{
    {{0, 0}, {16, 16}, {8, 8}, {4, 4}, {2, 2}, {4, 2}, {8, 2}, {16, 2}, {8, 4}, {16, 4}, {16, 8}}};

u32 reference_dot_product(u32 a, u32 b, Widths widths, u32 slice, bool a_signed, bool b_signed) {
    const Lanes left = split(a, widths.a, a_signed);
    const Lanes right = split(b, widths.b, b_signed);
    i64 sum = 0;
    for (std::size_t i = 0; i < left.size(); ++i) {
        const std::size_t j = slice * left.size() + i;
        sum += left[i] * (j < right.size() ? right[j] : 0);
    }
    return u32(sum);
}

/// Slice counter of the mixed-precision controller (section 11.2).
struct ReferenceCounter {
    u32 skip = 0;
    u32 slice = 0;
    u32 passed = 0;

    void tick(Widths widths) {
        if (++passed < skip)
            return;
        passed = 0;
        if (widths.a != widths.b)
            slice = (slice + 1) % (widths.a / widths.b);
    }
};

struct Signs {
    const char* name;
    bool a;
    bool b;
};
constexpr Signs kSigns[] = {{"up", false, false}, {"usp", false, true}, {"sp", true, true}};

using LaneFunction = std::function<i64(i64, i64)>;

struct LaneOperation {
    const char* name;
    bool is_signed;
    LaneFunction function;
};

i64 truth(bool value) { return value ? -1 : 0; }

i64 modulo(i64 value, unsigned width) {
    const i64 span = i64{1} << width;
    return (value % span + span) % span;
}

i64 as_signed(i64 value, unsigned width) {
    const i64 span = i64{1} << width;
    const i64 lane = modulo(value, width);
    return lane >= span / 2 ? lane - span : lane;
}

/// The operations on lanes of `w` bits without the deviations of narrow lanes.
std::vector<LaneOperation> lane_operations(unsigned w) {
    return {
        {"add", true, [](i64 a, i64 b) { return a + b; }},
        {"sub", true, [](i64 a, i64 b) { return a - b; }},
        {"avg", true, [w](i64 a, i64 b) { return as_signed(a + b, w) >> 1; }},
        {"avgu", false, [w](i64 a, i64 b) { return modulo(a + b, w) >> 1; }},
        {"min", true, [](i64 a, i64 b) { return std::min(a, b); }},
        {"minu", false, [](i64 a, i64 b) { return std::min(a, b); }},
        {"max", true, [](i64 a, i64 b) { return std::max(a, b); }},
        {"maxu", false, [](i64 a, i64 b) { return std::max(a, b); }},
        {"srl", false, [w](i64 a, i64 b) { return a >> (b % w); }},
        {"sra", true, [w](i64 a, i64 b) { return a >> modulo(b, w) % w; }},
        {"sll", false, [w](i64 a, i64 b) { return a << (b % w); }},
        {"or", false, [](i64 a, i64 b) { return a | b; }},
        {"xor", false, [](i64 a, i64 b) { return a ^ b; }},
        {"and", false, [](i64 a, i64 b) { return a & b; }},
        {"cmpeq", true, [](i64 a, i64 b) { return truth(a == b); }},
        {"cmpne", true, [](i64 a, i64 b) { return truth(a != b); }},
        {"cmpgt", true, [](i64 a, i64 b) { return truth(a > b); }},
        {"cmpge", true, [](i64 a, i64 b) { return truth(a >= b); }},
        {"cmplt", true, [](i64 a, i64 b) { return truth(a < b); }},
        {"cmple", true, [](i64 a, i64 b) { return truth(a <= b); }},
        {"cmpgtu", false, [](i64 a, i64 b) { return truth(a > b); }},
        {"cmpgeu", false, [](i64 a, i64 b) { return truth(a >= b); }},
        {"cmpltu", false, [](i64 a, i64 b) { return truth(a < b); }},
        {"cmpleu", false, [](i64 a, i64 b) { return truth(a <= b); }},
    };
}

u32 apply(const LaneOperation& operation, u32 a, u32 b, unsigned width) {
    Lanes lanes = split(a, width, operation.is_signed);
    const Lanes right = split(b, width, operation.is_signed);
    for (std::size_t i = 0; i < lanes.size(); ++i)
        lanes[i] = operation.function(lanes[i], right[i]);
    return join(lanes, width);
}

/// Words in which equal lanes and extremes are not rare.
u32 interesting(std::mt19937& random) {
    constexpr std::array<u32, 6> kWords{0, ~0U, 0x80808080, 0x7fff8000, 0x12345678, 0x88888888};
    const u32 word = u32(random());
    return word % 3 == 0 ? kWords[random() % kWords.size()] : word;
}

u32 run_simd(const std::string& name, u32 a, u32 b, int format) {
    Machine machine;
    if (format != 0)
        machine.use_format(isa::Format(format));
    machine.x(a1) = a;
    machine.x(a2) = b;
    machine.run(name + " a0, a1, a2");
    return machine.x(a0);
}

}  // namespace

TEST_CASE("lane operations equal the reference in halfwords and bytes", "[isa][simd]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (const unsigned width : {16U, 8U}) {
        const std::string ending = width == 16 ? ".h" : ".b";
        for (const LaneOperation& operation : lane_operations(width)) {
            for (unsigned i = 0; i < 50; ++i) {
                const u32 a = interesting(random);
                const u32 b = interesting(random);
                INFO(fmt::format("pv.{}{} {:08x} {:08x}", operation.name, ending, a, b));
                const std::string name = fmt::format("pv.{}", operation.name);

                CHECK(run_simd(name + ending, a, b, 0) == apply(operation, a, b, width));
                CHECK(run_simd(name + ".v", a, b, width == 16 ? 1 : 2) ==
                      apply(operation, a, b, width));
                const u32 scalar = join(Lanes(32 / width, split(b, width, false)[0]), width);
                CHECK(run_simd(name + ".sc" + ending, a, b, 0) ==
                      apply(operation, a, scalar, width));
            }
        }
    }
}

TEST_CASE("4- and 2-bit lanes equal the reference where the hardware is ideal", "[isa][simd]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    const auto deviates = [](const std::string& name, unsigned width) {  // section 11.1
        if (name == "sra" || name == "avg")
            return true;
        if (width == 4)
            return name == "cmpeq" || name == "cmpne" || name == "cmpge" || name == "cmpgeu" ||
                   name == "cmplt" || name == "cmpltu";
        return name == "add" || name == "avgu";
    };

    for (const unsigned width : {4U, 2U})
        for (const LaneOperation& operation : lane_operations(width))
            for (unsigned i = 0; i < 50 && !deviates(operation.name, width); ++i) {
                const u32 a = interesting(random);
                const u32 b = interesting(random);
                INFO(fmt::format("pv.{}.v {} bits {:08x} {:08x}", operation.name, width, a, b));
                CHECK(run_simd(fmt::format("pv.{}.v", operation.name), a, b, width == 4 ? 3 : 4) ==
                      apply(operation, a, b, width));
            }
}

TEST_CASE("narrow lanes deviate from the ideal as the RTL does", "[isa][simd]") {
    // Section 11.1, by hand. Shifts and averages fill with bit 31 of the whole shifter input.
    CHECK(run_simd("pv.sra.v", 0x00000008, 0x11111111, 3) == 0x00000004);
    CHECK(run_simd("pv.sra.v", 0x80000000, 0x11111111, 3) == 0xc8888888);
    CHECK(run_simd("pv.sra.v", 0x80000000, 0x55555555, 4) == 0xeaaaaaaa);
    CHECK(run_simd("pv.avg.v", 0x00000008, 0x00000000, 3) == 0x00000004);
    // Equality of a nibble covers its low two bits, equality of the words the high two.
    CHECK(run_simd("pv.cmpeq.v", 0x12345678, 0x12345678, 3) == 0xffffffff);
    CHECK(run_simd("pv.cmpeq.v", 0x12345678, 0x12345670, 3) == 0x33333330);
    CHECK(run_simd("pv.cmpne.v", 0x12345678, 0x12345670, 3) == 0xccccccCF);
    CHECK(run_simd("pv.cmpge.v", 0x00000010, 0x00000000, 3) == 0x333333f3);
    CHECK(run_simd("pv.cmpltu.v", 0x00000000, 0x00000010, 3) == 0xccccccfc);
    // The carry out of 2-bit lane 12 reaches lane 13.
    CHECK(run_simd("pv.add.v", 0x03000000, 0x01000000, 4) == 0x04000000);
    CHECK(run_simd("pv.add.v", 0x0f000000, 0x01000000, 4) == 0x00000000);
    CHECK(run_simd("pv.add.v", 0x0c000000, 0x04000000, 4) == 0x00000000);
    CHECK(run_simd("pv.avgu.v", 0x07000000, 0x05000000, 4) == 0x04000000);
}

TEST_CASE("other formats work on the register as one lane", "[isa][simd]") {
    // Section 11.3: formats 0, 11..15 and, outside dot products, the mixed ones.
    for (const int format : {5, 8, 10, 11, 15}) {
        CHECK(run_simd("pv.add.v", 0x0000ffff, 0x00000001, format) == 0x00010000);
        CHECK(run_simd("pv.avg.v", 0x80000000, 0x00000000, format) == 0xc0000000);
        CHECK(run_simd("pv.avgu.v", 0x80000000, 0x00000000, format) == 0x40000000);
        CHECK(run_simd("pv.sll.v", 0x00000001, 0x0000003f, format) == 0x80000000);
        CHECK(run_simd("pv.add.sc.v", 0x00000000, 0x56781234, format) == 0x12341234);
        CHECK(run_simd("pv.cmpeq.v", 0x00010000, 0x00010000, format) == 0xffffffff);
        CHECK(run_simd("pv.shuffle.v", 0x12345678, 0x03020100, format) == 0x78787878);
        CHECK(run_simd("pv.pack.v", 0x12345678, 0x9abcdef0, format) == 0x7878f0f0);
    }
}

TEST_CASE("dot products equal the lane-by-lane sum in every format", "[isa][simd]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (int format = 1; format <= 10; ++format) {
        const Widths widths = kWidths[std::size_t(format)];
        for (const Signs& signs : kSigns) {
            for (const bool accumulates : {false, true}) {
                Machine machine;
                machine.use_format(isa::Format(format));
                ReferenceCounter counter{.skip = u32(random() % 5)};
                machine.hart.mixed_skip = counter.skip;
                for (unsigned i = 0; i < 100; ++i) {
                    const u32 a = interesting(random);
                    const u32 b = interesting(random);
                    const u32 old = u32(random());
                    machine.x(a0) = old;
                    machine.x(a1) = a;
                    machine.x(a2) = b;
                    const std::string name =
                        fmt::format("pv.{}dot{}.v", accumulates ? "s" : "", signs.name);
                    INFO(fmt::format("{} format {} {:08x} {:08x} slice {}", name, format, a, b,
                                     counter.slice));

                    machine.run(name + " a0, a1, a2");

                    CHECK(machine.x(a0) ==
                          (accumulates ? old : 0) +
                              reference_dot_product(a, b, widths, counter.slice, signs.a, signs.b));
                    counter.tick(widths);
                    CHECK(machine.hart.mixed_slice == counter.slice);
                }
                CHECK(machine.hart.macs == 100 * (32 / widths.a));
                CHECK(machine.hart.mixed_dot_products == (widths.a == widths.b ? 0 : 100));
            }
        }
    }
}

TEST_CASE("legacy dot products equal the lane-by-lane sum", "[isa][simd]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (const unsigned width : {16U, 8U}) {
        for (const Signs& signs : kSigns) {
            for (unsigned i = 0; i < 100; ++i) {
                const u32 a = interesting(random);
                const u32 b = interesting(random);
                const std::string ending = width == 16 ? ".h" : ".b";
                const u32 scalar = join(Lanes(32 / width, split(b, width, false)[0]), width);
                const Widths widths{width, width};

                CHECK(run_simd(fmt::format("pv.dot{}{}", signs.name, ending), a, b, 0) ==
                      reference_dot_product(a, b, widths, 0, signs.a, signs.b));
                CHECK(run_simd(fmt::format("pv.dot{}.sc{}", signs.name, ending), a, b, 0) ==
                      reference_dot_product(a, scalar, widths, 0, signs.a, signs.b));
            }
        }
    }
}

TEST_CASE("a mixed scalar operand repeats its low halfword before it is sliced", "[isa][simd]") {
    Machine machine;
    machine.use_format(isa::Format::b_n);
    machine.hart.mixed_slice = 1;
    machine.x(a1) = 0x01010101;
    machine.x(a2) = 0xffff4321;

    machine.run("pv.dotup.sc.v a0, a1, a2");

    CHECK(machine.x(a0) == 4 + 3 + 2 + 1);
}

TEST_CASE("a slice beyond the weight word is 0", "[isa][simd]") {
    Machine machine;
    machine.use_format(isa::Format::n_c);
    machine.hart.mixed_slice = 7;
    machine.x(a0) = 5;
    machine.x(a1) = ~u32{0};
    machine.x(a2) = ~u32{0};

    machine.run("pv.sdotup.v a0, a1, a2");

    CHECK(machine.x(a0) == 5);
    CHECK(machine.hart.mixed_slice == 0);
}

TEST_CASE("legacy dot products move the slice of a mixed CSR format", "[isa][simd]") {
    // Section 11.2: the counter runs in legacy mode too [S].
    Machine machine;
    machine.hart.simd_format = u32(isa::Format::b_c);
    machine.hart.mixed_skip = 2;

    for (unsigned i = 0; i < 6; ++i)
        machine.run("pv.dotup.b a0, a1, a2");

    CHECK(machine.hart.mixed_slice == 3);
}

TEST_CASE("complex multiplication keeps the other half of its destination", "[isa][simd]") {
    Machine machine;
    machine.x(a0) = 0x11223344;
    machine.x(a1) = 0x40002000;  // 0.25 + 0.5j
    machine.x(a2) = 0x20004000;  // 0.5 + 0.25j

    machine.run("pv.cplxmul.h.r a0, a1, a2");
    CHECK(machine.x(a0) == 0x11220000);
    machine.run("pv.cplxmul.h.i a0, a1, a2");
    CHECK(machine.x(a0) == 0x28000000);  // 0.3125j
    CHECK(machine.hart.macs == 4);

    machine.run("pv.cplxconj.h a0, a1");
    CHECK(machine.x(a0) == 0xc0002000);
    machine.run("pv.add.h.div2 a0, a1, a2");
    CHECK(machine.x(a0) == 0x30003000);
    machine.run("pv.sub.h.div4 a0, a1, a2");
    CHECK(machine.x(a0) == 0x0800f800);
    machine.run("pv.subrotmj.h a0, a1, a2");
    CHECK(machine.x(a0) == 0x20002000);
}

TEST_CASE("permuting instructions move lanes", "[isa][simd]") {
    const auto result = [](const char* line) {
        Machine machine;
        machine.x(a0) = 0x11223344;
        machine.x(a1) = 0x89abcdef;
        machine.x(a2) = 0x07010400;
        machine.run(line);
        return fmt::format("{:08x}", machine.x(a0));
    };

    CHECK(result("pv.extract.h a0, a1, 1") == "ffff89ab");
    CHECK(result("pv.extractu.b a0, a1, 2") == "000000ab");
    CHECK(result("pv.insert.b a0, a1, 3") == "ef223344");
    CHECK(result("pv.insert.h a0, a1, 0") == "1122cdef");
    CHECK(result("pv.shuffle.b a0, a1, a2") == "89cdefef");
    CHECK(result("pv.shuffle.h a0, a1, a2") == "89abcdef");
    CHECK(result("pv.shuffle.sci.h a0, a1, 1") == "cdef89ab");
    CHECK(result("pv.shufflei2.sci.b a0, a1, 27") == "abcdab89");  // K = 2, then 1, 2, 3
    CHECK(result("pv.shuffle2.h a0, a1, a2") == "11223344");
    CHECK(result("pv.pack.h a0, a1, a2") == "cdef0400");
    CHECK(result("pv.packh.h a0, a1, a2") == "89ab0701");
    CHECK(result("pv.packhi.b a0, a1, a2") == "ef003344");
    CHECK(result("pv.packlo.b a0, a1, a2") == "1122ef00");
    CHECK(result("pv.pack.b a0, a1, a2") == "0000ef00");
    CHECK(result("pv.packh.sci.h a0, a1, 2") == "89ab0003");  // bit 25 is the lowest bit of 3
}

}  // namespace flexv::test
