// SPDX-License-Identifier: Apache-2.0
#include "base/bus_memory.hpp"

#include <algorithm>
#include <cstring>

namespace flexv {

tlm::tlm_response_status BusMemory::check(const tlm::tlm_generic_payload& trans) const {
    const u64 length = trans.get_data_length();
    if (trans.get_byte_enable_ptr() != nullptr)
        return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    if (length == 0 || trans.get_streaming_width() < length)
        return tlm::TLM_BURST_ERROR_RESPONSE;
    if (length > size_bytes() || trans.get_address() > size_bytes() - length)
        return tlm::TLM_ADDRESS_ERROR_RESPONSE;
    return tlm::TLM_OK_RESPONSE;
}

unsigned BusMemory::debug_access(tlm::tlm_generic_payload& trans, bool& has_changed_code) {
    const u64 offset = trans.get_address();
    if (trans.get_byte_enable_ptr() != nullptr || offset >= size_bytes()) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return 0;
    }
    const unsigned length = unsigned(std::min<u64>(trans.get_data_length(), size_bytes() - offset));
    has_changed_code = move(trans, length);
    trans.set_response_status(tlm::TLM_OK_RESPONSE);
    return length;
}

bool BusMemory::move(tlm::tlm_generic_payload& trans, unsigned length) {
    unsigned char* const memory = bytes_.data() + trans.get_address();
    if (length == 0)
        return false;
    if (trans.is_read())
        std::memcpy(trans.get_data_ptr(), memory, length);
    if (!trans.is_write())
        return false;
    std::memcpy(memory, trans.get_data_ptr(), length);
    return code_words_.remove(trans.get_address(), length);
}

bool BusMemory::grant_word(const tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi,
                           const sc_core::sc_time& latency) {
    const u64 word = trans.get_address() / CodeWords::kBytes * CodeWords::kBytes;
    dmi.allow_read();
    dmi.set_start_address(word);
    dmi.set_end_address(word + CodeWords::kBytes - 1);
    if (!trans.is_read() || word >= size_bytes()) {
        dmi.allow_none();  // of this word, to this command
        return false;
    }
    code_words_.add(word);
    dmi.set_dmi_ptr(bytes_.data() + word);
    dmi.set_read_latency(latency);
    return true;
}

}  // namespace flexv
