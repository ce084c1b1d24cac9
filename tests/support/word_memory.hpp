// SPDX-License-Identifier: Apache-2.0
// A memory behind a TLM-2.0 socket for tests of initiators: bytes from `base` on, a fixed delay,
// the times of the accesses.
#pragma once

#include "base/units.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv::test {

class WordMemory final : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<WordMemory> bus_in{"bus_in"};

    WordMemory(const sc_core::sc_module_name& name, u64 base, std::size_t size_bytes)
        : sc_core::sc_module(name), base_(base), bytes(size_bytes) {
        bus_in.register_b_transport(this, &WordMemory::b_transport);
        bus_in.register_transport_dbg(this, &WordMemory::transport_dbg);
    }

    [[nodiscard]] std::string text(std::size_t offset, std::size_t length) const {
        return {bytes.begin() + long(offset), bytes.begin() + long(offset + length)};
    }
    void set_text(std::size_t offset, const std::string& value) {
        std::ranges::copy(value, bytes.begin() + long(offset));
    }

private:
    const u64 base_;

public:
    std::vector<u8> bytes;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    std::vector<sc_core::sc_time> accessed_at;

private:
    unsigned move(tlm::tlm_generic_payload& trans) {
        const u64 offset = trans.get_address() - base_;
        if (offset >= bytes.size() || trans.get_data_length() > bytes.size() - offset)
            return 0;
        if (trans.is_write())
            std::memcpy(bytes.data() + offset, trans.get_data_ptr(), trans.get_data_length());
        else
            std::memcpy(trans.get_data_ptr(), bytes.data() + offset, trans.get_data_length());
        return trans.get_data_length();
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& annotated) {
        accessed_at.push_back(sc_core::sc_time_stamp() + annotated);
        const bool is_there = move(trans) != 0;
        trans.set_response_status(is_there ? tlm::TLM_OK_RESPONSE
                                           : tlm::TLM_ADDRESS_ERROR_RESPONSE);
        annotated += delay;
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) { return move(trans); }
};

}  // namespace flexv::test
