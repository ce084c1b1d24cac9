// SPDX-License-Identifier: Apache-2.0
// The cluster's event unit: puts cores to sleep and wakes them at barriers, mutexes, queued work
// and events, without polling. The SystemC shell: ports, pending requests and interrupt lines.
#pragma once

#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/module.hpp"
#include "base/probe.hpp"
#include "event_unit/event_network.hpp"
#include "event_unit/registers.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv::event_unit {

class EventUnit final : public Module, public InterruptSource, private Agent {
public:
    using Config = event_unit::Config;
    using InterruptPort = sc_core::sc_port<InterruptTarget, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

    /// The demux port: the initiator's port() is the core. Address bits [9:0] count.
    sc_core::sc_export<DataTarget> core_in{"core_in"};
    /// The global view behind the peripheral interconnect. Address bits [10:0] count.
    sc_core::sc_export<DataTarget> peripheral_in{"peripheral_in"};
    /// The interrupts that the cores have taken.
    sc_core::sc_export<InterruptSource> interrupt_ack_in{"interrupt_ack_in"};
    /// The global view for masters outside of the cluster's timeline; 0x800 bytes from 0.
    tlm_utils::simple_target_socket<EventUnit> bus_in{"bus_in"};
    /// [core]; the interrupt input of each core, may stay unbound.
    sc_core::sc_vector<InterruptPort> interrupt_out;

    /// The read of `core` does in this cycle what it does once: it arrives at a barrier, triggers,
    /// queues for a lock or a word.
    Probe<void(unsigned core, const SleepingRead& read, Cycles now)> sleeping_read_probe;
    /// From `now` on the buffer of `core` holds `lines`.
    Probe<void(unsigned core, u32 lines, Cycles now)> lines_probe;

    EventUnit(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    /// Forgets pending reads without an answer; the cores are reset together with the unit.
    void reset() override;
    void serialize(StateArchive& archive) override;

    /// `line` of one core pulses in `cycle` (this or a later one): buffered, and good for a waiting
    /// read, from cycle + 1 on.
    void event(unsigned core, unsigned line, Cycles cycle);
    void event_all(unsigned line, Cycles cycle);
    /// From `cycle` on `line` of all cores is high or low.
    void level(unsigned line, bool is_high, Cycles cycle);
    /// An event that the SoC does not mask for this cluster reaches the FIFO in `cycle`.
    void soc_event(u8 id, Cycles cycle);

    void acknowledge(unsigned core, unsigned id, Cycles now) override;

    /// What `core` sleeps for; null: it does not sleep in a read.
    [[nodiscard]] const SleepingRead* sleeping_read(unsigned core) const {
        return pending_[core].read;
    }
    /// The cores that must act before that ends, one bit for each.
    [[nodiscard]] u32 awaited_cores(unsigned core) const {
        const SleepingRead* const read = sleeping_read(core);
        return read == nullptr ? 0 : read->awaited_cores(network_);
    }

    /// Both views, for the manual page.
    [[nodiscard]] const Registers& registers() const { return registers_; }

private:
    struct CorePort final : DataTarget {
        explicit CorePort(EventUnit& owner) : unit(owner) {}
        void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override;
        void cancel(DataInitiator& initiator, Cycles now) override;
        [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override;

        EventUnit& unit;
    };
    struct PeripheralPort final : DataTarget {
        explicit PeripheralPort(EventUnit& owner) : unit(owner) {}
        void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override;
        void cancel(DataInitiator& initiator, Cycles now) override;
        [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override;
        [[nodiscard]] Cycles latency_cycles() const override;

        EventUnit& unit;
    };
    /// What a core has asked for and not got yet.
    struct Pending {
        DataInitiator* initiator = nullptr;
        DataRequest request = {};
        const SleepingRead* read = nullptr;  ///< null: held back behind a clearing wait
        Cycles not_before = 0;               ///< first cycle in which the next access is looked at
    };
    struct InterruptLine {
        bool is_asserted = false;
        unsigned id = 0;

        void serialize(StateArchive& archive) { archive(is_asserted, id); }
    };

    void act(Cycles now) override;
    void post(Cycles cycle, const Arrival& arrival);

    void begin_access(unsigned core, Cycles now);
    void begin_held_access(unsigned core, Cycles now);
    void begin_sleeping(unsigned core, Cycles now);
    void poll(unsigned core, Cycles now);
    DataInitiator& end_request(unsigned core);
    void grant(unsigned core, Cycles now, u32 data);

    void drive_interrupt(unsigned core, Cycles now);
    void tell_lines(Cycles now);

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);
    void add_counter_of(u64 Activity::*count, std::string name, std::string doc);

    const Config config_;
    ClockDomain& clock_;
    EventNetwork network_;
    Registers registers_;
    CorePort core_port_{*this};
    PeripheralPort peripheral_port_{*this};
    std::vector<Pending> pending_;           // [core]
    u32 waiting_ = 0;                        // cores that pending_ holds a request of
    u32 polled_again_ = 0;                   // those to be polled without a change of their lines
    std::vector<InterruptLine> interrupts_;  // [core]
    std::vector<u32> told_lines_;            // [core], by lines_probe
    u64 lost_soc_events_ = 0;                // up to the previous warning
    Cause soc_event_cause_;                  // of the last one
    Counter accesses_{*this, "accesses", "register reads and writes, both views"};
    Counter sleeping_waits_{*this, "sleeping_waits",
                            "sleeping reads that were not granted in their first cycle"};
};

}  // namespace flexv::event_unit
