// SPDX-License-Identifier: Apache-2.0
// Mac&Load in the corner cases of the ISA specification, section 12, one by one; random operands in
// both modes are in semantics_test.cpp.
#include "isa/support.hpp"

#include <catch2/catch.hpp>

namespace flexv::test {

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
