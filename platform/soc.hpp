// SPDX-License-Identifier: Apache-2.0
// The SoC around the cluster: L2, buses, control registers and the places where firmware prints.
// Its one SystemC process drives the timeline from quantum to quantum.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "cluster_bus/cluster_bus.hpp"
#include "l2/l2.hpp"
#include "platform/cluster.hpp"
#include "platform/configuration.hpp"
#include "platform/elf.hpp"
#include "soc_control/soc_control.hpp"
#include "virtual_stdout/virtual_stdout.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class Soc final : public Module {
private:
    ClockDomain clock_;
    const Configuration config_;

public:
    Soc(const sc_core::sc_module_name& name, const Configuration& config);

    /// Memories that firmware can be loaded into.
    [[nodiscard]] std::vector<MemoryRange> memories() const;
    /// Writes all segments at their physical addresses. Throws UserError. Call after elaboration.
    void load(const ElfImage& image);
    /// Lets all cores start together at `entry` as soon as time runs.
    void boot(Address entry);
    /// The word at `address`; nullopt where there is no memory. No side effects.
    [[nodiscard]] std::optional<u32> peek(Address address);

    [[nodiscard]] const ClockDomain& clock() const { return clock_; }
    [[nodiscard]] const Timeline& timeline() const { return clock_.timeline; }
    /// What the firmware returned, once it has ended.
    [[nodiscard]] std::optional<u32> exit_code() const { return exit_code_; }
    /// True when every core slept and nothing was pending.
    [[nodiscard]] bool is_deadlocked() const { return is_deadlocked_; }
    /// First cycle after the last one that was simulated.
    [[nodiscard]] Cycles end() const { return end_; }
    struct Fault {
        std::string core;  ///< hierarchical name; empty for a fault outside the cores
        std::optional<u32> pc;
        std::string what;
    };
    /// What the firmware did that nobody handles, if that ended the run.
    [[nodiscard]] const std::optional<Fault>& fault() const { return fault_; }
    /// The broken invariant that ended the run; empty for none.
    [[nodiscard]] const std::string& broken() const { return broken_; }
    /// Prints unfinished lines of the firmware.
    void flush_output();

    /// Called between quanta.
    std::function<void()> on_quantum;

    cluster_bus::ClusterBus bus;
    l2::L2 l2;
    soc_control::SocControl control;
    virtual_stdout::VirtualStdout terminal;
    virtual_stdout::VirtualStdout mock_uart;
    Cluster cluster;

private:
    void wire();
    void drive();
    void run_quanta();
    void end_with(u32 code);
    void finish(Cycles end);
    unsigned debug_access(tlm::tlm_command command, Address address, void* data, unsigned bytes);

    tlm_utils::simple_initiator_socket<Soc> debug_out_{"debug_out"};
    sc_core::sc_event booted_;
    std::optional<u32> exit_code_;
    bool is_deadlocked_ = false;
    Cycles end_ = 0;
    std::optional<Fault> fault_;
    std::string broken_;
};

}  // namespace flexv::platform
