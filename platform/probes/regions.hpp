// SPDX-License-Identifier: Apache-2.0
// Measurement regions that firmware marks with hint instructions: which stretch of time belongs to
// which region, and what was counted in it. Plain C++, fed by the cores' marks.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "energy/clock_history.hpp"
#include "energy/counters.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flexv::platform {

using RegionNames = std::map<u32, std::string>;

/// Reads the ELF section `.flexv.regions`: entries of a 32-bit little-endian id and a
/// NUL-terminated name, padded to 4 bytes. Zero words between entries are padding of the linker.
/// Throws UserError.
[[nodiscard]] RegionNames parse_region_names(std::span<const std::byte> section);

struct Region {
    u32 id = 0;
    std::string name;  ///< as the firmware calls it; "region N" when it does not
    u64 visits = 0;
    Cycles cycles = 0;
    energy::Counts counts;  ///< what was counted in all visits
    /// The part of it while no region that was begun later was open: these never overlap, so all
    /// regions' own parts and the rest make up the run.
    Cycles own_cycles = 0;
    energy::Counts own_counts;
    /// `cycles` and `own_cycles` by clock; empty in a run whose clock has not changed.
    energy::Elapsed elapsed = {};
    energy::Elapsed own_elapsed = {};
};

/// Follows the marks of all harts. A visit lasts from the first hart's begin to the end after which
/// no hart is inside. Harts run ahead of each other, so marks may arrive out of the order of their
/// cycles.
class RegionTracker {
public:
    using Read = std::function<energy::Counts()>;
    using ElapsedBetween = std::function<energy::Elapsed(Cycles from, Cycles to)>;

    /// \param read the counters of the platform as they are now
    /// \param elapsed_between how many cycles passed at which clock; without it there is only one
    RegionTracker(RegionNames names, Read read, ElapsedBetween elapsed_between = {})
        : names_(std::move(names)),
          read_(std::move(read)),
          elapsed_between_(std::move(elapsed_between)) {}

    void begin(unsigned hart, u32 id, Cycles cycle);
    void end(unsigned hart, u32 id, Cycles cycle);
    /// The run is over at `cycle`: what is still open ends here, with a warning.
    void finish(Cycles cycle);

    /// What the firmware calls the region; "region N" when it does not.
    [[nodiscard]] std::string name_of(u32 id) const;
    /// All regions that were entered, by id.
    [[nodiscard]] std::vector<Region> regions() const;
    /// Marks that do not fit together, one line for each hart and region.
    [[nodiscard]] std::vector<std::string> warnings() const;
    void serialize(StateArchive& archive);

private:
    struct Visit {
        Region region;
        std::set<unsigned> inside;  // harts
        Cycles from = 0;
        Cycles to = 0;
        energy::Counts at_start;
        energy::Counts at_end;

        void serialize(StateArchive& archive);
    };

    Visit& visit(u32 id);
    void open(Visit& visit, Cycles cycle);
    void close(Visit& visit);
    void hand_over(const energy::Counts& now, Cycles cycle);
    [[nodiscard]] energy::Elapsed between(Cycles from, Cycles to) const {
        return elapsed_between_ ? elapsed_between_(from, to) : energy::Elapsed{};
    }
    void complain(unsigned hart, u32 id, std::string_view what);

    RegionNames names_;
    const Read read_;
    const ElapsedBetween elapsed_between_;
    std::map<u32, Visit> visits_;
    std::vector<u32> open_;  // ids in the order of their begin: the last one owns what is counted
    energy::Counts handed_over_;  // counters when it became the last one
    Cycles handed_over_at_ = 0;
    std::map<std::string, u64> mistakes_;  // text: how often
};

}  // namespace flexv::platform
