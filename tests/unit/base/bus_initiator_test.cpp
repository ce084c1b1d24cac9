// SPDX-License-Identifier: Apache-2.0
// What leaves a clock domain as a payload, and what comes back as cycles.
#include "base/bus_initiator.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <cstring>

using namespace flexv;

namespace {

/// Answers with `word` after `delay`; keeps what it saw.
struct Target final : tlm::tlm_fw_transport_if<> {
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& annotated) override {
        seen = annotated;
        had_leftovers = trans.is_response_ok() || trans.is_dmi_allowed() ||
                        trans.get_byte_enable_ptr() != nullptr;
        std::memcpy(trans.get_data_ptr(), &word, trans.get_data_length());
        annotated = takes_back ? sc_core::SC_ZERO_TIME : annotated + delay;
        trans.set_dmi_allowed(true);
        trans.set_response_status(status);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload&, tlm::tlm_phase&,
                                       sc_core::sc_time&) override {
        return tlm::TLM_COMPLETED;
    }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload&, tlm::tlm_dmi&) override { return false; }
    unsigned transport_dbg(tlm::tlm_generic_payload&) override { return 0; }

    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    sc_core::sc_time seen;
    tlm::tlm_response_status status = tlm::TLM_OK_RESPONSE;
    u32 word = 0x1234'5678;
    bool had_leftovers = false;
    bool takes_back = false;
};

struct Bench {
    ClockDomain clock;  // 1 ns
    BusInitiator bus{clock};
    Target target;
    u32 word = 0;

    Cycles read(Cycles now) {
        return bus.transport(target, tlm::TLM_READ_COMMAND, 0x40,
                             reinterpret_cast<unsigned char*>(&word), 4, now);
    }
};

}  // namespace

TEST_CASE("the cycle of an access is its annotated delay, what the target adds its answer",
          "[bus_initiator]") {
    Bench bench;
    bench.target.delay = sc_core::sc_time(2500, sc_core::SC_PS);

    CHECK(bench.read(7) == 3);  // a response is used at a clock edge

    CHECK(bench.target.seen == sc_core::sc_time(7, sc_core::SC_NS));
    CHECK(bench.word == 0x1234'5678);
    CHECK(bench.bus.payload().is_response_ok());
}

TEST_CASE("a payload that is used again carries nothing over", "[bus_initiator]") {
    Bench bench;
    bench.read(1);
    bench.target.status = tlm::TLM_ADDRESS_ERROR_RESPONSE;

    bench.read(2);

    CHECK_FALSE(bench.target.had_leftovers);
    CHECK(bench.bus.payload().get_response_status() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
}

TEST_CASE("a target that takes time back breaks TLM-2.0", "[bus_initiator]") {
    Bench bench;
    bench.target.takes_back = true;

    CHECK_THROWS_AS(bench.read(7), InternalError);
}

TEST_CASE("a load or store of a core is a payload of its bytes", "[bus_initiator]") {
    Bench bench;
    const DataRequest load{.address = 0x1c00'0042, .bytes = 2};

    CHECK(bench.bus.transport(bench.target, load, 0x42, bench.word, 1) == 0);

    CHECK(bench.bus.payload().is_read());
    CHECK(bench.bus.payload().get_address() == 0x42);
    CHECK(bench.word == 0x5678);
}

TEST_CASE("a target that has let the kernel's time pass is not answered in the past",
          "[bus_initiator]") {
    Bench bench;
    sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_NS));

    CHECK(bench.read(4) == 6);

    CHECK(bench.target.seen == sc_core::SC_ZERO_TIME);
}
