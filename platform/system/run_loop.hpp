// SPDX-License-Identifier: Apache-2.0
// How a run passes: quantum by quantum where the platform is alone, and beside others as the
// kernel's time and their accesses allow, up to whatever ends it. It is what the process of the Soc
// does, and what the run has come to.
#pragma once

#include "platform/config/configuration.hpp"
#include "platform/system/clocks.hpp"
#include "platform/system/interleaver.hpp"
#include "platform/system/run_control.hpp"

#include <optional>
#include <string>

namespace flexv::platform {

class Soc;

class RunLoop {
public:
    /// All of these outlive it.
    RunLoop(Soc& soc, const SimulationConfiguration& config, RunControl& control,
            const ClusterDomain& clock, const SocDomain& soc_clock, Interleaver& interleaver);

    /// The body of the process. Exceptions neither pass through the kernel nor leave its stack.
    void run();

    // What Soc says of them.

    struct Fault {
        std::string core;  ///< hierarchical name; empty for a fault outside the cores
        std::optional<u32> pc;
        std::string what;
    };
    [[nodiscard]] const std::optional<u32>& exit_code() const { return exit_code_; }
    [[nodiscard]] bool is_deadlocked() const { return is_deadlocked_; }
    [[nodiscard]] bool is_interrupted() const { return is_interrupted_; }
    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }
    [[nodiscard]] const std::string& broken() const { return broken_; }
    [[nodiscard]] bool is_running() const { return !end_; }
    [[nodiscard]] ClusterCycles end() const { return end_.value_or(now()); }
    [[nodiscard]] ClusterCycles quantum() const;
    [[nodiscard]] bool will_pause() const { return pause_at_ != kNeverInCluster; }

    void end_with(u32 code);
    void interrupt();
    void poll_while_asleep() { polls_while_asleep_ = true; }
    void starve();
    void abandon();
    void take_stock();
    void pause_at(ClusterCycles cycle);
    void sample_every(ClusterCycles window) { window_ = next_sample_ = window; }
    /// Time goes on from a checkpoint.
    void resume();
    /// All accounts are those of cycle `end`, and everything that runs ahead stands there.
    void settle(ClusterCycles end);

private:
    [[nodiscard]] ClusterCycles now() const { return clock_.now(); }
    void run_quanta();
    void run_beside_others();
    void let_others_see();
    void run_due(ClusterCycles limit);
    void wait_for_others(ClusterCycles limit);
    void wait_asleep(u64 deadline);
    [[nodiscard]] bool has_ended();
    [[nodiscard]] ClusterCycles cycle_limit() const;
    void run_until(ClusterCycles end);
    void follow();
    void pause_if_due();
    void settle_part(ClusterCycles cycle);
    void sample(ClusterCycles cycle);
    void finish(ClusterCycles end);

    Soc& soc_;
    const SimulationConfiguration& config_;
    RunControl& control_;
    const ClusterDomain& clock_;
    const SocDomain& soc_clock_;
    Interleaver& interleaver_;
    std::optional<u32> exit_code_;
    bool is_deadlocked_ = false;
    bool is_interrupted_ = false;
    bool polls_while_asleep_ = false;
    ClusterCycles window_ = 0;
    ClusterCycles next_sample_ = kNeverInCluster;
    ClusterCycles settled_ = 0;  // what happened before it is in the accounts
    ClusterCycles pause_at_ = kNeverInCluster;
    std::optional<ClusterCycles> end_;
    std::optional<Fault> fault_;
    std::string broken_;
};

}  // namespace flexv::platform
