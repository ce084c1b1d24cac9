// SPDX-License-Identifier: Apache-2.0
// Stands between an initiator and a target and checks what IEEE 1666 (TLM-2.0, base protocol) asks
// of both, transaction by transaction. Violations are kept as sentences.
#pragma once

#include "base/units.hpp"

#include <fmt/format.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv::test {

class TlmChecker final : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<TlmChecker> in{"in"};
    tlm_utils::simple_initiator_socket<TlmChecker> out{"out"};

    std::vector<std::string> violations;
    unsigned transactions = 0;

    explicit TlmChecker(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &TlmChecker::b_transport);
        in.register_transport_dbg(this, &TlmChecker::transport_dbg);
        in.register_get_direct_mem_ptr(this, &TlmChecker::get_direct_mem_ptr);
        out.register_invalidate_direct_mem_ptr(this, &TlmChecker::invalidate);
    }

private:
    /// What must be so whenever the rule of that number is named (sections of IEEE 1666-2011).
    void expect(bool holds, const char* rule) {
        if (!holds)
            violations.push_back(fmt::format("{}: {}", name(), rule));
    }

    void check_call(const tlm::tlm_generic_payload& trans) {
        const auto command = trans.get_command();
        expect(command == tlm::TLM_READ_COMMAND || command == tlm::TLM_WRITE_COMMAND ||
                   command == tlm::TLM_IGNORE_COMMAND,
               "14.8: the command is one of three");
        if (command != tlm::TLM_IGNORE_COMMAND) {
            expect(trans.get_data_ptr() != nullptr, "14.11: there is a data pointer");
            expect(trans.get_data_length() > 0, "14.12: the data length is not 0");
            expect(trans.get_streaming_width() > 0, "14.15: the streaming width is not 0");
        }
        expect(trans.get_byte_enable_ptr() == nullptr || trans.get_byte_enable_length() > 0,
               "14.14: byte enables have a length");
        expect(!trans.is_dmi_allowed(), "14.16: the DMI hint begins as false");
        expect(trans.get_response_status() == tlm::TLM_INCOMPLETE_RESPONSE,
               "14.17: the response status begins as TLM_INCOMPLETE_RESPONSE");
        expect(!trans.has_mm() || trans.get_ref_count() > 0,
               "14.5: a payload with a memory manager is referred to");
    }

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        ++transactions;
        check_call(trans);
        const auto command = trans.get_command();
        const u64 address = trans.get_address();
        unsigned char* const data = trans.get_data_ptr();
        const unsigned length = trans.get_data_length();
        const unsigned width = trans.get_streaming_width();
        unsigned char* const enables = trans.get_byte_enable_ptr();
        const bool is_write = trans.is_write();
        const std::vector<unsigned char> before(data, data + (data == nullptr ? 0 : length));
        const int references = trans.has_mm() ? trans.get_ref_count() : 0;
        const sc_core::sc_time start = sc_core::sc_time_stamp() + delay;

        out->b_transport(trans, delay);

        expect(sc_core::sc_time_stamp() + delay >= start, "11.1.1.5: time never goes back");
        expect(trans.get_response_status() != tlm::TLM_INCOMPLETE_RESPONSE,
               "14.17: the target sets a response status");
        expect(trans.get_command() == command && trans.get_data_ptr() == data &&
                   trans.get_data_length() == length && trans.get_streaming_width() == width &&
                   trans.get_byte_enable_ptr() == enables,
               "14.7: a target does not modify the attributes of the initiator");
        expect(trans.get_address() == address, "14.9: who translates an address restores it here");
        if (is_write)
            expect(std::equal(before.begin(), before.end(), data),
                   "14.11: a target does not modify what is written");
        expect(!trans.has_mm() || trans.get_ref_count() >= references,
               "14.5: nobody releases what he has not acquired");
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) {
        const unsigned moved = out->transport_dbg(trans);
        expect(moved <= trans.get_data_length(), "11.2.4: no more bytes than were asked for");
        return moved;
    }
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi) {
        const u64 address = trans.get_address();
        const bool is_granted = out->get_direct_mem_ptr(trans, dmi);
        expect(!is_granted || (dmi.get_start_address() <= address &&
                               address <= dmi.get_end_address() && dmi.get_dmi_ptr() != nullptr),
               "11.2.5: a granted region holds the address");
        return is_granted;
    }
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
        expect(first <= last, "11.2.6: a region does not end before it begins");
        in->invalidate_direct_mem_ptr(first, last);
    }
};

}  // namespace flexv::test
