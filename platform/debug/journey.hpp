// SPDX-License-Identifier: Apache-2.0
// What a copy of the program is sent into the past for, as one message.
#pragma once

#include "base/state_archive.hpp"
#include "platform/debug/stub.hpp"
#include "platform/system/clocks.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

/// A core in front of an instruction, or busy with it.
struct Place {
    unsigned thread = 0;   ///< from 1 on; 0: none
    u64 instructions = 0;  ///< that it has retired

    bool operator==(const Place&) const = default;
    void serialize(StateArchive& archive) { archive(thread, instructions); }
};

/// A stop that a debugger would have been told of.
struct PastStop {
    Place place{};
    Stop::Reason reason = Stop::Reason::signal;
    Address address = 0;  ///< of a watchpoint

    void serialize(StateArchive& archive) { archive(place, reason, address); }
};

struct Journey {
    enum class Kind : u8 {
        here,   ///< stop where the copy was made
        place,  ///< run to `place` and stop there
        search  ///< run to `place` and tell of the last stop before it
    };
    Kind kind = Kind::here;
    Place place{};
    ClusterCycles end = kNeverInCluster;  ///< of a search: not beyond this cycle
    PastStop stop{};                      ///< to be told at the place
    bool is_reset = false;                ///< sent by a command, which is answered at the place
    GdbStub::Session session{};
    std::vector<DebugPoint> points{};  ///< where the debugger wants to stop
    std::vector<int> copies{};         ///< processes that still wait in the past

    void serialize(StateArchive& archive) {
        archive(kind, place, end, stop, is_reset, session);
        archive.list(points);
        archive.list(copies);
    }
};

[[nodiscard]] std::string message_of(const Journey& journey);
[[nodiscard]] Journey journey_of(std::string_view message);
[[nodiscard]] std::string message_of(const std::optional<PastStop>& found);
[[nodiscard]] std::optional<PastStop> past_stop_of(std::string_view message);

}  // namespace flexv::platform
