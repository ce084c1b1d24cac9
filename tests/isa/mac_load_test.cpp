// SPDX-License-Identifier: Apache-2.0
// Mac&Load against a model written from the pseudo-code of the ISA specification, section 12, in
// plain integers: random sequences in both modes, and the corner cases one by one.
#include "isa/support.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

namespace flexv::test {
namespace {

/// Widths of operands A and B by the code of CSR 0x00D.
constexpr unsigned kWidths[][2] = {{0, 0}, {16, 16}, {8, 8}, {4, 4},  {2, 2}, {4, 2},
                                   {8, 2}, {16, 2},  {8, 4}, {16, 4}, {16, 8}};

i64 field(u32 word, unsigned lsb, unsigned width, bool is_signed) {
    if (lsb >= 32)
        return 0;
    const i64 span = i64{1} << width;
    const i64 value = (i64{word} >> lsb) % span;
    return is_signed && value >= span / 2 ? value - span : value;
}

struct ReferenceStream {
    u32 address = 0;
    u32 stride = 0;
    u32 rollback = 0;
    u32 skip = 0;
    u32 count = 0;

    u32 step() {
        const u32 before = address;
        if (count < skip)
            address += stride;
        else
            address += rollback;
        count = count == skip ? 0 : count + 1;
        return before;
    }
};

/// The whole state that Mac&Load sees.
struct Reference {
    bool legacy = true;
    u32 format = 0;
    u32 skip = 0;
    u32 passed = 0;
    u32 slice = 0;
    std::array<u32, 32> x{};
    std::array<u32, 4> weights{};
    std::array<u32, 2> activations{};
    ReferenceStream w{};
    ReferenceStream a{};

    void run(TestMemory& memory, unsigned rd, unsigned rs1, unsigned imm5, unsigned width,
             bool a_signed, bool w_signed) {
        const unsigned wi = imm5 / 2 % 4;
        const unsigned ai = imm5 % 2;
        const bool mixed = !legacy && kWidths[format][0] != kWidths[format][1];
        const unsigned a_width = legacy ? width : kWidths[format][0];
        const unsigned w_width = legacy ? width : kWidths[format][1];
        const unsigned lanes = 32 / a_width;
        u32 result = x[rd];
        for (unsigned i = 0; i < lanes; ++i)
            result += u32(
                field(activations[ai], i * a_width, a_width, a_signed) *
                field(weights[wi], ((mixed ? slice * lanes : 0) + i) * w_width, w_width, w_signed));
        const u32 base = x[rs1];
        if ((imm5 & 16) != 0) {
            const u32 address = w.step();
            weights[wi] = memory.load(legacy ? base : address, 4);
        }
        if ((imm5 & 8) != 0) {
            const u32 address = a.step();
            activations[ai] = memory.load(legacy ? base : address, 4);
        }
        if ((imm5 & 24) != 0 && legacy)
            x[rs1] = base + 4;
        if (rd != 0) {
            x[rd] = result;
            tick();
        }
        x[0] = 0;
    }

    void tick() {
        if (passed + 1 < skip) {
            ++passed;
            return;
        }
        passed = 0;
        const u32 slices =
            format >= 5 && format <= 10 ? kWidths[format][0] / kWidths[format][1] : 1;
        if (slices > 1)
            slice = slice >= slices - 1 ? 0 : slice + 1;
    }
};

struct Signs {
    const char* name;
    bool a;
    bool w;
};
constexpr Signs kSigns[] = {
    {"up", false, false}, {"usp", true, false}, {"sup", false, true}, {"sp", true, true}};

/// The same random state on both sides.
void randomise(Machine& machine, Reference& reference, std::mt19937& random) {
    for (Address address = 0; address < 4096; address += 4)
        machine.memory.store(address, 4, u32(random()));
    for (unsigned i = 1; i < 32; ++i)
        machine.x(i) = reference.x[i] = u32(random());
    reference.skip = machine.hart.mixed_skip = u32(random() % 6);
    const auto stream = [&](isa::AddressStream& ours, ReferenceStream& theirs) {
        theirs = {u32(random()), u32(random() % 64), u32(random()), u32(random() % 4)};
        ours = {theirs.address, theirs.stride, theirs.rollback, theirs.skip};
    };
    stream(machine.hart.activations, reference.a);
    stream(machine.hart.weights, reference.w);
}

unsigned random_immediate(std::mt19937& random) {
    const unsigned immediate = unsigned(random() % 32);
    return (immediate & 24) == 24 ? immediate & 7 : immediate;
}

void check_equal(const Machine& machine, const Reference& reference) {
    CHECK(machine.hart.x == reference.x);
    CHECK(machine.hart.nn_weights == reference.weights);
    CHECK(machine.hart.nn_activations == reference.activations);
    CHECK(machine.hart.weights.address == reference.w.address);
    CHECK(machine.hart.weights.count == reference.w.count);
    CHECK(machine.hart.activations.address == reference.a.address);
    CHECK(machine.hart.activations.count == reference.a.count);
    CHECK(machine.hart.mixed_slice == reference.slice);
    CHECK(machine.hart.mixed_count == reference.passed);
}

}  // namespace

TEST_CASE("random Mac&Load sequences equal the reference in status mode", "[isa][mac_load]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);

    for (u32 format = 1; format <= 10; ++format) {
        Machine machine;
        Reference reference{.legacy = false, .format = format};
        machine.use_format(isa::Format(format));
        randomise(machine, reference, random);
        for (unsigned i = 0; i < 100; ++i) {
            const Signs& signs = kSigns[random() % 4];
            const unsigned rd = unsigned(random() % 32);
            const unsigned rs1 = unsigned(random() % 32);
            const unsigned immediate = random_immediate(random);
            const std::string line =
                fmt::format("pv.mlsdot{}.v x{}, x{}, {}", signs.name, rd, rs1, immediate);
            INFO(line << " format " << format);

            machine.run(line);
            reference.run(machine.memory, rd, rs1, immediate, 0, signs.a, signs.w);

            check_equal(machine, reference);
        }
    }
}

TEST_CASE("random Mac&Load sequences equal the reference in legacy mode", "[isa][mac_load]") {
    const u32 seed = random_seed();
    INFO("FLEXV_SEED=" << seed);
    std::mt19937 random(seed);
    const std::pair<char, unsigned> widths[] = {{'h', 16}, {'b', 8}, {'n', 4}, {'c', 2}};

    for (u32 format = 0; format <= 10; ++format) {  // of the CSR: it moves the slice only
        Machine machine;
        Reference reference{.format = format};
        machine.hart.simd_format = format;
        randomise(machine, reference, random);
        for (unsigned i = 0; i < 100; ++i) {
            const Signs& signs = kSigns[random() % 4];
            const auto [letter, width] = widths[random() % 4];
            const unsigned rd = unsigned(random() % 32);
            const unsigned rs1 = unsigned(random() % 32);
            const unsigned immediate = random_immediate(random);
            const std::string line =
                fmt::format("pv.mlsdot{}.{} x{}, x{}, {}", signs.name, letter, rd, rs1, immediate);
            INFO(line << " format " << format);

            machine.run(line);
            reference.run(machine.memory, rd, rs1, immediate, width, signs.a, signs.w);

            check_equal(machine, reference);
        }
    }
}

TEST_CASE("a Mac&Load multiplies what the register held before its own load", "[isa][mac_load]") {
    Machine machine;
    machine.memory.store(0x100, 4, 0x02020202);
    machine.hart.nn_weights[2] = 0x01010101;
    machine.hart.nn_activations[1] = 0x03030303;
    machine.x(a1) = 0x100;

    machine.run("pv.mlsdotup.b a0, a1, 21");  // load W2; W2, A1

    CHECK(machine.x(a0) == 12);
    CHECK(machine.hart.nn_weights[2] == 0x02020202);
    CHECK(machine.x(a1) == 0x104);
    CHECK(machine.hart.macs == 4);
}

TEST_CASE("rd = x0 loads without a product and without a tick", "[isa][mac_load]") {
    Machine machine;
    machine.use_format(isa::Format::b_n);

    machine.run("pv.mlsdotup.v x0, a1, 16");

    CHECK(machine.hart.macs == 0);
    CHECK(machine.hart.mixed_slice == 0);
}

TEST_CASE("the accumulator wins when it is the pointer too", "[isa][mac_load]") {
    Machine machine;
    machine.x(a0) = 0x100;

    machine.run("pv.mlsdotup.h a0, a0, 8");

    CHECK(machine.x(a0) == 0x100);
}

TEST_CASE("status mode leaves rs1 alone", "[isa][mac_load]") {  // unlike RTL, quirk Q1
    Machine machine;
    machine.use_format(isa::Format::b);
    machine.x(a1) = 77;

    machine.run("pv.mlsdotup.v a0, a1, 16");

    CHECK(machine.x(a1) == 77);
}

TEST_CASE("a Mac&Load without a valid format is illegal", "[isa][mac_load]") {
    for (const u32 format : {0U, 11U, 15U}) {
        Machine machine;
        machine.use_format(isa::Format(format));
        machine.hart.weights.stride = 4;
        const u32 word = isa::assemble("pv.mlsdotup.v a0, x0, 16");
        try {
            machine.run(word);
            FAIL("no trap with format " << format);
        } catch (const isa::Trap& trap) {
            CHECK(trap.cause == isa::Cause::illegal_instruction);
            CHECK(trap.value == word);
        }
        CHECK(machine.hart.weights.count == 0);
        CHECK(machine.hart.weights.address == 0);
    }
}

TEST_CASE("both update bits together are illegal", "[isa][mac_load]") {
    const u32 legal = isa::assemble("pv.mlsdotup.b a0, x0, 0");

    CHECK(Machine::decoder().find(legal | 0x18U << 20, Mode::legacy) == nullptr);
    CHECK(Machine::decoder().find(legal | 0x1fU << 20, Mode::status) == nullptr);
}

}  // namespace flexv::test
