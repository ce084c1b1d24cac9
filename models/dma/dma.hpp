// SPDX-License-Identifier: Apache-2.0
// MCHAN, the DMA of the cluster: moves data between the TCDM and everything outside. This is the
// shell that connects the plain engine with ports, sockets and the timeline.
#pragma once

#include "base/bus_target.hpp"
#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/module.hpp"
#include "base/probe.hpp"
#include "base/tcdm_target.hpp"
#include "dma/engine.hpp"
#include "dma/external_side.hpp"
#include "dma/registers.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flexv::dma {

class Mchan final : public Module, private Agent, private Engine::Outside {
public:
    struct Config {
        unsigned core_count = 8;             ///< private ports
        Address cluster_base = 0x1000'0000;  ///< where the TCDM begins; also at its alias, 0
        unsigned id_count = 16;              ///< 1..16
        unsigned port_queue_depth = 2;       ///< commands a port, source: docs/spec/timing.md 6
        unsigned queue_depth = 16;  ///< commands behind the ports, source: docs/spec/cluster.md 6.1
        /// Of them with lines, each side; docs/spec/cluster.md 6.1.
        unsigned two_dimensional_depth = 4;
        unsigned outstanding_bursts = 8;  ///< each direction, 1..16; source: docs/spec/timing.md 6
        u32 bus_bytes = kBusBytes;        ///< external bus, 4, 8 or 16; 8: docs/spec/timing.md 6
        u32 target_bytes = 8;             ///< what the memory outside gives a cycle
        /// Crossbar ports: those that read, one for each word of a beat, then those that write;
        /// source: docs/spec/timing.md 6.
        unsigned first_tcdm_port = 12;

        [[nodiscard]] DataPath path() const {
            return {.bus_bytes = bus_bytes,
                    .outstanding = outstanding_bursts,
                    .cycles_per_beat = Cycles{std::max(1U, bus_bytes / target_bytes)}};
        }
        [[nodiscard]] unsigned tcdm_ports() const { return 2 * path().lanes(); }
    };

    static constexpr unsigned kEventLine = 8;  ///< source: docs/spec/cluster.md 6.1
    static constexpr unsigned kInterruptLine = 9;

    sc_core::sc_export<DataTarget> core_in{"core_in"};        ///< initiator.port() = core
    sc_core::sc_export<DataTarget> cluster_in{"cluster_in"};  ///< peripheral slot 6
    sc_core::sc_export<DataTarget> fabric_in{"fabric_in"};    ///< peripheral slot 7
    // The registers of the last two ports for masters outside, which cannot be held up.
    BusTarget::Socket bus_in{"bus_in"};
    BusTarget::Socket fabric_bus_in{"fabric_bus_in"};
    sc_core::sc_port<TcdmTarget> tcdm_out{"tcdm_out"};
    tlm_utils::simple_initiator_socket<Mchan> external_out{"external_out"};

    /// A pulse on `line` (8 event, 9 interrupt) of a port in `cycle`, called within that cycle.
    /// Ports: cores from 0, then cluster_port(), fabric_port().
    CallPort<void(unsigned port, unsigned line, Cycles cycle)> event_out{"event_out"};
    /// The external side refused a burst; the transfer goes on with an error slave's words.
    CallPort<void(const Cause& cause, const std::string& what)> fault_out{"fault_out"};
    /// What lies around an external address that refuses a transfer, for its message.
    CallPort<std::string(Address)> surroundings_out{"surroundings_out"};
    /// What the hardware takes in silence: TCDM addresses outside of the TCDM, which wrap around,
    /// and accesses beyond the registers.
    CallPort<void(const Cause& cause, const std::string& what)> misuse_out{"misuse_out"};

    /// A command has been accepted.
    Probe<void(const AcceptedCommand& accepted, Cycles now)> command_probe;
    /// All commands of `notice.id` so far are done.
    Probe<void(const Notice& notice, Cycles now)> end_probe;

    Mchan(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    ~Mchan() override;
    void reset() override;
    void serialize(StateArchive& archive) override;
    void make_known(StateArchive& archive) override;

    [[nodiscard]] unsigned cluster_port() const { return config_.core_count; }
    [[nodiscard]] unsigned fabric_port() const { return config_.core_count + 1; }
    /// CMD and STATUS as every port shows them.
    [[nodiscard]] const RegisterBank& registers() const { return port_registers_.bank(); }
    /// True when no command is on its way.
    [[nodiscard]] bool is_idle() const { return engine_.ids().is_idle(); }

private:
    class CommandPort;
    class Registers;
    class TcdmPort;

    /// An access in front of a port. Behind the first one others wait, which only happens on the
    /// ports that several masters share.
    struct Waiting {
        DataInitiator* initiator = nullptr;
        Access access = {};

        void serialize(StateArchive& archive) { archive(initiator, access); }
    };

    void end_of_elaboration() override;
    void act(Cycles now) override;

    void request(unsigned port, DataInitiator& initiator, const Access& access, Cycles now);
    void cancel(unsigned port, const DataInitiator& initiator);
    [[nodiscard]] std::string waits_for(unsigned port, const DataInitiator& initiator) const;
    /// Puts the first access of a port in front of the engine.
    void present(unsigned port, Cycles now);
    [[nodiscard]] static bool is_beyond_registers(const Access& access);
    [[nodiscard]] std::string beyond_registers(const Access& access) const;
    void tell_beyond_registers(const Access& access) const;
    void note_commands();
    void check_tcdm_side(const AcceptedCommand& accepted) const;
    void give_answers(Cycles now);
    void count_activity(Cycles now);
    void bank_granted(bool is_receive, unsigned lane, Cycles now);
    void wake(Cycles cycle) { clock_.timeline.schedule(*this, cycle); }

    void request_word(bool is_receive, unsigned lane, Address address, Cycles cycle) override;
    void move_word(bool is_receive, u8* data, Address address, u32 bytes) override;
    Cycles access_external(OpenBurst& burst, Cycles now) override;
    void answered(OpenBurst& burst, const ExternalAnswer& answer, Cycles sent);
    void tell_fault(unsigned id, const ExternalAnswer& answer);
    void stalled(Cycles cycles) override { stalls_ += cycles; }
    void tell(const Notice& notice, Cycles now) override;

    [[nodiscard]] TcdmPort& tcdm_port(bool is_receive, unsigned lane);

    const Config config_;
    ClockDomain& clock_;
    ExternalSide external_side_{clock_, [this](OpenBurst& burst, const ExternalAnswer& answer,
                                               Cycles sent) { answered(burst, answer, sent); }};
    PortRegisters port_registers_{*this};
    Engine engine_;
    std::vector<std::unique_ptr<CommandPort>> command_ports_;  // cores, cluster, fabric
    std::unique_ptr<Registers> cluster_registers_;
    std::unique_ptr<Registers> fabric_registers_;
    std::vector<std::unique_ptr<TcdmPort>> tcdm_ports_;  // those that read, then those that write
    std::vector<std::deque<Waiting>> waiting_;           // [port]
    std::array<Cause, TransferIds::kMaxIds> causes_{};   // [id], of its last command
    Cycles active_since_ = 0;
    bool was_active_ = false;

    TcdmTarget* tcdm_ = nullptr;  // behind tcdm_out
    u32 memory_mask_ = 0;         // only the address bits inside the TCDM count

    Counter commands_{*this, "commands", "commands whose words are complete"};
    Counter bursts_{*this, "bursts", "bursts on the external bus"};
    Counter bytes_in_{*this, "bytes_in", "bytes from the external side to the TCDM"};
    Counter bytes_out_{*this, "bytes_out", "bytes from the TCDM to the external side"};
    Counter stalls_{*this, "tcdm_stall", "cycles in which a TCDM port waited for its bank"};
    Counter active_{*this, "active_cycles",
                    "cycles with a command on its way, added when the last ends"};
};

}  // namespace flexv::dma
