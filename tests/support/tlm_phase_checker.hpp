// SPDX-License-Identifier: Apache-2.0
// Stands between an initiator and a target that speak nb_transport and checks the base protocol of
// TLM-2.0 (IEEE 1666-2011, 15.2): the order of the phases, who may send which, and that one request
// and one response are under way at a time. Violations are kept as sentences.
#pragma once

#include <fmt/format.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <map>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv::test {

class TlmPhaseChecker final : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<TlmPhaseChecker> in{"in"};
    tlm_utils::simple_initiator_socket<TlmPhaseChecker> out{"out"};

    std::vector<std::string> violations;
    unsigned transactions = 0;  ///< that have ended

    explicit TlmPhaseChecker(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_nb_transport_fw(this, &TlmPhaseChecker::nb_transport_fw);
        out.register_nb_transport_bw(this, &TlmPhaseChecker::nb_transport_bw);
    }

    /// Transactions that have begun and not ended.
    [[nodiscard]] std::size_t open() const { return open_.size(); }

private:
    void expect(bool holds, const char* rule) {
        if (!holds)
            violations.push_back(fmt::format("{}: {}", name(), rule));
    }

    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) {
        expect(phase == tlm::BEGIN_REQ || phase == tlm::END_RESP,
               "an initiator sends BEGIN_REQ and END_RESP");
        expect(trans.has_mm() && trans.get_ref_count() > 0,
               "a payload of nb_transport has a memory manager and is referred to");
        move(trans, phase, delay);
        const bool is_end = phase == tlm::END_RESP;
        const tlm::tlm_sync_enum answer = out->nb_transport_fw(trans, phase, delay);
        if (answer == tlm::TLM_COMPLETED && !is_end)
            request_end_ = sc_core::sc_time_stamp() + delay;
        if (is_end || answer == tlm::TLM_COMPLETED)
            end(trans);
        else if (answer == tlm::TLM_UPDATED)
            answer_of_target(trans, phase, delay);
        return answer;
    }

    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) {
        answer_of_target(trans, phase, delay);
        const bool is_response = phase == tlm::BEGIN_RESP;
        const tlm::tlm_sync_enum answer = in->nb_transport_bw(trans, phase, delay);
        if (answer == tlm::TLM_UPDATED)
            expect(phase == tlm::END_RESP, "an initiator updates a phase to END_RESP");
        if (answer != tlm::TLM_ACCEPTED) {
            expect(is_response, "an initiator completes a transaction at BEGIN_RESP");
            end(trans);
        }
        return answer;
    }

    /// Phases of an extended protocol may be ignored (15.2.5), and are.
    void answer_of_target(tlm::tlm_generic_payload& trans, const tlm::tlm_phase& phase,
                          const sc_core::sc_time& delay) {
        if (unsigned(phase) > unsigned(tlm::END_RESP))
            return;
        expect(phase == tlm::END_REQ || phase == tlm::BEGIN_RESP,
               "a target sends END_REQ and BEGIN_RESP");
        move(trans, phase, delay);
    }

    /// A phase takes effect at the time that is annotated.
    void move(tlm::tlm_generic_payload& trans, const tlm::tlm_phase& phase,
              const sc_core::sc_time& delay) {
        const auto known = open_.find(&trans);
        const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
        if (phase == tlm::BEGIN_REQ) {
            expect(known == open_.end(), "a transaction begins once");
            expect(in_phase(tlm::BEGIN_REQ) == 0 && time >= request_end_,
                   "a request begins when the last one has ended");
            expect(trans.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
                   "the response status begins as TLM_INCOMPLETE_RESPONSE");
            open_[&trans] = phase;
            return;
        }
        expect(known != open_.end(), "only a transaction that has begun goes on");
        if (known == open_.end())
            return;
        expect(may_follow(known->second, phase), "the phases of a transaction come in their order");
        if (known->second == tlm::BEGIN_REQ)
            request_end_ = time;
        if (phase == tlm::BEGIN_RESP) {
            expect(in_phase(tlm::BEGIN_RESP) == 0, "a response begins when the last one has ended");
            expect(trans.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
                   "a response has a status");
        }
        known->second = phase;
    }

    /// BEGIN_RESP may come without END_REQ, which it implies.
    static bool may_follow(const tlm::tlm_phase& before, const tlm::tlm_phase& phase) {
        if (phase == tlm::END_REQ)
            return before == tlm::BEGIN_REQ;
        if (phase == tlm::BEGIN_RESP)
            return before == tlm::BEGIN_REQ || before == tlm::END_REQ;
        return phase == tlm::END_RESP && before == tlm::BEGIN_RESP;
    }

    [[nodiscard]] std::size_t in_phase(const tlm::tlm_phase& phase) const {
        std::size_t count = 0;
        for (const auto& [trans, now] : open_)
            count += now == phase ? 1U : 0U;
        return count;
    }

    void end(tlm::tlm_generic_payload& trans) {
        expect(trans.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
               "a transaction ends with a status");
        transactions += unsigned(open_.erase(&trans));
    }

    std::map<const tlm::tlm_generic_payload*, tlm::tlm_phase> open_;
    sc_core::sc_time request_end_;
};

}  // namespace flexv::test
