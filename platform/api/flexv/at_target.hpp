// SPDX-License-Identifier: Apache-2.0
// In front of a target that only knows nb_transport, the approximately-timed style of TLM-2.0:
// takes b_transport() from the platform and speaks the four phases of the base protocol with the
// target. (The other direction, an initiator that only knows nb_transport, needs nothing:
// external_in() takes both.)
#pragma once

#include <map>
#include <sstream>
#include <systemc>
#include <tlm>

namespace flexv {

class AtTarget final : public sc_core::sc_module,
                       private tlm::tlm_fw_transport_if<>,
                       private tlm::tlm_bw_transport_if<> {
public:
    tlm::tlm_target_socket<> in{"in"};       ///< to bind to Platform::external_out()
    tlm::tlm_initiator_socket<> out{"out"};  ///< to the target

    explicit AtTarget(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.bind(*this);
        out.bind(*this);
    }

private:
    /// A transaction between BEGIN_REQ and END_RESP.
    struct Open {
        sc_core::sc_event responded;
        sc_core::sc_time response_time;
        bool has_response = false;
        bool owes_end = false;  ///< END_RESP has not been told
    };

    /// What nb_transport() wants of payloads that come without a memory manager, as those of
    /// b_transport() may.
    struct Manager final : tlm::tlm_mm_interface {
        sc_core::sc_event freed;

        void free(tlm::tlm_generic_payload* trans) override {
            trans->reset();  // extensions that the target has added for the time of the transaction
            freed.notify(sc_core::SC_ZERO_TIME);
        }
    };

    /// The caller waits for its response.
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) override {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
        if (trans.has_mm())
            return carry(trans);
        trans.set_mm(&manager_);
        carry(trans);
        while (trans.get_ref_count() != 0)
            sc_core::wait(manager_.freed);
        trans.set_mm(nullptr);
    }

    void carry(tlm::tlm_generic_payload& trans) {
        trans.acquire();
        wait_for_channel();
        requesting_ = &trans;
        Open& open = open_[&trans];
        begin(trans, open);
        while (!open.has_response)
            sc_core::wait(open.responded);
        if (open.response_time > sc_core::sc_time_stamp())
            sc_core::wait(open.response_time - sc_core::sc_time_stamp());
        if (open.owes_end)
            end(trans);
        open_.erase(&trans);
        trans.release();
    }

    /// One request at a time is between BEGIN_REQ and END_REQ, whose time the target may have
    /// annotated.
    void wait_for_channel() {
        for (;;) {
            if (requesting_ != nullptr)
                sc_core::wait(request_ended_);
            else if (free_at_ > sc_core::sc_time_stamp())
                sc_core::wait(free_at_ - sc_core::sc_time_stamp());
            else
                return;
        }
    }

    void begin(tlm::tlm_generic_payload& trans, Open& open) {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        switch (out->nb_transport_fw(trans, phase, delay)) {
            case tlm::TLM_ACCEPTED:
                return;
            case tlm::TLM_UPDATED:
                open.owes_end = advance(trans, phase, delay) == tlm::TLM_COMPLETED;
                return;
            case tlm::TLM_COMPLETED:
                end_request(delay);
                respond(open, delay);
                return;
        }
    }

    void end(tlm::tlm_generic_payload& trans) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(trans, phase, delay);
    }

    static void respond(Open& open, const sc_core::sc_time& delay) {
        open.has_response = true;
        open.response_time = sc_core::sc_time_stamp() + delay;
        open.responded.notify(sc_core::SC_ZERO_TIME);
    }

    /// What a phase of the target changes; it takes effect `delay` later.
    tlm::tlm_sync_enum advance(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                               const sc_core::sc_time& delay) {
        if (phase > tlm::END_RESP)  // an extended phase, which the base protocol lets us ignore
            return tlm::TLM_ACCEPTED;
        const auto open = open_.find(&trans);
        if (open == open_.end() || (phase != tlm::END_REQ && phase != tlm::BEGIN_RESP)) {
            std::ostringstream text;
            text << "the target sent " << phase << " for address 0x" << std::hex
                 << trans.get_address() << ", where nobody waits for it";
            SC_REPORT_ERROR(name(), text.str().c_str());
            return tlm::TLM_ACCEPTED;
        }
        if (requesting_ == &trans)  // BEGIN_RESP also ends the request
            end_request(delay);
        if (phase == tlm::END_REQ)
            return tlm::TLM_ACCEPTED;
        respond(open->second, delay);
        phase = tlm::END_RESP;
        return tlm::TLM_COMPLETED;
    }

    void end_request(const sc_core::sc_time& delay) {
        requesting_ = nullptr;
        free_at_ = sc_core::sc_time_stamp() + delay;
        request_ended_.notify(sc_core::SC_ZERO_TIME);
    }

    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return advance(trans, phase, delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& trans, tlm::tlm_phase& /*phase*/,
                                       sc_core::sc_time& /*delay*/) override {
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) override {
        return out->transport_dbg(trans);
    }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) override {
        return out->get_direct_mem_ptr(trans, dmi);
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
        in->invalidate_direct_mem_ptr(first, last);
    }

    std::map<tlm::tlm_generic_payload*, Open> open_;
    tlm::tlm_generic_payload* requesting_ = nullptr;
    sc_core::sc_time free_at_;  // requests are behind this
    sc_core::sc_event request_ended_;
    Manager manager_;
};

}  // namespace flexv
