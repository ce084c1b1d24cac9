// SPDX-License-Identifier: Apache-2.0
// The peripheral interconnect between cores that are scripts and peripherals that are one register.
#include "peripheral_interconnect/peripheral_interconnect.hpp"

#include "support/bus_master.hpp"
#include "support/counters.hpp"

#include <tlm_utils/simple_target_socket.h>
#include <catch2/catch.hpp>

#include <memory>

namespace flexv::test {

namespace {

using peripheral_interconnect::PeripheralInterconnect;

constexpr Address kTimer = 0x1020'0400;

/// Issues its accesses one behind the other and notes when each leaves EX.
class ScriptedCore final : public DataInitiator, public Agent {
public:
    ScriptedCore(ClockDomain& clock, unsigned core, DataTarget& target,
                 std::vector<DataRequest> script)
        : clock_(clock), core_(core), target_(target), script_(std::move(script)) {
        clock.timeline.add(*this);
        clock.timeline.schedule(*this, 1);
    }
    void act(Cycles now) override { target_.request(*this, script_.at(grants.size()), now); }
    void granted(Cycles now, u32 value) override {
        data.push_back(value);
        leave(now);
    }
    void refused(Cycles now, const std::string& what) override {
        refusal = what;
        leave(now);
    }
    [[nodiscard]] unsigned port() const override { return core_; }

    std::vector<Cycles> grants;
    std::vector<u32> data;
    std::string refusal;

private:
    void leave(Cycles now) {
        grants.push_back(now);
        if (grants.size() < script_.size())
            clock_.timeline.schedule(*this, now + 1);
    }

    ClockDomain& clock_;
    const unsigned core_;
    DataTarget& target_;
    const std::vector<DataRequest> script_;
};

/// A peripheral of one word; holds accesses back until `opens`.
class Peripheral final : public sc_core::sc_object, public DataTarget, public Agent {
public:
    Peripheral(ClockDomain& clock, Cycles latency, Cycles opens = 0)
        : latency_(latency), opens_(opens), clock_(clock) {
        clock.timeline.add(*this);
    }
    void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override {
        last = request;
        last_port = initiator.port();
        if (request.is_write)
            value = request.data;
        if (now >= opens_) {
            initiator.granted(now, value);
            return;
        }
        held_ = &initiator;
        clock_.timeline.schedule(*this, opens_);
    }
    void act(Cycles now) override {
        if (held_ != nullptr)
            held_->granted(now, value);
    }
    void cancel(DataInitiator& /*initiator*/, Cycles /*now*/) override { held_ = nullptr; }
    [[nodiscard]] std::string waits_for(const DataInitiator& /*initiator*/) const override {
        return "a free queue entry";
    }
    [[nodiscard]] Cycles latency_cycles() const override { return latency_; }

    u32 value = 0x1234'5678;
    DataRequest last;
    unsigned last_port = ~0U;

private:
    const Cycles latency_;
    const Cycles opens_;
    ClockDomain& clock_;
    DataInitiator* held_ = nullptr;
};

/// Eight bytes at 0x1c000000 that take `delay`; other addresses are refused.
struct Outside final : sc_core::sc_module {
    tlm_utils::simple_target_socket<Outside> bus_in{"bus_in"};
    std::array<u8, 8> bytes{0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88};
    sc_core::sc_time delay{18, sc_core::SC_NS};
    std::vector<sc_core::sc_time> seen;

    explicit Outside(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        bus_in.register_b_transport(this, &Outside::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& annotated) {
        seen.push_back(annotated);
        const u64 offset = trans.get_address() - 0x1c00'0000;
        if (offset + trans.get_data_length() > bytes.size()) {
            trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        for (unsigned i = 0; i < trans.get_data_length(); ++i) {
            if (trans.is_write())
                bytes[offset + i] = trans.get_data_ptr()[i];
            else
                trans.get_data_ptr()[i] = bytes[offset + i];
        }
        annotated += delay;
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }
};

struct Bench {
    ClockDomain clock;
    PeripheralInterconnect interconnect{"interconnect", clock, PeripheralInterconnect::Config{}};
    Outside outside{"outside"};
    Peripheral timer{clock, 1};
    Peripheral event_unit{clock, 2};
    Peripheral dma{clock, 1, 20};
    std::vector<std::unique_ptr<ScriptedCore>> cores;

    Bench() {
        interconnect.external_out.bind(outside.bus_in);
        interconnect.connect(1, 1, timer, "timer");
        interconnect.connect(2, 3, event_unit, "event unit");
        interconnect.tie_off(4, 4, "HWPE");
        interconnect.connect(6, 6, dma, "DMA");
        elaborate();
    }
    ScriptedCore& core(unsigned port, std::vector<DataRequest> script) {
        cores.push_back(
            std::make_unique<ScriptedCore>(clock, port, interconnect, std::move(script)));
        return *cores.back();
    }
    /// The only access of core 0, from cycle 1 on.
    ScriptedCore& single(const DataRequest& request) {
        ScriptedCore& only = core(0, {request});
        clock.timeline.run_until(200);
        REQUIRE(only.grants.size() == 1);
        return only;
    }
};

}  // namespace

// reference/timing/cluster_cycles.csv c_per_rd1: 8 loads between the markers take 33 cycles.
TEST_CASE("a load from a peripheral that answers in one cycle holds EX for four", "[periph]") {
    Bench bench;
    ScriptedCore& core = bench.core(0, std::vector<DataRequest>(8, {.address = kTimer}));

    bench.clock.timeline.run_until(100);

    CHECK(core.grants.front() == 4);
    CHECK(core.grants.back() + 1 == 33);
    CHECK(core.data.back() == 0x1234'5678);
    CHECK(test::count(bench.interconnect, "stall_cycles") == 8 * 3);
}

TEST_CASE("a store is not posted", "[periph]") {  // c_per_wr1: 33 cycles as well
    Bench bench;
    ScriptedCore& core = bench.core(
        0, std::vector<DataRequest>(8, {.address = kTimer, .data = 7, .is_write = true}));

    bench.clock.timeline.run_until(100);

    CHECK(core.grants.back() + 1 == 33);
    CHECK(bench.timer.value == 7);
}

TEST_CASE("the event unit's global port takes one cycle more", "[periph]") {  // c_eu_per_rd1
    Bench bench;
    ScriptedCore& core = bench.core(0, std::vector<DataRequest>(8, {.address = 0x1020'0c00}));

    bench.clock.timeline.run_until(100);

    CHECK(core.grants.back() + 1 == 41);
}

TEST_CASE("eight cores share a peripheral in turn, one access per cycle",
          "[periph]") {  // c_per_rd8
    Bench bench;
    for (unsigned port = 0; port < 8; ++port)
        bench.core(port, std::vector<DataRequest>(8, {.address = kTimer}));

    bench.clock.timeline.run_until(200);

    for (unsigned port = 0; port < 8; ++port)
        CHECK(bench.cores[port]->grants.back() + 1 == Cycles{61 + port});
}

TEST_CASE("different peripherals are reached in the same cycle", "[periph]") {
    Bench bench;
    ScriptedCore& first = bench.core(0, {{.address = kTimer}});
    ScriptedCore& second = bench.core(1, {{.address = 0x1020'0800}});

    bench.clock.timeline.run_until(50);

    CHECK(first.grants.front() == 4);
    CHECK(second.grants.front() == 5);
}

TEST_CASE("the own-cluster alias reaches the same peripheral", "[periph]") {
    Bench bench;

    bench.single({.address = 0x0020'0404, .data = 9, .is_write = true});

    CHECK(bench.timer.value == 9);
    CHECK(bench.timer.last.address == 0x1020'0404);
    CHECK(bench.timer.last_port == 0);
}

TEST_CASE("a peripheral that defers its grant holds the core for as long", "[periph]") {
    Bench bench;
    ScriptedCore& core = bench.core(0, {{.address = 0x1020'1800}});

    bench.clock.timeline.run_until(10);
    CHECK(core.grants.empty());
    CHECK(bench.interconnect.waits_for(core) ==
          "interconnect: load of 4 bytes at 0x10201800, which DMA holds back: a free queue entry");
    bench.clock.timeline.run_until(50);

    CHECK(core.grants == std::vector<Cycles>{20 + 2});
}

TEST_CASE("who waits at a peripheral that defers its grant may be overtaken", "[periph]") {
    Bench bench;
    ScriptedCore& early = bench.core(5, {{.address = 0x1020'1800}});
    ScriptedCore& late = bench.core(1, {{.address = kTimer}, {.address = 0x1020'1800}});

    bench.clock.timeline.run_until(10);
    CHECK_THAT(bench.interconnect.waits_for(early), Catch::Contains("its turn behind core 1"));
    bench.clock.timeline.run_until(50);

    // The pointer of the arbiter is still 0: of the halves of the tree the lower one.
    CHECK(late.grants == std::vector<Cycles>{4, 20 + 2});
    CHECK(early.grants == std::vector<Cycles>{21 + 2});
}

TEST_CASE("a cancelled access is never granted", "[periph]") {
    Bench bench;
    ScriptedCore& core = bench.core(0, {{.address = 0x1020'1800}});

    bench.clock.timeline.run_until(10);
    bench.interconnect.cancel(core, 10);
    bench.clock.timeline.run_until(50);

    CHECK(core.grants.empty());
}

TEST_CASE("an access outside holds EX for five cycles and the delay of the target", "[periph]") {
    Bench bench;

    ScriptedCore& core = bench.single({.address = 0x1c00'0004});

    CHECK(core.data.front() == 0x8877'6655);
    CHECK(core.grants.front() == 1 + 5 + 18 - 1);
    CHECK(bench.outside.seen.front() == bench.clock.time_of(2));
    CHECK(test::count(bench.interconnect, "external_loads") == 1);
}

TEST_CASE("a part of a misaligned store changes only its bytes outside", "[periph]") {
    Bench bench;

    bench.single({.address = 0x1c00'0001, .data = 0x00cc'bbaa, .bytes = 3, .is_write = true});

    CHECK(bench.outside.bytes == std::array<u8, 8>{0x11, 0xaa, 0xbb, 0xcc, 0x55, 0x66, 0x77, 0x88});
    CHECK(test::count(bench.interconnect, "external_stores") == 1);
    CHECK(test::count(bench.interconnect, "bytes") == 3);
}

TEST_CASE("a narrow load outside has its byte in the low lane", "[periph]") {
    Bench bench;

    CHECK(bench.single({.address = 0x1c00'0002, .bytes = 1}).data.front() == 0x33);
}

TEST_CASE("an address that nobody outside has is refused with the access", "[periph]") {
    Bench bench;

    const std::string refusal = bench.single({.address = 0x5000'0000, .bytes = 2}).refusal;

    CHECK(refusal.find("interconnect: nothing outside the cluster takes it") == 0);
}

TEST_CASE("a slot without peripheral is refused and the nearest one named", "[periph]") {
    Bench bench;

    CHECK(bench.single({.address = 0x1020'0010}).refusal ==
          "interconnect: no peripheral is there; nearest: timer 0x10200400..0x102007ff");
}

TEST_CASE("addresses behind the last slot are refused", "[periph]") {
    Bench bench;

    CHECK_FALSE(bench.single({.address = 0x103f'fffc}).refusal.empty());
}

TEST_CASE("a tied-off slot reads zero and ignores writes", "[periph]") {
    Bench bench;

    ScriptedCore& core = bench.single({.address = 0x1020'1000, .bytes = 4});

    CHECK(core.data.front() == 0);
    CHECK(core.refusal.empty());
}

TEST_CASE("reset drops what is under way", "[periph]") {
    Bench bench;
    ScriptedCore& core = bench.core(0, {{.address = kTimer}});

    bench.clock.timeline.run_until(3);
    bench.interconnect.reset();
    bench.clock.timeline.run_until(50);

    CHECK(core.grants.empty());
}

}  // namespace flexv::test
