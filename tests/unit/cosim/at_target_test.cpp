// SPDX-License-Identifier: Apache-2.0
// Targets that only know nb_transport, in the ways that the base protocol allows.
#include "flexv/at_target.hpp"
#include "support/tlm_phase_checker.hpp"
#include "unit/cosim/chip.hpp"

#include <tlm_utils/multi_passthrough_target_socket.h>
#include <tlm_utils/peq_with_get.h>
#include <tlm_utils/simple_initiator_socket.h>

using namespace flexv;
using namespace flexv::test;

namespace {

enum class Style { completes, updates_to_response, four_phases };

/// Answers with the offset plus one, `kDelay` behind the request.
struct AtDevice final : sc_core::sc_module {
    tlm_utils::simple_target_socket<AtDevice> in{"in"};
    const Style style;
    unsigned ends = 0;  ///< END_RESP that were told

    AtDevice(const sc_core::sc_module_name& name, Style how)
        : sc_core::sc_module(name), style(how) {
        in.register_nb_transport_fw(this, &AtDevice::nb_transport_fw);
        SC_HAS_PROCESS(AtDevice);
        SC_THREAD(answer);
    }

    static const sc_time& delay_of_answer() {
        static const sc_time delay(60, SC_NS);
        return delay;
    }
    void fill(tlm::tlm_generic_payload& trans) const {
        const u32 value = u32(trans.get_address()) + 1;
        if (trans.is_read())
            std::memcpy(trans.get_data_ptr(), &value, 4);
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_time& delay) {
        if (phase == tlm::END_RESP) {
            ++ends;
            is_responding_ = false;
            ended_.notify(sc_core::SC_ZERO_TIME);
            return tlm::TLM_COMPLETED;
        }
        REQUIRE(phase == tlm::BEGIN_REQ);
        REQUIRE(trans.has_mm());
        if (style == Style::four_phases || is_responding_) {
            trans.acquire();
            requests_.notify(trans, sc_time(20, SC_NS));
            return tlm::TLM_ACCEPTED;
        }
        fill(trans);
        delay += delay_of_answer();
        if (style == Style::completes)
            return tlm::TLM_COMPLETED;
        phase = tlm::BEGIN_RESP;
        is_responding_ = true;
        return tlm::TLM_UPDATED;
    }
    void answer() {
        for (;;) {
            wait(requests_.get_event());
            while (tlm::tlm_generic_payload* const trans = requests_.get_next_transaction()) {
                tell(*trans, tlm::END_REQ);
                wait(40, SC_NS);
                fill(*trans);
                while (is_responding_)
                    wait(ended_);
                ends += tell(*trans, tlm::BEGIN_RESP) == tlm::TLM_COMPLETED ? 1U : 0U;
                trans->release();
            }
        }
    }
    tlm::tlm_sync_enum tell(tlm::tlm_generic_payload& trans, tlm::tlm_phase phase) {
        sc_time delay;
        return in->nb_transport_bw(trans, phase, delay);
    }

    tlm_utils::peq_with_get<tlm::tlm_generic_payload> requests_{"requests"};
    bool is_responding_ = false;  // a response has begun and not ended
    sc_core::sc_event ended_;
};

}  // namespace

TEMPLATE_TEST_CASE_SIG("a target of four phases, or of fewer, takes the time that it says",
                       "[cosim]", ((Style style), style), Style::completes,
                       Style::updates_to_response, Style::four_phases) {
    Chip chip(chip_configuration(kTwoCores));
    AtTarget bridge("bridge");
    AtDevice device("device", style);
    TlmChecker checker("checker");
    TlmPhaseChecker phases("phases");
    chip.soc.outside.window("device").bind(checker.in);
    checker.out.bind(bridge.in);
    bridge.out.bind(phases.in);
    phases.out.bind(device.in);

    // Both cores load at once; core 0 loads again.
    chip.start(
        {load_constant("a1", kWindow),
         {"lw a0, 64(a1)", "csrrs t0, mhartid, x0", "beq t0, x0, 8", "jal x0, 0", "lw a0, 32(a1)"},
         end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 33U);
    CHECK(checker.violations == std::vector<std::string>{});
    CHECK(checker.transactions == 3);
    CHECK(phases.violations == std::vector<std::string>{});
    CHECK(phases.transactions == 3);
    CHECK(phases.open() == 0);
    CHECK(device.ends == (style == Style::completes ? 0 : 3));
    CHECK(chip.soc.end() > 2 * 30);  // two answers of 60 ns behind each other, at 2 ns per cycle
}

namespace {

DECLARE_EXTENDED_PHASE(looking_at_it);

/// Tells something else first, and when the request ends only by an annotation.
struct LateDevice final : sc_core::sc_module {
    tlm_utils::simple_target_socket<LateDevice> in{"in"};
    std::vector<u64> requests_ns;

    explicit LateDevice(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_nb_transport_fw(this, &LateDevice::nb_transport_fw);
        SC_HAS_PROCESS(LateDevice);
        SC_THREAD(answer);
    }

    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_time& delay) {
        REQUIRE(phase == tlm::BEGIN_REQ);
        requests_ns.push_back(sc_core::sc_time_stamp().value() / sc_time(1, SC_NS).value());
        trans.acquire();
        phase = tlm::END_REQ;
        delay = sc_time(300, SC_NS);
        responses_.notify(trans, sc_time(400, SC_NS));
        return tlm::TLM_UPDATED;
    }
    void answer() {
        for (;;) {
            wait(responses_.get_event());
            while (tlm::tlm_generic_payload* const trans = responses_.get_next_transaction()) {
                tlm::tlm_phase phase = looking_at_it;
                sc_time delay;
                CHECK(in->nb_transport_bw(*trans, phase, delay) == tlm::TLM_ACCEPTED);
                trans->set_response_status(tlm::TLM_OK_RESPONSE);
                phase = tlm::BEGIN_RESP;
                in->nb_transport_bw(*trans, phase, delay);
                trans->release();
            }
        }
    }

    tlm_utils::peq_with_get<tlm::tlm_generic_payload> responses_{"responses"};
};

/// Loads by b_transport(), with a payload that has no memory manager.
struct PlainMaster final : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<PlainMaster> out{"out"};
    const sc_time start;
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;

    PlainMaster(const sc_core::sc_module_name& name, const sc_time& when)
        : sc_core::sc_module(name), start(when) {
        SC_HAS_PROCESS(PlainMaster);
        SC_THREAD(run);
    }
    void run() {
        wait(start);
        u32 data = 0;
        tlm::tlm_generic_payload trans;
        trans.set_read();
        trans.set_address(64);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(&data));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        sc_time delay;
        out->b_transport(trans, delay);
        status = trans.get_response_status();
        CHECK_FALSE(trans.has_mm());
    }
};

/// Two masters in front of one bridge.
struct Funnel final : sc_core::sc_module {
    tlm_utils::multi_passthrough_target_socket<Funnel> in{"in"};
    tlm_utils::simple_initiator_socket<Funnel> out{"out"};

    explicit Funnel(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &Funnel::b_transport);
    }
    void b_transport(int, tlm::tlm_generic_payload& trans, sc_time& delay) {
        out->b_transport(trans, delay);
    }
};

}  // namespace

TEST_CASE("a payload of b_transport needs no memory manager, and requests do not overlap",
          "[cosim]") {
    PlainMaster first("first", sc_time(100, SC_NS));
    PlainMaster second("second", sc_time(105, SC_NS));
    PlainMaster third("third", sc_time(110, SC_NS));
    Funnel funnel("funnel");
    AtTarget bridge("bridge");
    LateDevice device("device");
    for (PlainMaster* const master : {&first, &second, &third})
        master->out.bind(funnel.in);
    funnel.out.bind(bridge.in);
    bridge.out.bind(device.in);

    sc_core::sc_start();

    for (const PlainMaster* const master : {&first, &second, &third})
        CHECK(master->status == tlm::TLM_OK_RESPONSE);
    CHECK(device.requests_ns == std::vector<u64>{100, 400, 700});
}

TEST_CASE("a target that keeps a payload does not hold who has sent it", "[cosim]") {
    struct Keeper final : sc_core::sc_module {
        tlm_utils::simple_target_socket<Keeper> in{"in"};
        std::vector<tlm::tlm_generic_payload*> kept;

        explicit Keeper(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
            in.register_nb_transport_fw(this, &Keeper::nb_transport_fw);
        }
        tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase&,
                                           sc_time&) {
            trans.acquire();
            kept.push_back(&trans);
            trans.set_response_status(tlm::TLM_OK_RESPONSE);
            return tlm::TLM_COMPLETED;
        }
    };
    PlainMaster first("first", sc_time(100, SC_NS));
    PlainMaster second("second", sc_time(200, SC_NS));
    Funnel funnel("funnel");
    AtTarget bridge("bridge");
    Keeper keeper("keeper");
    first.out.bind(funnel.in);
    second.out.bind(funnel.in);
    funnel.out.bind(bridge.in);
    bridge.out.bind(keeper.in);

    sc_core::sc_start();

    CHECK(first.status == tlm::TLM_OK_RESPONSE);
    CHECK(second.status == tlm::TLM_OK_RESPONSE);
    REQUIRE(keeper.kept.size() == 2);
    CHECK(keeper.kept[0] != keeper.kept[1]);
    for (tlm::tlm_generic_payload* const trans : keeper.kept)
        trans->release();
}
