// SPDX-License-Identifier: Apache-2.0
// Where loads and stores go to (docs/spec/isa.md, sections 7 and 12).
#include "isa/address.hpp"
#include "isa/decoder.hpp"

#include <catch2/catch.hpp>

namespace flexv::isa {

namespace {

/// Notes where rows load from and store to.
struct NotedBus final : Bus {
    Address seen = 0;

    u32 load(Address address, unsigned /*bytes*/) override {
        seen = address;
        return 0;
    }
    void store(Address address, unsigned /*bytes*/, u32 /*value*/) override { seen = address; }
};

}  // namespace

TEST_CASE("an address is formed as its mode says", "[isa][address]") {
    Hart hart;
    hart.x[1] = 0x100;
    hart.x[2] = 0x20;
    hart.x[3] = 0x3;
    hart.weights.address = 0x1000;
    hart.activations.address = 0x2000;
    Operands op;
    op.rs1 = 1;
    op.rs2 = 2;
    op.rd = 3;
    op.imm = -4;
    const auto address = [&](AddressMode mode) { return address_of(mode, op, hart); };

    CHECK(address(AddressMode::base_immediate) == 0xfc);
    CHECK(address(AddressMode::base) == 0x100);
    CHECK(address(AddressMode::base_register) == 0x120);
    CHECK(address(AddressMode::base_rd) == 0x103);
    CHECK(address(AddressMode::mac_load) == 0x100);
    hart.simd_legacy = false;
    CHECK(address(AddressMode::mac_load) == 0x2000);
    op.imm2 = 16;  // loads a weight
    CHECK(address(AddressMode::mac_load) == 0x1000);
}

TEST_CASE("a row goes where the load/store unit has asked for it", "[isa][address]") {
    for (const Instruction& row : all_instructions()) {
        if (row.access.mode == AddressMode::none)
            continue;
        for (const bool is_weight : {false, true}) {
            INFO(row.name);
            NotedBus bus;
            Hart hart;
            hart.bus = &bus;
            for (u32 index = 1; index < hart.x.size(); ++index)
                hart.x[index] = 0x1000 * index;
            hart.weights.address = 0x10'0000;
            hart.activations.address = 0x20'0000;
            hart.simd_legacy = row.mode != Mode::status;
            hart.simd_format = u32(Format::b);
            const Operands op{
                .imm = 8, .imm2 = u8(is_weight ? 16 : 8), .rd = 5, .rs1 = 6, .rs2 = 7};
            const Address asked = address_of(row.access.mode, op, hart);

            row.execute(hart, op);

            CHECK(bus.seen == asked);
        }
    }
}

}  // namespace flexv::isa
