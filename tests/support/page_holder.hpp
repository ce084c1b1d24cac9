// SPDX-License-Identifier: Apache-2.0
// An initiator that asks for pointers into a target's memory, as an instruction fetcher does, and
// notes what is withdrawn again.
#pragma once

#include "base/units.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

namespace flexv::test {

class PageHolder final : public sc_core::sc_module {
public:
    using Ranges = std::vector<std::pair<u64, u64>>;  ///< first and last address

    tlm_utils::simple_initiator_socket<PageHolder> out{"out"};

    explicit PageHolder(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        out.register_invalidate_direct_mem_ptr(this, &PageHolder::invalidate);
    }

    /// False when the target grants nothing; `granted` describes the grant otherwise.
    bool ask(u64 address, tlm::tlm_command command = tlm::TLM_READ_COMMAND) {
        tlm::tlm_generic_payload trans;
        trans.set_command(command);
        trans.set_address(address);
        granted = {};
        return out->get_direct_mem_ptr(trans, granted);
    }

    tlm::tlm_dmi granted;
    Ranges withdrawn;

private:
    void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { withdrawn.emplace_back(start, end); }
};

}  // namespace flexv::test
