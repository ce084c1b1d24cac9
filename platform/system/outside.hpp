// SPDX-License-Identifier: Apache-2.0
// What of the SoC stands open to modules of others: windows to their targets, entrances for their
// initiators, wires for events both ways. Wiring, nothing else.
#pragma once

#include "base/clock_domain.hpp"
#include "base/module.hpp"
#include "base/units.hpp"
#include "energy/profile.hpp"
#include "platform/config/configuration.hpp"
#include "platform/cosim/entrance.hpp"
#include "platform/cosim/external_window.hpp"
#include "platform/cosim/lines.hpp"
#include "platform/cosim/traffic.hpp"
#include "platform/system/clocks.hpp"
#include "platform/system/plugin_device.hpp"
#include "platform/system/remote_device.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class Cluster;
class Soc;

class Outside final : public sc_core::sc_module {
public:
    using OutSocket = cosim::ExternalWindow::OutSocket;
    using InSocket = tlm_utils::simple_target_socket<cosim::Entrance>;

    /// Maps the windows of the configuration and makes the devices of plug-ins. Throws UserError,
    /// which names both, where one lies over something else.
    Outside(const sc_core::sc_module_name& name, Soc& soc, const SocDomain& clock,
            const SocConfiguration& config);

    /// True when others may act beside the platform's own process.
    [[nodiscard]] bool is_used() const;
    /// Others will act on the platform by other ways than these.
    void expect_others() { expects_others_ = true; }

    // Before time starts:

    /// The socket of the window `name`, of the SoC or of a cluster. Throws UserError.
    OutSocket& window(const std::string& name, unsigned cluster = 0);
    /// A new entrance to the SoC's bus. Throws UserError for a name that cannot be one, or that
    /// there is already.
    InSocket& add_entrance(const std::string& name);
    /// A wire whose rising edge raises SoC event `id`.
    sc_core::sc_in<bool>& add_event_input(u8 id);
    /// A wire that is line `line` of the event unit for all cores of a cluster. Throws UserError
    /// for a line that the cluster ties to 0 or drives itself.
    sc_core::sc_in<bool>& add_line_input(unsigned line, unsigned cluster = 0);
    /// The period of a clock, which its FLL has no say in any more. Throws UserError where it is
    /// asked for twice.
    sc_core::sc_in<sc_core::sc_time>& add_period_input(Clock clock);
    [[nodiscard]] bool drives(Clock clock) const { return periods_.contains(clock); }
    /// A wire that is the reset pin of the chip, active high; its falling edge boots at `entry`.
    /// Throws UserError where it is asked for twice.
    sc_core::sc_in<bool>& add_reset_input(Address entry);

    /// A count of somebody else's component, as counter `outside.<component>.<event>`. Throws
    /// UserError for a name that cannot be one, or that there is already.
    /// \param pj_per_event its price, 0 for a statistic; one needs a source
    void add_counter(const std::string& component, const std::string& event,
                     const std::string& meaning, std::function<u64()> count, double pj_per_event,
                     const std::string& source);
    /// "outside.camera.frames"
    [[nodiscard]] std::vector<std::string> own_counters() const;
    /// Those of the counters that have one.
    [[nodiscard]] const std::vector<energy::Coefficient>& prices() const { return prices_; }

    /// High from the end of the computation on.
    cosim::OutputLine end_out{"end_out"};
    /// High while the core sleeps, looked at at the end of each quantum. Throws UserError.
    cosim::OutputLine& sleep_out(unsigned core, unsigned cluster = 0);
    /// A pulse of one cycle at each SoC event `id`, of peripherals and of software.
    cosim::OutputLine& event_out(u8 id);

    /// Told at the end of each quantum.
    void look_at_cores();
    /// A line for each thing outside that keeps the platform from going on: accesses that no target
    /// has answered, a reset that is held.
    [[nodiscard]] std::vector<std::string> obstacles() const;
    /// Somebody outside cannot go on, for a reason that a person can read: the run ends.
    void fail(const std::string& reason);
    /// The device of a plug-in that a SystemC object belongs to; empty: of none.
    [[nodiscard]] std::string device_of(const std::string& object) const;
    /// Of the chip: devices of plug-ins and of other processes are told.
    void reset() const;
    /// To other processes, before time starts; `must_end` is asked while they are waited for.
    /// Throws UserError.
    void connect(const std::function<std::string()>& must_end);
    /// A pulse on a line of the event unit of a cluster. Throws UserError as add_line_input() does.
    void raise_line(unsigned line, unsigned cluster = 0);
    /// A device's interrupt rises.
    void raise(const Interrupt& interrupt);
    /// Throws UserError, which names `key`, for an interrupt that this chip has not.
    void check(const Interrupt& interrupt, const std::string& key) const;
    /// Until the end of the run.
    [[nodiscard]] bool is_running() const;

private:
    void map_windows(const SocConfiguration& config);
    cosim::ExternalWindow& add_window(const std::string& module, const std::string& key,
                                      const WindowConfiguration& window);
    void make_devices(const SocConfiguration& config);
    void make_remotes(const SocConfiguration& config);
    void make_sleep_lines();
    [[nodiscard]] cosim::Place place_of(u64 address) const;
    void forget_code(Cluster& cluster) const;
    [[nodiscard]] std::function<u64()> checked(const std::string& counter,
                                               std::function<u64()> count);
    void blame(const std::string& reason);
    void set_period(Clock clock, const sc_core::sc_time& period);
    [[nodiscard]] Cluster& checked_cluster(unsigned number) const;
    void check_line(unsigned line, unsigned cluster) const;
    void raised(u8 id, SocCycles now);

    /// A window as others ask for it.
    struct NamedWindow {
        std::string name;
        unsigned cluster = 0;  ///< 0 also on the SoC's bus
        cosim::ExternalWindow* window = nullptr;
    };

    Soc& soc_;
    const SocDomain& clock_;                                       // of the SoC
    std::vector<std::unique_ptr<cosim::ExternalWindow>> windows_;  // on the SoC's bus
    std::vector<NamedWindow> all_windows_;
    std::vector<std::pair<Address, Address>> ranges_;  // of all windows: first and last address
    std::vector<std::unique_ptr<cosim::Entrance>> entrances_;
    std::vector<std::unique_ptr<cosim::InputLine>> inputs_;
    const cosim::InputLine* reset_ = nullptr;  // of inputs_; null: nobody has it
    std::map<Clock, std::unique_ptr<cosim::InputPeriod>> periods_;
    std::map<u8, std::unique_ptr<cosim::OutputLine>> events_;              // [id]
    std::vector<std::vector<std::unique_ptr<cosim::OutputLine>>> sleeps_;  // [cluster][core]
    std::map<std::string, std::unique_ptr<Module>> others_;  // [component], with counters
    std::vector<energy::Coefficient> prices_;
    std::vector<std::unique_ptr<PluginDevice>> devices_;
    std::vector<std::unique_ptr<RemoteDevice>> remotes_;
    bool expects_others_ = false;
};

}  // namespace flexv::platform
