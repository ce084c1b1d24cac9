// SPDX-License-Identifier: Apache-2.0
// On-chip memory of the SoC, outside the cluster: holds program and data, is reached over the
// buses. One memory stands for the private and the shared banks of the chip.
#pragma once

#include "base/bus_memory.hpp"
#include "base/clock_domain.hpp"
#include "base/module.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <tlm>

namespace flexv::l2 {

class L2 final : public Module {
public:
    struct Config {
        u64 size_bytes = 0x190000;     ///< superset of all chips, source: docs/spec/cluster.md 2.6
        Cycles latency_cycles = 8;     ///< address to first data; with the cluster bus's 2 a core's
                                       ///< load takes 5 + 10 cycles, source: docs/spec/cluster.md 3
        unsigned bytes_per_cycle = 8;  ///< 64-bit bus, source: docs/spec/cluster.md 3
        Cycles fabric_latency_cycles =
            0;  ///< for the fabric controller, whose crossbar reaches the banks in one cycle
    };

    tlm_utils::simple_target_socket<L2> bus_in{"bus_in"};  ///< addresses start at 0
    /// The port of the fabric controller's crossbar: no direct access. May stay unbound.
    tlm_utils::simple_target_socket_optional<L2> fabric_in{"fabric_in"};

    L2(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    void serialize(StateArchive& archive) override { archive(memory_); }

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    void fabric_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    void access(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay, Cycles latency_cycles);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);

    void withdraw(const tlm::tlm_generic_payload& trans, unsigned length);
    void count(const tlm::tlm_generic_payload& trans);
    [[nodiscard]] u64 beats_of(const tlm::tlm_generic_payload& trans) const;

    const Config config_;
    const ClockDomain& clock_;
    BusMemory memory_;
    Counter reads_{*this, "reads", "read transactions"};
    Counter writes_{*this, "writes", "write transactions"};
    Counter bytes_read_{*this, "bytes_read", "bytes read"};
    Counter bytes_written_{*this, "bytes_written", "bytes written"};
};

}  // namespace flexv::l2
