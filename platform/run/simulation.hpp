// SPDX-License-Identifier: Apache-2.0
// One run of one firmware image: the elaborated SoC, the marks of the firmware, and the result.
// SystemC elaborates once a process, so there is one that makes its SoC itself, or one for each SoC
// of somebody else's simulation.
#pragma once

#include "energy/counters.hpp"
#include "platform/checks/checks.hpp"
#include "platform/config/configuration.hpp"
#include "platform/debug/gdb_server.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/probes/call_profile.hpp"
#include "platform/probes/coverage.hpp"
#include "platform/probes/function_profile.hpp"
#include "platform/probes/instrumentation.hpp"
#include "platform/probes/power_meter.hpp"
#include "platform/probes/regions.hpp"
#include "platform/probes/timeline_trace.hpp"
#include "platform/probes/wave.hpp"
#include "platform/probes/wave_watcher.hpp"
#include "platform/results/run_result.hpp"
#include "platform/run/checkpoint.hpp"
#include "platform/run/htif.hpp"
#include "platform/run/post_mortem.hpp"
#include "platform/run/rewind.hpp"
#include "platform/run/semihosting.hpp"
#include "platform/run/uart_line.hpp"
#include "platform/system/soc.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace flexv::platform {

class Simulation {
public:
    /// Elaborates the platform and loads the image. Throws UserError.
    Simulation(const Configuration& configuration, const ElfImage& image);
    /// Beside others: `soc` is elaborated, and the kernel is somebody else's.
    Simulation(const Configuration& configuration, const ElfImage& image, Soc& soc);
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// What the hardware tolerates in silence ends the run: a trap that firmware handles, an access
    /// that an error slave answers, DMA addresses that wrap.
    void make_strict() { is_strict_ = true; }
    /// Writes every instruction to `trace`. Throws UserError. Call before run().
    void instrument(const InstrumentationOptions& options, OutputFile& trace);
    /// Looks for mistakes of the firmware; behind make_strict() where that is called. Call before
    /// run().
    void check(const CheckOptions& options);
    /// What check() has found; null: nobody asks.
    [[nodiscard]] const Checks* checks() const { return checks_.get(); }
    /// Asked now and then in the course of the run: a text that says why the run shall end here,
    /// "interrupted by signal 2"; empty to go on.
    void stop_when(std::function<std::string()> reason);
    /// Lets a debugger connect; `must_end` is asked while it holds the run. Throws UserError. Call
    /// before run().
    void debug(const GdbOptions& options, std::function<bool()> must_end);
    /// Puts somebody at the other end of the UART; `must_end` is asked while the run waits for
    /// them. Throws UserError. Call before run().
    void connect_uart(const UartOptions& options, std::function<bool()> must_end);
    /// Lets firmware ask the host for a console, files and an end; behind debug() where that is
    /// called. Throws UserError. Call before run().
    void open_semihosting(const SemihostingOptions& options);
    /// The user has ended the run from the debugger.
    [[nodiscard]] bool was_killed() const { return gdb_ && gdb_->was_killed(); }
    /// Called between quanta, for progress.
    void on_quantum(std::function<void()> callback) { soc_.on_quantum = std::move(callback); }

    /// Cuts the run into windows of so many cycles, for whoever listens to the meter. Call before
    /// run().
    PowerMeter& measure_power(Cycles window);
    /// Shows `wave` what the cores do and what they need; it outlives the run. Needs
    /// measure_power().
    void show(Wave& wave);

    /// Draws functions, sleeps, transfers and curves into `file`, whose owner commits it behind
    /// run(). Needs measure_power().
    void draw_timeline(OutputFile& file);

    /// Watches what each function costs. Call before run().
    void profile_functions();
    /// What profile_functions() has seen. Behind run().
    [[nodiscard]] Profile profile() const;

    /// Notes what is executed. Throws UserError. Call before run().
    void cover();
    /// What cover() has noted, for lcov. Behind run().
    [[nodiscard]] std::string coverage() const { return coverage_->lcov_text(); }

    /// Goes on from a checkpoint instead of booting the firmware. Throws UserError, which says what
    /// differs, where it is not of this run, and where something that was asked for has to see the
    /// run from its beginning. Behind all that was asked for, before save_at() and run().
    void restore(const std::string& path);
    /// Puts a checkpoint into `file` once everything before `cycle` has been carried out. Throws
    /// UserError where there can be none. Call before run().
    void save_at(Cycles cycle, OutputFile& file);
    /// Behind run(): whether there was such a cycle.
    [[nodiscard]] bool has_saved() const { return has_saved_; }

    /// Runs to the end. Call once.
    void run();
    // The two halves of run(), for whoever calls sc_start() himself.
    void begin();
    /// A run that still goes on ends here.
    void finish();

    /// Everything that reports and the terminal show.
    [[nodiscard]] RunResult result() const;
    /// What went wrong, one message; empty for an exit of the firmware.
    [[nodiscard]] std::string problem() const;
    /// The run is to leave the words between begin_signature and end_signature. Throws UserError
    /// when the image has no such symbols. Call before run().
    void ask_for_signature();
    [[nodiscard]] std::vector<u32> signature();

    /// Paths of the cores of all clusters, "cluster.core0".
    [[nodiscard]] std::vector<std::string> cluster_cores();
    /// The same of their DMA channels, "cluster.dma.channel0".
    [[nodiscard]] std::vector<std::string> dma_channels() const;
    [[nodiscard]] Cycles now() const { return soc_.now(); }
    /// Clocks of the cluster so far.
    [[nodiscard]] const energy::ClockHistory& clocks() const { return soc_.cluster_clocks(); }
    [[nodiscard]] u64 instructions() const;
    /// One character a core: R running, S asleep, - off.
    [[nodiscard]] std::string core_states();

private:
    Simulation(const Configuration& configuration, const ElfImage& image, std::unique_ptr<Soc> own,
               Soc* others);
    [[nodiscard]] std::string why_no_past() const;
    [[nodiscard]] Outcome outcome() const;
    [[nodiscard]] std::string what_ended() const;
    [[nodiscard]] std::string what_happened() const;
    bool must_stop();
    [[nodiscard]] std::string reason_to_stop() const;
    [[nodiscard]] std::string deadlock_text() const;
    [[nodiscard]] std::string where_cores_are() const;
    [[nodiscard]] std::string where_accesses_are() const;
    [[nodiscard]] std::string fault_text() const;
    [[nodiscard]] std::string place(u32 pc) const;
    void report_trap(const core::Core& core, const std::string& what, u32 pc);
    void report_misuse(const Cause& cause, const std::string& what);
    void watch_core(core::Core& core, unsigned hart);
    [[nodiscard]] bool is_of_cluster(const core::Core& core) const;
    [[nodiscard]] std::string path_of(const Module& module) const;
    void watch_clock();
    [[nodiscard]] u64 bank_conflicts() const;
    void run_kernel();
    void begin_htif();
    [[nodiscard]] Checkpoint description() const;
    void save(OutputFile& file);
    void serialize(StateArchive& archive);
    void refuse_late_instruments() const;
    void pass_mark(const core::Core& core, unsigned hart, unsigned id, bool is_begin, Cycles now);
    void add_harts(RunResult& result) const;
    [[nodiscard]] std::string report_so_far() const;
    [[nodiscard]] std::string regions_so_far() const;
    void tell_debugger_the_end();

    const Configuration configuration_;
    const ElfImage& image_;
    const std::unique_ptr<Soc> own_soc_;  // null: somebody else's
    Soc& soc_;
    energy::CounterSet counters_;
    const energy::OperatingPoint point_;
    const energy::Profile profile_;
    energy::PriceList prices_;  // grows with the clocks that the FLL makes
    RegionTracker regions_;
    std::unique_ptr<PowerMeter> meter_;  // null: nobody asks for power over time
    Wave* wave_ = nullptr;
    std::unique_ptr<WaveWatcher> wave_watcher_;   // null: no wave
    std::unique_ptr<TimelineTrace> timeline_;     // null: nobody asks
    std::unique_ptr<FunctionProfile> functions_;  // null: nobody asks
    std::unique_ptr<CallProfile> calls_;          // the same
    std::unique_ptr<Coverage> coverage_;          // the same
    bool is_strict_ = false;
    bool has_warned_of_clock_ = false;
    std::vector<Address> signature_addresses_;
    std::chrono::steady_clock::time_point host_start_;
    double host_seconds_ = 0;
    std::function<std::string()> why_stop_;
    std::string stop_reason_;         // why stop_when() ended the run
    std::set<u32> reported_traps_;    // pc
    std::set<u32> reported_misuses_;  // pc
    std::optional<Instrumentation> instrumentation_;
    std::unique_ptr<Checks> checks_;            // null: nobody asks
    std::unique_ptr<GdbServer> gdb_;            // null: nobody asks
    std::unique_ptr<Semihosting> semihosting_;  // null: the host is closed
    std::unique_ptr<UartLine> uart_line_;       // null: the UART has stdout and a file
    Htif htif_;
    std::unique_ptr<Rewind> rewind_ = std::make_unique<Rewind>(soc_);
    PostMortem::Starts starts_;         // of the cores
    std::optional<Restored> restored_;  // of a run that goes on from a checkpoint
    std::string host_access_ = "semihosting closed";
    bool has_saved_ = false;
    std::optional<Diagnosis> diagnosis_;  // of a run that has not ended by an exit
};

}  // namespace flexv::platform
