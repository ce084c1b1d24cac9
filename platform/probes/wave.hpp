// SPDX-License-Identifier: Apache-2.0
// What `--wave` shows: of each core its state and region, of each component its power.
#pragma once

#include "platform/probes/power_meter.hpp"
#include "platform/probes/vcd.hpp"

#include <map>
#include <string>
#include <vector>

namespace flexv::platform {

/// Signals cluster.core<n>.state (off, running, stalled, asleep), .region (name) and .region_id (0
/// outside of all), and <component>.power_mw, the mean of its window; cluster.power_mw is the
/// total.
class Wave {
public:
    /// A file name with extension .fst asks for that format, see Vcd. Throws UserError.
    /// `clocks` stays valid while the wave is used.
    Wave(OutputFile& file, unsigned cores, const std::vector<std::string>& components,
         const energy::ClockHistory& clocks);

    void start(unsigned core, Cycles now);
    /// The core waits from `from` until `to`; in order for each core, and not before the end of the
    /// last window by more than the cycles that a core books late.
    void wait(unsigned core, bool is_asleep, Cycles from, Cycles to);
    /// `name` may have blanks.
    void region(unsigned core, u32 id, const std::string& name, bool is_begin, Cycles now);
    void add(const PowerWindow& window);
    /// The owner of the file commits it behind this.
    void finish(Cycles end);

private:
    struct CoreSignals {
        Vcd::Signal state = 0;
        Vcd::Signal region = 0;
        Vcd::Signal region_id = 0;
        std::vector<u32> inside;  ///< regions, the innermost last
    };

    [[nodiscard]] u64 picoseconds(Cycles cycle) const;
    void power(Vcd::Signal signal, const PowerWindow& window, u64 attojoules);

    Vcd vcd_;
    const energy::ClockHistory& clocks_;
    std::vector<CoreSignals> cores_;
    std::vector<Vcd::Signal> components_;
    Vcd::Signal total_ = 0;
    std::map<u32, std::string> region_names_;
};

}  // namespace flexv::platform
