// SPDX-License-Identifier: Apache-2.0
// In front of a target that only knows nb_transport, the approximately-timed style of TLM-2.0:
// takes b_transport() from the platform and speaks the four phases of the base protocol with the
// target. (The other direction, an initiator that only knows nb_transport, needs nothing:
// external_in() takes both.)
#pragma once

#include <map>
#include <memory>
#include <sstream>
#include <systemc>
#include <tlm>
#include <vector>

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
    using Payload = tlm::tlm_generic_payload;

    /// The memory manager of payloads for those that come without one, as b_transport() may.
    class Stock final : public tlm::tlm_mm_interface {
    public:
        /// With the attributes, data and extensions of `trans`, and one reference.
        Payload& take(const Payload& trans) {
            if (free_.empty()) {
                all_.push_back(std::make_unique<Payload>(this));
                free_.push_back(all_.back().get());
            }
            Payload& taken = *free_.back();
            free_.pop_back();
            taken.acquire();
            taken.deep_copy_from(trans);  // it has no data yet, so none are copied
            taken.set_data_ptr(trans.get_data_ptr());
            taken.set_byte_enable_ptr(trans.get_byte_enable_ptr());
            return taken;
        }

    private:
        void free(Payload* payload) override {
            payload->reset();
            payload->set_data_ptr(nullptr);
            payload->set_byte_enable_ptr(nullptr);
            free_.push_back(payload);
        }

        std::vector<std::unique_ptr<Payload>> all_;
        std::vector<Payload*> free_;
    };

    /// A transaction between BEGIN_REQ and END_RESP.
    struct Open {
        sc_core::sc_event responded;
        sc_core::sc_time response_time;
        bool has_response = false;
        bool owes_end = false;  ///< END_RESP has not been told
    };

    void b_transport(Payload& trans, sc_core::sc_time& delay) override {
        sc_core::wait(delay);
        delay = sc_core::SC_ZERO_TIME;
        if (trans.has_mm())
            return transact(trans);
        Payload& managed = stock_.take(trans);
        transact(managed);
        trans.set_response_status(managed.get_response_status());
        trans.set_dmi_allowed(managed.is_dmi_allowed());
        trans.update_extensions_from(managed);
        managed.release();
    }

    /// One request at a time is between BEGIN_REQ and END_REQ; then the caller waits for its
    /// response.
    void transact(Payload& trans) {
        trans.acquire();
        take_turn(trans);
        Open& open = open_[&trans];
        begin(trans, open);
        while (!open.has_response)
            sc_core::wait(open.responded);
        wait_until(open.response_time);
        if (open.owes_end)
            end(trans);
        open_.erase(&trans);
        trans.release();
    }

    /// Waits for the end of the request before, which the target may have told ahead of time.
    void take_turn(const Payload& trans) {
        while (requesting_ != nullptr || request_end_ > sc_core::sc_time_stamp()) {
            if (requesting_ != nullptr)
                sc_core::wait(request_ended_);
            else
                wait_until(request_end_);
        }
        requesting_ = &trans;
    }

    static void wait_until(const sc_core::sc_time& time) {
        if (time > sc_core::sc_time_stamp())
            sc_core::wait(time - sc_core::sc_time_stamp());
    }

    void begin(Payload& trans, Open& open) {
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_core::sc_time delay;
        switch (out->nb_transport_fw(trans, phase, delay)) {
            case tlm::TLM_ACCEPTED:
                return;
            case tlm::TLM_UPDATED:
                open.owes_end = advance(trans, phase, delay) == tlm::TLM_COMPLETED;
                return;
            case tlm::TLM_COMPLETED:
                if (requesting_ == &trans)  // else it has told END_REQ in the course of the call
                    end_request(delay);
                respond(open, delay);
                return;
        }
    }

    void end(Payload& trans) {
        tlm::tlm_phase phase = tlm::END_RESP;
        sc_core::sc_time delay;
        out->nb_transport_fw(trans, phase, delay);
    }

    static void respond(Open& open, const sc_core::sc_time& delay) {
        open.has_response = true;
        open.response_time = sc_core::sc_time_stamp() + delay;
        open.responded.notify(sc_core::SC_ZERO_TIME);
    }

    /// What a phase of the target changes; it takes effect `delay` later. Phases of an extended
    /// protocol are ignored, as the base protocol wants it.
    tlm::tlm_sync_enum advance(Payload& trans, tlm::tlm_phase& phase,
                               const sc_core::sc_time& delay) {
        if (unsigned(phase) > unsigned(tlm::END_RESP))
            return tlm::TLM_ACCEPTED;
        const auto open = open_.find(&trans);
        const bool may_respond = open != open_.end() && !open->second.has_response;
        const bool is_in_order = (phase == tlm::END_REQ && requesting_ == &trans) ||
                                 (phase == tlm::BEGIN_RESP && may_respond);
        if (!is_in_order) {
            refuse(trans, phase);
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

    void refuse(const Payload& trans, const tlm::tlm_phase& phase) const {
        std::ostringstream text;
        text << "the target sent " << phase << " for the transaction at 0x" << std::hex
             << trans.get_address()
             << ", which does not wait for it; expected END_REQ once behind BEGIN_REQ, then "
                "BEGIN_RESP once";
        SC_REPORT_ERROR(name(), text.str().c_str());
    }

    void end_request(const sc_core::sc_time& delay) {
        requesting_ = nullptr;
        request_end_ = sc_core::sc_time_stamp() + delay;
        request_ended_.notify(sc_core::SC_ZERO_TIME);
    }

    tlm::tlm_sync_enum nb_transport_bw(Payload& trans, tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay) override {
        return advance(trans, phase, delay);
    }
    tlm::tlm_sync_enum nb_transport_fw(Payload& trans, tlm::tlm_phase& /*phase*/,
                                       sc_core::sc_time& /*delay*/) override {
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return tlm::TLM_COMPLETED;
    }
    unsigned transport_dbg(Payload& trans) override { return out->transport_dbg(trans); }
    bool get_direct_mem_ptr(Payload& trans, tlm::tlm_dmi& dmi) override {
        return out->get_direct_mem_ptr(trans, dmi);
    }
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) override {
        in->invalidate_direct_mem_ptr(first, last);
    }

    Stock stock_;
    std::map<Payload*, Open> open_;
    const Payload* requesting_ = nullptr;
    sc_core::sc_time request_end_;  ///< of the last request; may lie ahead
    sc_core::sc_event request_ended_;
};

}  // namespace flexv
