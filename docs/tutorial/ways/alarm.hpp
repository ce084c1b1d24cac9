// SPDX-License-Identifier: Apache-2.0
// An alarm: VALUE is read, ALARM is written with the time at which it interrupts, in units of 10 ns
// since the start. An access takes 20 ns.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm>

class Alarm : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<Alarm> in{"in"};
    sc_core::sc_out<bool> irq_out{"irq_out"};

    explicit Alarm(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &Alarm::b_transport);
        SC_HAS_PROCESS(Alarm);
        SC_THREAD(ring);
    }

private:
    static constexpr unsigned value_offset = 0;
    static constexpr unsigned alarm_offset = 4;
    static constexpr std::uint32_t kValue = 0x5a;

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        const bool is_alarm = trans.is_write() && trans.get_address() == alarm_offset;
        const bool is_value = trans.is_read() && trans.get_address() == value_offset;
        if (trans.get_data_length() != 4 || (!is_alarm && !is_value)) {
            trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        if (is_value)
            std::memcpy(trans.get_data_ptr(), &kValue, sizeof kValue);
        else
            set(trans, delay);
        delay += sc_core::sc_time(20, sc_core::SC_NS);
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    void set(const tlm::tlm_generic_payload& trans, const sc_core::sc_time& delay) {
        std::uint32_t ticks = 0;
        std::memcpy(&ticks, trans.get_data_ptr(), sizeof ticks);
        at_ = sc_core::sc_time(10.0 * ticks, sc_core::SC_NS);
        set_.notify(delay);
    }

    void ring() {
        for (;;) {
            wait(set_);
            if (at_ > sc_core::sc_time_stamp())
                wait(at_ - sc_core::sc_time_stamp());
            irq_out.write(true);
            wait(10, sc_core::SC_NS);
            irq_out.write(false);
        }
    }

    sc_core::sc_time at_;
    sc_core::sc_event set_;
};
