// SPDX-License-Identifier: Apache-2.0
// What every line, function and chain of calls of the firmware has cost, as plain data; its views
// are in platform/results.
#pragma once

#include "base/units.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

/// What some instructions have cost.
struct ProfileCost {
    static constexpr unsigned kStalls = 10;  ///< causes, as core::Stall has them

    u64 instructions = 0;
    std::array<u64, kStalls> stalls{};  ///< cycles by cause
    Cycles asleep = 0;
    u64 macs = 0;
    u64 attojoules = 0;  ///< clock, execution, fetch and TCDM; not what all cores share

    [[nodiscard]] Cycles active() const;
    [[nodiscard]] Cycles cycles() const { return active() + asleep; }
    void add(const ProfileCost& other);
};

/// A line of the source within a function; file and line are empty where the image does not tell.
struct ProfilePlace {
    std::string file;
    unsigned line = 0;
    auto operator<=>(const ProfilePlace&) const = default;
};

struct ProfileLine {
    ProfilePlace place;
    ProfileCost cost;
};

/// A function as one chain of calls has reached it on one core; the calls of it make a tree.
struct ProfileNode {
    static constexpr unsigned kNone = ~0U;

    unsigned parent = kNone;  ///< index, always lower than its own
    unsigned function = 0;    ///< index into Profile::functions
    unsigned core = 0;        ///< index into Profile::cores
    ProfilePlace called_at;   ///< in the parent
    u64 calls = 0;
    bool is_handler = false;         ///< entered by an interrupt or an exception
    std::vector<ProfileLine> lines;  ///< ascending; only what the function itself has cost

    [[nodiscard]] ProfileCost own() const;
};

struct ProfileFunction {
    std::string name;
    ProfilePlace place;    ///< of its first instruction
    bool is_wait = false;  ///< no function: what a core waits for while it sleeps, "[asleep: ...]"
};

struct Profile {
    std::vector<std::string> stall_names;  ///< of ProfileCost::stalls
    std::vector<std::string> cores;        ///< "cluster.core0"
    std::vector<ProfileFunction> functions;
    std::vector<ProfileNode> nodes;  ///< of all cores

    /// [node]: what it and all that it has called have cost.
    [[nodiscard]] std::vector<ProfileCost> inclusive() const;
};

}  // namespace flexv::platform
