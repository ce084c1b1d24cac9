// SPDX-License-Identifier: Apache-2.0
// The access in EX without a core: where it goes to, its parts, and what of a wait is sleep.
#include "core/pipeline/load_store_unit.hpp"

#include <catch2/catch.hpp>

#include <string>

using namespace flexv;
using namespace flexv::core;

namespace {

constexpr Address kDevice = 0x1a10'0000;
constexpr Address kEventUnit = 0x1020'4000;

struct Device final : DataTarget {
    DataRequest asked;

    void request(DataInitiator&, const DataRequest& request, Cycles) override { asked = request; }
    void cancel(DataInitiator&, Cycles) override {}
    [[nodiscard]] std::string waits_for(const DataInitiator&) const override { return "it"; }
};

struct Bench final : DataInitiator {
    isa::Hart hart;
    LoadStoreUnit unit{AddressMap{}};
    Device device;

    Bench() { unit.connect({.event_unit = &device, .peripheral = &device}); }
    void granted(Cycles, u32) override {}
    void refused(Cycles, const std::string&) override {}
    [[nodiscard]] unsigned port() const override { return 0; }

    /// x10 + 0, in EX in cycle 5.
    void begin(Address address, unsigned bytes, isa::Timing timing = isa::Timing::load) {
        Slot slot;
        slot.timing = timing;
        slot.op.rs1 = 10;
        slot.access = {.mode = isa::AddressMode::base_immediate, .bytes = u8(bytes)};
        hart.x[10] = address;
        unit.begin(slot, hart, 5);
        unit.ask_in(5);
    }
};

}  // namespace

TEST_CASE("a misaligned load is two requests, whose words are joined", "[core][load_store]") {
    Bench bench;
    bench.begin(kDevice + 3, 4);

    bench.unit.ask_device(bench, {}, 5);
    CHECK(bench.device.asked.address == kDevice + 3);
    CHECK(bench.device.asked.bytes == 1);
    CHECK_FALSE(bench.unit.take(0x11));

    bench.unit.ask_device(bench, {}, 6);
    CHECK(bench.device.asked.address == kDevice + 4);
    CHECK(bench.device.asked.bytes == 3);
    CHECK(bench.unit.take(0x44'3322));
    CHECK(bench.unit.access().response == 0x4433'2211);
}

TEST_CASE("the second request of a misaligned store has the upper bytes", "[core][load_store]") {
    Bench bench;
    bench.begin(kDevice + 2, 4, isa::Timing::store);

    bench.unit.ask_device(bench, {.data = 0x4433'2211}, 5);
    CHECK(bench.device.asked.bytes == 2);
    CHECK_FALSE(bench.unit.take(0));
    bench.unit.ask_device(bench, {.data = 0x4433'2211}, 6);

    CHECK(bench.device.asked.is_write);
    CHECK(bench.device.asked.data == 0x4433);
}

TEST_CASE("a load asks with no data", "[core][load_store]") {
    Bench bench;
    bench.begin(kDevice, 4);

    bench.unit.ask_device(bench, {.data = 0x1234}, 5);

    CHECK(bench.device.asked.data == 0);
}

TEST_CASE("a p.elw that waits sleeps from its fifth cycle on", "[core][load_store]") {
    Bench bench;
    bench.begin(kEventUnit, 4);

    const LoadStoreUnit::Wait first = bench.unit.wait_until(8, true);
    bench.unit.book_up_to(8);
    const LoadStoreUnit::Wait second = bench.unit.wait_until(20, true);

    CHECK(first.sleeps == first.to);
    CHECK(second.from == 8);
    CHECK(second.sleeps == 9);  // 4 cycles behind the request in 5 (docs/spec/timing.md 4)
    CHECK(second.to == 20);
}

TEST_CASE("any other load waits with the clock on", "[core][load_store]") {
    Bench bench;
    bench.begin(kEventUnit, 4);

    CHECK(bench.unit.wait_until(20, false).sleeps == 20);
    CHECK(bench.unit.cause() == Stall::event_unit);
}
