// SPDX-License-Identifier: Apache-2.0
// The SoC around the cluster: L2, buses, peripherals and, where the boot style asks for one, the
// fabric controller. Its one SystemC process drives the timelines of both clock domains from
// quantum to quantum.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "base/probe.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "energy/clock_history.hpp"
#include "external_memory/external_memory.hpp"
#include "l2/l2.hpp"
#include "platform/config/configuration.hpp"
#include "platform/cosim/traffic.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/firmware/image_placement.hpp"
#include "platform/system/clocks.hpp"
#include "platform/system/cluster.hpp"
#include "platform/system/cluster_set.hpp"
#include "platform/system/core_view.hpp"
#include "platform/system/core_wiring.hpp"
#include "platform/system/fabric_controller.hpp"
#include "platform/system/interleaver.hpp"
#include "platform/system/outside.hpp"
#include "platform/system/run_control.hpp"
#include "platform/system/run_loop.hpp"
#include "platform/system/soc_peripherals.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

class Soc final : public Module, private cosim::Timekeeper {
private:
    ClusterDomain cluster_clock_;
    SocDomain clock_;  // of everything outside the cluster
    const Configuration config_;
    energy::ClockHistory cluster_clocks_{config_.clock.mhz};
    const std::unique_ptr<CoreWiring> wiring_;
    RunControl& control_;

public:
    /// \param wiring what the cores of the cluster reach beside it; a bench has something there
    /// \param control outlives it
    Soc(const sc_core::sc_module_name& name, const Configuration& config,
        std::unique_ptr<CoreWiring> wiring = std::make_unique<CoreWiring>(),
        RunControl& control = RunControl::nobody());

    /// Memories that firmware can be loaded into.
    [[nodiscard]] std::vector<MemoryRange> memories() const;
    /// Writes all segments at their physical addresses. Throws UserError. Call after elaboration.
    void load(const ElfImage& image);
    /// Lets whoever boots first start at `entry`, as soon as time runs or in the present cycle.
    void boot(Address entry);
    /// The reset pin of the chip: everything is as after power-on, but memories keep their
    /// contents, and time and counts go on. Between quanta; nothing runs until boot().
    void reset() override;
    /// The whole SoC into a checkpoint, or out of one; between two slices of the run, or before it.
    void serialize(StateArchive& archive) override;
    /// Behind that, where the checkpoint was made at another frequency: all time so far has passed
    /// at the configured one. False where cycles could have come out otherwise.
    [[nodiscard]] bool retime();
    /// Time runs on from a checkpoint that was loaded, instead of boot().
    void resume();
    /// The same for the clusters alone, as RESETN of SoC control does it. Their cores stay off
    /// until the fabric controller starts them, or cluster.start_all().
    void reset_cluster() { clusters.reset(); }
    /// Ends the run with the code of the firmware.
    void end_with(u32 code);
    /// The word at `address`; nullopt where there is no memory. No side effects.
    [[nodiscard]] std::optional<u32> peek(Address address);

    // For a debugger. No side effects on state, time or counters but what is written.

    /// Moves as many of `bytes` bytes as lie in one memory or register. \returns how many
    unsigned read(Address address, void* data, unsigned bytes);
    /// Instructions that were decoded from there are forgotten.
    unsigned write(Address address, const void* data, unsigned bytes);
    /// Behind each write() with what was written.
    Probe<void(Address address, unsigned bytes)> outside_write_probe;
    /// That of whatever answers at `address`; an act there may schedule on it.
    [[nodiscard]] Timeline& timeline_at(Address address);
    /// write_probe tells of the next write of any master to the word at `address`, and not again.
    /// False where there is no memory.
    bool watch_word(Address address);
    /// Bytes `first` to `last` have been written; some of them may belong to words that nobody
    /// watches.
    Probe<void(Address first, Address last)> write_probe;
    /// Ends the run behind the present cycle, as RunControl::must_stop() does.
    void interrupt() { loop_.interrupt(); }

    /// The cores of the clusters, then the fabric controller if there is one.
    [[nodiscard]] const std::vector<core::Core*>& cores() const { return cores_; }
    /// The decoded instructions of each cluster, then those of the fabric controller.
    [[nodiscard]] std::vector<core::DecodeCache*> codes() const;
    /// "cluster.core0": its name without the SoC around it.
    [[nodiscard]] std::string path_of(const Module& part) const {
        return std::string(part.name()).substr(std::string_view(this->name()).size() + 1);
    }
    [[nodiscard]] CoreView view_of(const core::Core& core) const;
    /// The address under which every master sees what `core` sees at `address`.
    [[nodiscard]] Address absolute(const core::Core& core, Address address) const {
        return view_of(core).absolute(address);
    }
    /// The cluster of `core`; null for the fabric controller.
    [[nodiscard]] const Cluster* cluster_of(const core::Core& core) const;
    /// The cycle of the cluster that belongs to cycle `now` of `core`.
    [[nodiscard]] ClusterCycles cluster_cycle(const core::Core& core, Cycles now) const;
    /// Cluster cycles since reset.
    [[nodiscard]] ClusterCycles now() const { return cluster_clock_.now(); }
    /// What the firmware returned, once it has ended.
    [[nodiscard]] std::optional<u32> exit_code() const { return loop_.exit_code(); }
    /// True when every core slept and nothing was pending.
    [[nodiscard]] bool is_deadlocked() const { return loop_.is_deadlocked(); }
    /// True when RunControl::must_stop() or interrupt() ended the run.
    [[nodiscard]] bool is_interrupted() const { return loop_.is_interrupted(); }
    /// First cluster cycle after the last one that was simulated; of a run that goes on, now().
    [[nodiscard]] ClusterCycles end() const { return loop_.end(); }
    /// Simulated time of end().
    [[nodiscard]] double end_ns() const;
    /// Clock of the cluster, the mean over the run where firmware has changed it.
    [[nodiscard]] double mean_mhz() const;
    /// All clocks that it has had.
    [[nodiscard]] const energy::ClockHistory& cluster_clocks() const { return cluster_clocks_; }
    using Fault = RunLoop::Fault;
    /// What the firmware did that nobody handles, if that ended the run.
    [[nodiscard]] const std::optional<Fault>& fault() const { return loop_.fault(); }
    /// The broken invariant that ended the run; empty for none.
    [[nodiscard]] const std::string& broken() const { return loop_.broken(); }

    /// Time of what is being carried out; SystemC's own time lags behind within a quantum.
    [[nodiscard]] sc_core::sc_time time() const;

    /// The FLL gives the cluster a clock that it has not had before.
    Probe<void(double mhz)> cluster_clock_probe;
    /// A quantum has passed.
    Probe<void()> quantum_probe;
    /// The SoC's cycle in which something from outside arrives.
    [[nodiscard]] SocCycles arrival_cycle() const;

    // Of others who act beside the platform's own process; their time is SystemC's.

    /// SoC event `id` is raised.
    void raise_event(u8 id);
    /// A clock has another period from its next edge on.
    void set_period(Clock clock, const sc_core::sc_time& period);
    /// A pulse on a line of the event unit of a cluster, for all its cores.
    void raise_line(unsigned line, unsigned cluster_number);
    /// How far the cluster runs ahead of others: tlm_global_quantum where somebody has set it, else
    /// simulation.quantum_cycles.
    [[nodiscard]] ClusterCycles quantum() const { return loop_.quantum(); }
    /// Asks RunControl::must_stop() now and then, while all cores sleep and others act.
    void poll_while_asleep() { loop_.poll_while_asleep(); }
    /// The kernel has nothing left to do. A platform that waits for others then ends: it is
    /// deadlocked.
    void starve() { loop_.starve(); }
    /// Others have ended the simulation: the run ends where it stands, interrupted.
    void abandon() { loop_.abandon(); }
    /// Between two acts: all accounts are those of the present time, whatever sleeps.
    void take_stock() { loop_.take_stock(); }
    /// True until the run ends.
    [[nodiscard]] bool is_running() const { return loop_.is_running(); }

    /// pause_probe tells once when everything before `cycle` has been carried out and nothing else
    /// has; whoever listens may ask for another cycle. What happens does not depend on it: harts
    /// that have run ahead of others by then stand where they would stand without it.
    void pause_at(ClusterCycles cycle) { loop_.pause_at(cycle); }
    Probe<void()> pause_probe;
    /// Somebody has asked for that, and it has not come.
    [[nodiscard]] bool will_pause() const { return loop_.will_pause(); }

    /// sample_probe tells whenever another `window` cycles have passed, with all counters up to
    /// date.
    void sample_every(ClusterCycles window) { loop_.sample_every(window); }
    Probe<void(ClusterCycles now)> sample_probe;

    cosim::Traffic traffic{*this};
    cluster_bus::ClusterBus bus;
    std::unique_ptr<FabricController> fabric_controller;  ///< null in boot style C
    l2::L2 l2;
    std::unique_ptr<external_memory::ExternalMemory> external_memory;  ///< null: there is none
    SocPeripherals peripherals;
    ClusterSet clusters;
    Cluster& cluster;  ///< the first one, which boots in style C
    Outside outside;

private:
    [[nodiscard]] std::array<ClockDomain*, 2> clocks() { return {&cluster_clock_, &clock_}; }
    void wire_buses();
    void wire_external_memory();
    void wire_fabric_controller();
    void wire_events();
    void wire_clocks();
    [[nodiscard]] std::string surroundings(Address address) const;
    void wire_ends();
    [[nodiscard]] bool follows_fll(Clock clock) const;
    void change_cluster_clock(double mhz);
    sc_core::sc_time wait_for_kernel() override;
    void catch_up(const sc_core::sc_time& time) override;
    void retune(ClockDomain& domain, double hz);
    void retune_soc(double hz);
    void retune_clusters(double hz);
    void wire_cluster_events(Cluster& source);
    void drive() { loop_.run(); }
    void tell_written(sc_dt::uint64 first, sc_dt::uint64 last);
    unsigned debug_access(tlm::tlm_command command, Address address, void* data, unsigned bytes);

    Interleaver interleaver_{cluster_clock_, clock_};
    RunLoop loop_{*this, config_.simulation, control_, cluster_clock_, clock_, interleaver_};
    std::vector<core::Core*> cores_;
    tlm_utils::simple_initiator_socket<Soc> debug_out_{"debug_out"};
    sc_core::sc_event booted_;
};

}  // namespace flexv::platform
