// SPDX-License-Identifier: Apache-2.0
// A memory with as many ports as are bound, which takes one access at a time.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>

#include <cstdint>
#include <cstring>
#include <systemc>
#include <tlm>
#include <vector>

class SharedMemory final : public sc_core::sc_module {
public:
    tlm_utils::multi_passthrough_target_socket<SharedMemory> in{"in"};

    SharedMemory(const sc_core::sc_module_name& name, std::size_t bytes)
        : sc_core::sc_module(name), bytes_(bytes) {
        in.register_b_transport(this, &SharedMemory::b_transport);
        in.register_transport_dbg(this, &SharedMemory::transport_dbg);
    }

    [[nodiscard]] std::uint64_t bytes_moved() const { return bytes_moved_; }

private:
    /// 40 ns, then 8 bytes each 5 ns. Who comes while another one is served waits.
    void b_transport(int /*port*/, tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        wait(delay);
        delay = sc_core::SC_ZERO_TIME;
        const sc_core::sc_time begin = std::max(sc_core::sc_time_stamp(), free_from_);
        free_from_ = begin + sc_core::sc_time(40, sc_core::SC_NS) +
                     sc_core::sc_time(5, sc_core::SC_NS) * ((trans.get_data_length() + 7) / 8);
        wait(free_from_ - sc_core::sc_time_stamp());
        const unsigned moved = move(trans);
        bytes_moved_ += moved;
        trans.set_response_status(moved == 0 ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                             : tlm::TLM_OK_RESPONSE);
    }

    unsigned transport_dbg(int /*port*/, tlm::tlm_generic_payload& trans) { return move(trans); }

    unsigned move(tlm::tlm_generic_payload& trans) {
        const auto address = trans.get_address();
        const unsigned length = trans.get_data_length();
        if (address + length > bytes_.size())
            return 0;
        if (trans.is_write())
            std::memcpy(&bytes_[address], trans.get_data_ptr(), length);
        else
            std::memcpy(trans.get_data_ptr(), &bytes_[address], length);
        return length;
    }

    std::vector<unsigned char> bytes_;
    sc_core::sc_time free_from_;
    std::uint64_t bytes_moved_ = 0;
};
