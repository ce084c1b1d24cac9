// SPDX-License-Identifier: Apache-2.0
// A module that meets the platform in one way again and again, and notes how long it takes until
// the firmware answers.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <array>
#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm>
#include <vector>

enum class Way : std::uint32_t { loads, transfers, polled_stores, interrupts };

class Meter final : public sc_core::sc_module {
public:
    static constexpr unsigned kBytes = 4096;

    tlm_utils::simple_target_socket<Meter> in{"in"};
    tlm_utils::simple_initiator_socket<Meter> out{"out"};
    sc_core::sc_out<bool> irq_out{"irq_out"};

    Meter(const sc_core::sc_module_name& name, Way way, std::uint32_t rounds)
        : sc_core::sc_module(name), way_(way), rounds_(rounds) {
        set_word(way_offset, std::uint32_t(way));
        set_word(rounds_offset, rounds);
        in.register_b_transport(this, &Meter::b_transport);
        SC_HAS_PROCESS(Meter);
        SC_THREAD(meet);
    }

    /// [round]; from the store or edge of this module to the answer of the firmware
    [[nodiscard]] const std::vector<double>& latencies_ns() const { return latencies_ns_; }

private:
    // What the firmware reads and writes.
    static constexpr unsigned way_offset = 0;
    static constexpr unsigned rounds_offset = 4;
    static constexpr unsigned flag_offset = 8;  ///< W: address of the word that this module sets
    static constexpr unsigned reply_offset = 12;

    void set_word(unsigned offset, std::uint32_t value) {
        std::memcpy(&bytes_[offset], &value, sizeof value);
    }

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        const auto offset = trans.get_address();
        const unsigned length = trans.get_data_length();
        if (offset + length > kBytes) {
            trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        if (trans.is_read())
            std::memcpy(trans.get_data_ptr(), &bytes_[offset], length);
        else
            std::memcpy(&bytes_[offset], trans.get_data_ptr(), length);
        if (trans.is_write() && offset == flag_offset)
            started_.notify(delay);
        if (trans.is_write() && offset == reply_offset) {
            replied_at_ = sc_core::sc_time_stamp() + delay;
            replied_.notify(delay);
        }
        delay += sc_core::sc_time(10, sc_core::SC_NS);
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    /// At times that have nothing to do with the platform's clock, and are the same whatever the
    /// quantum.
    void meet() {
        if (way_ != Way::polled_stores && way_ != Way::interrupts)
            return;
        wait(started_);
        sc_core::sc_time next(100, sc_core::SC_US);
        for (std::uint32_t round = 1; round <= rounds_; ++round) {
            next += sc_core::sc_time(8.0 + round * 7919 % 4096 / 1000.0, sc_core::SC_US);
            wait(next - sc_core::sc_time_stamp());
            act(round);
            wait(replied_);
            latencies_ns_.push_back((replied_at_ - next).to_seconds() * 1e9);
        }
    }

    void act(std::uint32_t round) {
        if (way_ == Way::interrupts) {
            irq_out.write(true);
            wait(1, sc_core::SC_NS);
            irq_out.write(false);
            return;
        }
        std::uint32_t address = 0;
        std::memcpy(&address, &bytes_[flag_offset], sizeof address);
        tlm::tlm_generic_payload trans;
        trans.set_write();
        trans.set_address(address);
        trans.set_data_ptr(reinterpret_cast<unsigned char*>(&round));
        trans.set_data_length(sizeof round);
        trans.set_streaming_width(sizeof round);
        sc_core::sc_time delay;
        out->b_transport(trans, delay);
    }

    const Way way_;
    const std::uint32_t rounds_;
    std::array<unsigned char, kBytes> bytes_{};
    std::vector<double> latencies_ns_;
    sc_core::sc_time replied_at_;
    sc_core::sc_event started_;
    sc_core::sc_event replied_;
};
