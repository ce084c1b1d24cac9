// SPDX-License-Identifier: Apache-2.0
// The checkers of the protocol themselves: they speak up for who breaks a rule.
#include "support/tlm_checker.hpp"
#include "support/tlm_phase_checker.hpp"

#include <catch2/catch.hpp>

#include <array>
#include <functional>

using namespace flexv;
using namespace flexv::test;

namespace {

struct Target final : sc_core::sc_module {
    tlm_utils::simple_target_socket<Target> in{"in"};
    std::function<void(tlm::tlm_generic_payload&, sc_core::sc_time&)> on_b;
    std::function<tlm::tlm_sync_enum(tlm::tlm_generic_payload&, tlm::tlm_phase&)> on_nb;

    explicit Target(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &Target::b_transport);
        in.register_nb_transport_fw(this, &Target::nb_transport_fw);
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        on_b(trans, delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& /*delay*/) {
        return on_nb(trans, phase);
    }
};

struct Initiator final : sc_core::sc_module, tlm::tlm_mm_interface {
    tlm_utils::simple_initiator_socket<Initiator> out{"out"};
    std::array<u8, 4> data{};

    explicit Initiator(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        out.register_nb_transport_bw(this, &Initiator::nb_transport_bw);
    }
    void prepare(tlm::tlm_generic_payload& trans) {
        trans.set_mm(this);
        trans.acquire();
        trans.set_write();
        trans.set_data_ptr(data.data());
        trans.set_data_length(4);
        trans.set_streaming_width(4);
    }
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&,
                                       sc_core::sc_time&) {
        return tlm::TLM_ACCEPTED;
    }
    void free(tlm::tlm_generic_payload* /*trans*/) override {}
};

template <class Checker>
struct Bench {
    Initiator initiator{"initiator"};
    Checker checker{"checker"};
    Target target{"target"};
    tlm::tlm_generic_payload trans;

    Bench() {
        initiator.out.bind(checker.in);
        checker.out.bind(target.in);
        initiator.prepare(trans);
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    }
    void call() {
        sc_core::sc_time delay(10, sc_core::SC_NS);
        initiator.out->b_transport(trans, delay);
    }
    tlm::tlm_sync_enum send(tlm::tlm_phase phase) {
        sc_core::sc_time delay;
        return initiator.out->nb_transport_fw(trans, phase, delay);
    }
    tlm::tlm_sync_enum answer(tlm::tlm_phase phase) {
        sc_core::sc_time delay;
        return target.in->nb_transport_bw(trans, phase, delay);
    }
};

std::string only(const std::vector<std::string>& violations) {
    REQUIRE(violations.size() == 1);
    return violations[0];
}

tlm::tlm_sync_enum accept(tlm::tlm_generic_payload& trans, tlm::tlm_phase& /*phase*/) {
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
    return tlm::TLM_ACCEPTED;
}

}  // namespace

TEST_CASE("a target that sets no status is named", "[cosim]") {
    Bench<TlmChecker> bench;
    bench.target.on_b = [](tlm::tlm_generic_payload&, sc_core::sc_time&) {};

    bench.call();

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("sets a response status"));
}

TEST_CASE("a target that shortens the delay or changes attributes is named", "[cosim]") {
    Bench<TlmChecker> bench;
    bench.target.on_b = [](tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        delay = sc_core::SC_ZERO_TIME;
        trans.set_address(trans.get_address() + 4);
        trans.get_data_ptr()[0] ^= 1U;
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    };

    bench.call();

    CHECK(bench.checker.violations.size() == 3);
}

TEST_CASE("a call with a status from before is named", "[cosim]") {
    Bench<TlmChecker> bench;
    bench.target.on_b = [](tlm::tlm_generic_payload& trans, sc_core::sc_time&) {
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    };

    bench.call();
    CHECK(bench.checker.violations.empty());
    bench.call();

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("begins as TLM_INCOMPLETE"));
}

TEST_CASE("four phases in their order break no rule", "[cosim]") {
    Bench<TlmPhaseChecker> bench;
    bench.target.on_nb = accept;

    bench.send(tlm::BEGIN_REQ);
    bench.answer(tlm::END_REQ);
    bench.answer(tlm::BEGIN_RESP);
    bench.send(tlm::END_RESP);

    CHECK(bench.checker.violations.empty());
    CHECK(bench.checker.transactions == 1);
    CHECK(bench.checker.open() == 0);
}

TEST_CASE("phases out of their order are named", "[cosim]") {
    Bench<TlmPhaseChecker> bench;
    bench.target.on_nb = accept;

    bench.send(tlm::BEGIN_REQ);
    bench.send(tlm::END_RESP);

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("come in their order"));
}

TEST_CASE("a response without a request is named", "[cosim]") {
    Bench<TlmPhaseChecker> bench;

    bench.answer(tlm::BEGIN_RESP);

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("that has begun goes on"));
}

TEST_CASE("a second request before the end of the first is named", "[cosim]") {
    Bench<TlmPhaseChecker> bench;
    bench.target.on_nb = [](tlm::tlm_generic_payload&, tlm::tlm_phase&) {
        return tlm::TLM_ACCEPTED;
    };
    tlm::tlm_generic_payload second;
    bench.initiator.prepare(second);

    bench.send(tlm::BEGIN_REQ);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time delay;
    bench.initiator.out->nb_transport_fw(second, phase, delay);

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("when the last one has ended"));
}

TEST_CASE("a request ends at the time that the target annotates", "[cosim]") {
    Bench<TlmPhaseChecker> bench;
    bench.target.on_nb = [](tlm::tlm_generic_payload&, tlm::tlm_phase& phase) {
        phase = tlm::END_REQ;
        return tlm::TLM_UPDATED;
    };
    tlm::tlm_generic_payload second;
    bench.initiator.prepare(second);
    tlm::tlm_phase phase = tlm::BEGIN_REQ;
    sc_core::sc_time ahead(10, sc_core::SC_NS);
    bench.initiator.out->nb_transport_fw(bench.trans, phase, ahead);

    phase = tlm::BEGIN_REQ;
    sc_core::sc_time at_once;
    bench.initiator.out->nb_transport_fw(second, phase, at_once);

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("when the last one has ended"));
}

TEST_CASE("a target that completes without a status is named", "[cosim]") {
    Bench<TlmPhaseChecker> bench;
    bench.target.on_nb = [](tlm::tlm_generic_payload&, tlm::tlm_phase&) {
        return tlm::TLM_COMPLETED;
    };

    bench.send(tlm::BEGIN_REQ);

    CHECK_THAT(only(bench.checker.violations), Catch::Contains("ends with a status"));
}
