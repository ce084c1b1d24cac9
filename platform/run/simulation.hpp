// SPDX-License-Identifier: Apache-2.0
// One run of one firmware image: the elaborated SoC, the marks of the firmware, and the result.
// SystemC elaborates once per process, so there is one that makes its SoC itself, or one for each
// SoC of somebody else's simulation.
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
#include "platform/probes/regions.hpp"
#include "platform/results/run_result.hpp"
#include "platform/run/checkpoint.hpp"
#include "platform/run/ending.hpp"
#include "platform/run/htif.hpp"
#include "platform/run/post_mortem.hpp"
#include "platform/run/power_views.hpp"
#include "platform/run/rewind.hpp"
#include "platform/run/run_request.hpp"
#include "platform/run/semihosting.hpp"
#include "platform/run/signature.hpp"
#include "platform/run/uart_line.hpp"
#include "platform/run/warnings.hpp"
#include "platform/system/soc.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class Simulation final : public RunControl {
public:
    /// Elaborates the platform, loads the image, and sets up what `request` wants. Throws
    /// UserError, also where one wish excludes another one: a restored run cannot be seen from its
    /// beginning.
    Simulation(const Configuration& configuration, const ElfImage& image, RunRequest request = {});
    /// Beside others: `soc` is elaborated, the kernel is somebody else's, and so is the control of
    /// `soc`, who passes on what he is asked.
    Simulation(const Configuration& configuration, const ElfImage& image, Soc& soc,
               RunRequest request = {});
    ~Simulation();
    Simulation(const Simulation&) = delete;
    Simulation& operator=(const Simulation&) = delete;

    /// A quantum of time has passed, for progress.
    [[nodiscard]] Probe<void()>& quantum_probe() { return soc_.quantum_probe; }

    // What the Soc asks.
    bool must_stop() override;
    [[nodiscard]] bool has_input() const override { return uart_line_ != nullptr; }
    bool take_input(bool is_asleep) override;
    bool revive() override;
    void report_misuse(const Cause& cause, const std::string& what) override;

    /// Runs to the end. Call once.
    void run();
    // The two halves of run(), for whoever calls sc_start() himself.
    void begin();
    /// A run that still goes on ends here.
    void finish();

    /// Everything that reports and the terminal show.
    [[nodiscard]] RunResult result() const;
    /// The same without what is counted, watched and priced, which takes longer than a short run.
    [[nodiscard]] RunResult ending() const;
    /// What went wrong, one message; empty for an exit of the firmware.
    [[nodiscard]] std::string problem() const;
    /// What the checks have found; null: nobody asks.
    [[nodiscard]] const Checks* checks() const { return checks_.get(); }
    /// The user has ended the run from the debugger.
    [[nodiscard]] bool was_killed() const { return gdb_ && gdb_->was_killed(); }
    /// Whether the cycle of the checkpoint has come.
    [[nodiscard]] bool has_saved() const { return has_saved_; }
    /// What each function has cost, where that is wanted.
    [[nodiscard]] Profile profile() const;
    /// What was executed, for lcov, where that is wanted.
    [[nodiscard]] std::string coverage() const { return coverage_->lcov_text(); }
    /// The words between begin_signature and end_signature, where they are wanted.
    [[nodiscard]] std::vector<u32> signature() const { return signature_->words(); }

    [[nodiscard]] ClusterCycles now() const { return soc_.now(); }
    [[nodiscard]] u64 instructions() const;
    /// One character a core: R running, S asleep, - off.
    [[nodiscard]] std::string core_states();

private:
    Simulation(const Configuration& configuration, const ElfImage& image, Soc* others,
               RunRequest&& request);
    void set_up();
    void set_up_instruments();
    void profile_functions();
    void cover();
    void open_host();
    void serve_debugger();
    void connect_uart();
    void open_semihosting();
    void restore(const std::string& path);
    void save_at(ClusterCycles cycle, OutputFile& file);
    [[nodiscard]] std::string why_no_past() const;
    [[nodiscard]] std::string interruption() const;
    [[nodiscard]] std::string reason_to_stop() const;
    void observe_core(core::Core& core, unsigned hart);
    void observe_clock();
    void run_kernel();
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
    const RunRequest request_;
    const std::unique_ptr<Soc> own_soc_;  // null: somebody else's
    Soc& soc_;
    energy::CounterSet counters_;
    const energy::OperatingPoint point_;
    const energy::Profile profile_;
    energy::PriceList prices_;  // grows with the clocks that the FLL makes
    RegionTracker regions_;
    std::unique_ptr<PowerViews> views_;           // null: nobody asks for anything over time
    std::unique_ptr<FunctionProfile> functions_;  // null: nobody asks
    std::unique_ptr<CallProfile> calls_;          // the same
    std::unique_ptr<Coverage> coverage_;          // the same
    std::optional<Signature> signature_;          // where it is wanted
    std::chrono::steady_clock::time_point host_start_;
    double host_seconds_ = 0;
    std::string stop_reason_;  // why the user or others ended the run
    Ending ending_;
    Warnings warnings_;
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
