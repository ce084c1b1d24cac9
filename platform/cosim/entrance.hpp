// SPDX-License-Identifier: Apache-2.0
// Where somebody else's initiator comes in: its accesses act at their own time, or where the
// platform has run ahead to within its quantum. What no block of the platform knows, byte enables
// and streaming, becomes plain accesses here.
#pragma once

#include "base/module.hpp"
#include "platform/cosim/traffic.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <tlm>
#include <vector>

namespace flexv::platform::cosim {

/// A part of a payload that is one plain access.
struct Piece {
    u64 address = 0;
    unsigned position = 0;  ///< in the payload's data
    unsigned bytes = 0;

    bool operator==(const Piece&) const = default;
};

/// The plain accesses of a payload in their order. One as long as the payload where it has neither
/// byte enables nor a streaming width below its length; else each enabled run in aligned pieces of
/// at most `most` bytes (a power of two).
[[nodiscard]] std::vector<Piece> pieces_of(const tlm::tlm_generic_payload& trans,
                                           unsigned most = 4);

/// What TLM-2.0 forbids in a payload; TLM_OK_RESPONSE when it is well formed.
[[nodiscard]] tlm::tlm_response_status shape_of(const tlm::tlm_generic_payload& trans);

/// What an address of the SoC's bus leads to.
enum class Place { nothing, inside, window };

class Entrance final : public Module {
public:
    /// Takes b_transport and nb_transport, debug transport, and asks for DMI.
    tlm_utils::simple_target_socket<Entrance> bus_in{"bus_in"};
    tlm_utils::simple_initiator_socket<Entrance> out{"out"};

    Entrance(const sc_core::sc_module_name& name, Traffic& traffic,
             std::function<Place(u64 address)> place_of);

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);
    void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last);

    bool answers_ignored(tlm::tlm_generic_payload& trans) const;
    void access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    void access_pieces(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);

    Traffic& traffic_;
    const std::function<Place(u64 address)> place_of_;
    Counter accesses_{*this, "accesses", "transactions that came in"};
    Counter bytes_{*this, "bytes", "bytes of them"};
};

}  // namespace flexv::platform::cosim
