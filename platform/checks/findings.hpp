// SPDX-License-Identifier: Apache-2.0
// Where the checks bring what they find: says it once on stderr, keeps it for the report, and ends
// a strict run.
#pragma once

#include "core/core.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/firmware/source_lines.hpp"
#include "platform/results/finding.hpp"
#include "platform/system/clocks.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace flexv::platform {

/// One who takes part, as a check knows it.
struct RawSide {
    std::string who;
    std::string does;
    std::optional<Address> pc;
    ClusterCycles cycle = 0;
    bool is_core = true;
};

class Findings {
public:
    /// `image` outlives it. \param root name of the SoC, which names of sides leave out
    Findings(const ElfImage& image, std::string root)
        : image_(image), lines_(image), root_(std::move(root)) {}

    /// The first finding behind this ends the run: it is thrown as a core::Fault.
    void make_strict() { is_strict_ = true; }

    /// The sides' program counters and `kind` tell findings apart; the same one is told once.
    /// Throws core::Fault in a strict run, unless `is_at_end`.
    void add(std::string check, const std::string& kind, std::string what,
             const std::vector<RawSide>& sides, std::string hint, bool is_at_end = false);
    /// Told elsewhere already.
    void note(std::string check, std::string what, const RawSide& side, std::string hint);

    [[nodiscard]] const std::vector<Finding>& all() const { return all_; }
    /// Findings of one check beyond kMost, which are counted only.
    [[nodiscard]] const std::map<std::string, u64>& untold() const { return untold_; }
    /// "0x10000400 (buffer+0x4)"
    [[nodiscard]] std::string name_of(Address address) const;

    static constexpr unsigned kMost = 50;  ///< of each check that are told

private:
    [[nodiscard]] FindingSide resolved(const RawSide& side) const;

    const ElfImage& image_;
    const SourceLines lines_;
    const std::string root_;
    bool is_strict_ = false;
    std::set<std::string> known_;
    std::vector<Finding> all_;
    std::map<std::string, u64> counts_;  // [check]
    std::map<std::string, u64> untold_;  // [check]
};

/// The name of a core in findings, "cluster.core3": that of the report.
[[nodiscard]] std::string short_name(const core::Core& core);

}  // namespace flexv::platform
