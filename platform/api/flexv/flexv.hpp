// SPDX-License-Identifier: Apache-2.0
// All that an integrator includes: the Flex-V platform as a module of somebody else's SystemC
// simulation. What stands here is kept from one minor version to the next; what the installed
// folders hold beside it is not.
//
//     int sc_main(int, char* argv[]) {
//         flexv::Configuration configuration;
//         configuration.set("soc.external_out",
//             R"([{"name": "mine", "base": "0x20000000", "size_bytes": "4 KiB"}])");
//         flexv::Platform chip("chip", configuration, argv[1]);
//         MyDevice device("device");
//         chip.external_out("mine").bind(device.socket);
//         device.irq.bind(wire); chip.line_in(12).bind(wire);
//         return chip.run();
//     }
//
// Whoever elaborates more than that calls sc_start() himself, and finish() behind it.
//
// stdout belongs to the firmware: what the kernel tells of its end ("Simulation stopped by user",
// message type "/OSCI/SystemC") is not shown there, unless sc_report_handler::set_actions() was
// told what to do with it. The report handler stays that of the integrator.
//
// Mistakes of the user (configuration, firmware, names) are thrown as std::runtime_error with a
// text for a person, all before time starts. A Platform whose constructor has thrown, or that was
// destroyed before the start, leaves processes in SystemC's kernel: the program then ends, and does
// not simulate another one.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

namespace flexv {

/// The version of the headers, MAJOR * 10000 + MINOR * 100 + PATCH.
inline constexpr int kApiVersion = 100;
/// That of the library; before 1.0 both must agree in MAJOR and MINOR.
[[nodiscard]] int library_version();

/// The parameters of a platform: `flexv-vp config` describes them.
class Configuration {
public:
    /// \param name a JSON file, or a shipped configuration: flexv_cluster (also for an empty name),
    ///   pulp_cluster, pulp_open
    explicit Configuration(const std::string& name = {});

    /// As `--set KEY=VALUE`. \returns itself
    Configuration& set(const std::string& key, const std::string& value);
    /// All parameters with documentation, as commented JSON that the constructor takes.
    [[nodiscard]] std::string text() const;

private:
    friend class Platform;
    struct Contents;
    std::shared_ptr<Contents> contents_;
};

/// How a run has gone so far.
struct Result {
    std::string outcome;          ///< running, exit, fault, limit, deadlock or interrupted
    int exit_status = 0;          ///< what `flexv-vp run` returns (0..99 is the firmware's)
    std::uint32_t exit_code = 0;  ///< all bits of what the firmware returned
    std::uint64_t cycles = 0;     ///< of the cluster, since its reset
    double time_ns = 0;
    std::uint64_t instructions = 0;  ///< of all harts
    double energy_pj = 0;            ///< of the cluster
    std::string problem;             ///< what went wrong, for a person; empty for nothing
};

class Platform : public sc_core::sc_module {
public:
    /// Towards a target; may stay unbound, and is an error of the firmware that uses it then.
    using InitiatorSocket = tlm::tlm_initiator_socket<32, tlm::tlm_base_protocol_types, 1,
                                                      sc_core::SC_ZERO_OR_MORE_BOUND>;
    using TargetSocket = tlm::tlm_base_target_socket_b<>;
    using OutputPort =
        sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 0, sc_core::SC_ZERO_OR_MORE_BOUND>;

    /// \param firmware an ELF file, which is loaded and started when the simulation starts
    Platform(const sc_core::sc_module_name& name, const Configuration& configuration,
             const std::string& firmware);
    ~Platform() override;
    Platform(const Platform&) = delete;
    Platform& operator=(const Platform&) = delete;

    // Before the simulation starts:

    /// The window `name` of soc.external_out, or of soc.cluster.external_out in cluster `cluster`.
    /// Its target sees offsets; its b_transport() may wait, annotate and call the platform.
    InitiatorSocket& external_out(const std::string& name, unsigned cluster = 0);
    /// A new entrance to the bus of the SoC, by absolute addresses: L2, TCDM, registers, windows.
    /// Takes b_transport and nb_transport, debug transport, and grants DMI for reading.
    TargetSocket& external_in(const std::string& name);
    /// A wire whose rising edge raises SoC event `id` (0..255).
    sc_core::sc_in<bool>& soc_event_in(unsigned id);
    /// A wire whose rising edge is an event of line 12..15 of the event unit, for all cores of
    /// cluster `cluster`.
    sc_core::sc_in<bool>& line_in(unsigned line, unsigned cluster = 0);
    /// The reset pin, active high, at most one. Memories keep their contents, time and counts go
    /// on; the falling edge starts the firmware again from its entry.
    sc_core::sc_in<bool>& reset_in();
    /// The clock of the clusters, or of everything around them, from outside: its period, 500 ps to
    /// 1 us. A change takes effect at the next edge; the FLL of that clock only stores then. Until
    /// the first value but SC_ZERO_TIME it is as configured.
    sc_core::sc_in<sc_core::sc_time>& cluster_period_in();
    sc_core::sc_in<sc_core::sc_time>& soc_period_in();
    /// High from the end of the computation on. The kernel is stopped when everybody has seen it.
    OutputPort& end_out();
    /// High while core `core` of cluster `cluster` sleeps; looked at at the end of each quantum.
    OutputPort& sleep_out(unsigned core, unsigned cluster = 0);
    /// A pulse of one cycle at each SoC event `id`, of peripherals or of software.
    OutputPort& soc_event_out(unsigned id);

    /// A count of somebody else's component in report and energy: "accelerator", "macs".
    /// \param count events since the start; never goes back
    /// \param pj_per_event its price, 0 for a statistic; not scaled by voltage
    /// \param source where the price is from; must say something where there is one
    void add_counter(const std::string& component, const std::string& event,
                     const std::string& meaning, std::function<std::uint64_t()> count,
                     double pj_per_event = 0, const std::string& source = {});
    /// What `flexv-vp run` takes as options: {"--trace", "run.log", "--check", "all", "--gdb",
    /// "3333"}; but for those that are parameters, which Configuration has. Their files are written
    /// by run() or finish(). What is asked for later comes on top.
    void ask(const std::vector<std::string>& options);
    /// The end of this platform's run does not stop the kernel. Else sc_stop() is called when the
    /// last platform of the simulation has ended.
    void keep_simulating();

    // In its course, from any process:

    void raise_soc_event(unsigned id);
    void raise_line(unsigned line, unsigned cluster = 0);
    /// Without side effects and without time, from the start of the simulation on: before it
    /// throws. Behind sc_start(SC_ZERO_TIME) the firmware is loaded and has not done anything yet.
    /// \returns the bytes that were moved
    unsigned debug_read(std::uint32_t address, void* data, unsigned bytes);
    unsigned debug_write(std::uint32_t address, const void* data, unsigned bytes);
    [[nodiscard]] bool is_running() const;

    // Behind it:

    /// sc_start() to the end, then finish(). As in flexv-vp, the first Ctrl-C ends it in order,
    /// whatever sleeps, never answers or has ended already, and a mistake that is found now, such
    /// as a file that cannot be written, gives status 101; so does what modules of others throw,
    /// and the run that their sc_stop() ends ("interrupted"). Goes on behind their sc_pause(): who
    /// wants to act there calls sc_start() himself. Call once.
    int run();
    /// Ends a run that goes on (where nothing can happen any more, that is a deadlock), tells
    /// problem and summary on stderr, and writes what ask() has asked for. Call once. \returns the
    /// exit status of `flexv-vp run`
    int finish();
    /// At any time, so far. A run that sleeps goes on: that nobody will wake it any more is what
    /// run() and finish() conclude.
    Result result();
    /// What `--report` writes: JSON, schema flexv-report-1. Where there are several platforms in
    /// the simulation, `platform` is the name of this one.
    std::string report();
    /// What the terminal shows; of several platforms it begins with the name.
    std::string summary();

private:
    void start_of_simulation() override;

    class Implementation;
    const std::unique_ptr<Implementation> implementation_;
};

}  // namespace flexv
