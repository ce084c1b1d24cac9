// SPDX-License-Identifier: Apache-2.0
// A device or a test bench in another process, on its places in the SoC: accesses to its window go
// over the link, its own come in by an entrance, its wires are interrupts. Time stands still while
// it is waited for, and it is listened to then only: what it does depends on nothing but what it
// was told.
#pragma once

#include "platform/config/configuration.hpp"
#include "platform/config/interrupts.hpp"
#include "platform/cosim/external_window.hpp"
#include "platform/remote/link.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <vector>

namespace flexv::platform {

class Outside;

class RemoteDevice final : public sc_core::sc_module {
public:
    /// \param window null: it has none
    RemoteDevice(const sc_core::sc_module_name& name, Outside& outside,
                 const RemoteConfiguration& config, cosim::ExternalWindow* window);

    /// Before time starts; `must_end` is asked while the other side is waited for, and the run
    /// ends in its first cycle when it has a reason. Throws UserError.
    void connect(const std::function<std::string()>& must_end);
    /// Of the chip, in the course of a run: a pulse on the wire to the device.
    void reset();

private:
    class Turn;

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    void keep_time();

    void access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    remote::Packet ask(const remote::Packet& request);
    void serve(const remote::Packet& request);
    void serve_access(const remote::Packet& request);
    void serve_interrupt(const remote::Packet& request);
    void wait_until(u64 time_ns) const;
    [[nodiscard]] remote::Link& link() const;
    void fail(const remote::Lost& lost);

    Outside& outside_;
    const RemoteConfiguration config_;
    const std::vector<Interrupt> interrupts_;
    std::vector<bool> levels_;  // [line]
    tlm_utils::simple_target_socket_optional<RemoteDevice> in_{"in"};
    tlm_utils::simple_initiator_socket<RemoteDevice> out_{"out"};
    std::unique_ptr<remote::Link> link_;  // null: not connected, or lost
    sc_core::sc_event connected_;
    sc_core::sc_process_handle holder_;  // of the turn: who talks to the other side
    unsigned depth_ = 0;                 // of its questions within questions
    sc_core::sc_event freed_;
};

}  // namespace flexv::platform
