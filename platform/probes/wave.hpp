// SPDX-License-Identifier: Apache-2.0
// What `--wave` shows: of each core where it is, its state, its region and its event lines, of each
// DMA channel what it moves, of each component its power.
#pragma once

#include "platform/probes/power_meter.hpp"
#include "platform/probes/vcd.hpp"

#include <map>
#include <string>
#include <vector>

namespace flexv::platform {

/// Signals cluster.core<n>.state (off, running, stalled, asleep), .region (name), .region_id (0
/// outside of all), .pc, .function and .event_lines (EVT_BUFFER), cluster.dma.channel<n> ("-" or
/// "in_64_bytes"), cluster.tcdm.conflicts of a window, and <component>.power_mw, the mean of its
/// window; cluster.power_mw is the total. Of components of others outside.<component>.power_mw and
/// .<event>, how often in the window.
class Wave {
public:
    /// A file name with extension .fst asks for that format, see Vcd. Throws UserError.
    /// \param cores their paths, "cluster.core0", in the order of the numbers that follow
    /// \param channels the same of DMA channels, "cluster.dma.channel0"
    /// `clocks` stays valid while the wave is used.
    Wave(OutputFile& file, const std::vector<std::string>& cores,
         const std::vector<std::string>& channels, const std::vector<std::string>& components,
         const energy::ClockHistory& clocks, OthersColumns others = {});

    void start(unsigned core, Cycles now);
    /// The core waits from `from` until `to`; in order for each core, and not before the end of the
    /// last window by more than the cycles that a core books late.
    void wait(unsigned core, bool is_asleep, Cycles from, Cycles to);
    /// `name` may have blanks.
    void region(unsigned core, u32 id, const std::string& name, bool is_begin, Cycles now);
    /// The instruction at `pc` is in EX; of one that waited for long, when that was written
    /// already.
    void at(unsigned core, Address pc, Cycles now);
    /// The core is in this function from `now` on; empty for code without a symbol.
    void function(unsigned core, const std::string& name, Cycles now);
    void lines(unsigned core, u32 lines, Cycles now);
    /// Empty: the channel has nothing to do.
    void channel(unsigned index, const std::string& what, Cycles now);
    void add(const PowerWindow& window);
    /// Lost arbitrations in this window.
    void conflicts(const PowerWindow& window, u64 count);
    /// The owner of the file commits it behind this.
    void finish(Cycles end);

private:
    struct CoreSignals {
        Vcd::Signal state = 0;
        Vcd::Signal region = 0;
        Vcd::Signal region_id = 0;
        Vcd::Signal pc = 0;
        Vcd::Signal function = 0;
        Vcd::Signal lines = 0;
        std::vector<u32> inside;  ///< regions, the innermost last
    };

    /// What is written already cannot be changed.
    [[nodiscard]] Cycles not_written(Cycles cycle) const;
    void declare_others();
    void power(Vcd::Signal signal, const PowerWindow& window, u64 attojoules);

    Vcd vcd_;
    std::vector<CoreSignals> cores_;
    std::vector<Vcd::Signal> components_;
    const OthersColumns others_;
    std::vector<Vcd::Signal> prices_of_others_;
    std::vector<Vcd::Signal> counters_of_others_;
    std::vector<Vcd::Signal> channels_;
    Vcd::Signal total_ = 0;
    Vcd::Signal conflicts_ = 0;
    Cycles written_ = 0;  // before this cycle
    std::map<u32, std::string> region_names_;
};

}  // namespace flexv::platform
