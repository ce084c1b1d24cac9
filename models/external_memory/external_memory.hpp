// SPDX-License-Identifier: Apache-2.0
// RAM outside the chip behind a narrow port, mapped into the address space as by a HyperBus
// controller: every master of the SoC reaches it over the bus, and all of them share its bytes a
// cycle.
#pragma once

#include "base/bus_memory.hpp"
#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "external_memory/shared_port.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <tlm>

namespace flexv::external_memory {

class ExternalMemory final : public Module {
public:
    struct Config {
        u64 base =
            0x8000'0000;     ///< used by the bus, source: PULP's HyperBus and GVSoC's DDR window
        u64 size_bytes = 0;  ///< 0: the platform has none
        double bytes_per_cycle = 0.4;  ///< 1.6 Gb/s at 500 MHz, source: Valente 2024 (Shaheen)
        Cycles latency_cycles = 30;    ///< command, address and access time of a HyperRAM, 12 to 15
                                       ///< clocks of 200 MHz; assumed
        u64 burst_bytes = 1024;        ///< a chip select lasts at most 4 us (tCSM); assumed
    };

    tlm_utils::simple_target_socket<ExternalMemory> bus_in{"bus_in"};  ///< addresses start at 0
    /// Cycles of its clock since the start, for what it spends whatever happens: a run may end in
    /// another cycle than the last one of its clock. Unbound: those of its clock.
    CallPort<Cycles()> elapsed_out{"elapsed_out"};

    ExternalMemory(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    /// What is under way is forgotten; contents stay.
    void reset() override { port_.reset(); }
    void serialize(StateArchive& archive) override { archive(port_, memory_); }

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    bool get_direct_mem_ptr(tlm::tlm_generic_payload& trans, tlm::tlm_dmi& dmi);

    void count(const tlm::tlm_generic_payload& trans);
    void withdraw(const tlm::tlm_generic_payload& trans, unsigned length);
    [[nodiscard]] Cycles elapsed() const {
        return elapsed_out.is_bound() ? elapsed_out() : clock_.timeline.now();
    }
    [[nodiscard]] Cycles cycle_of(const sc_core::sc_time& time) const;

    const ClockDomain& clock_;
    SharedPort port_;
    const Cycles latency_cycles_;
    BusMemory memory_;
    Counter reads_{*this, "reads", "read transactions"};
    Counter writes_{*this, "writes", "write transactions"};
    Counter bytes_read_{*this, "bytes_read", "bytes read"};
    Counter bytes_written_{*this, "bytes_written", "bytes written"};
    DerivedCounter bursts_{*this, "bursts", "bursts opened", [this] { return port_.bursts(); }};
    DerivedCounter cycles_{*this, "cycles", "cycles of its clock", [this] { return elapsed(); }};
};

}  // namespace flexv::external_memory
