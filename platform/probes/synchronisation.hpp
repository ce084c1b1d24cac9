// SPDX-License-Identifier: Apache-2.0
// What an access of a core to the event unit says about the order of things: whom it signals, and
// whose signals it takes. Plain logic; offsets are those of docs/spec/cluster.md 5.
#pragma once

#include "base/units.hpp"
#include "event_unit/sleeping_read.hpp"

#include <compare>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

/// Something that one core signals and another one waits for.
struct SyncObject {
    enum class Kind : u8 {
        software_event,
        dma,  ///< the end of transfers
        barrier,
        mutex,
        dispatch,
        word,    ///< of memory, by test-and-set; index: its address
        device,  ///< registers and lines of all else; index: address of the block
    };

    static constexpr unsigned kAll = ~0U;  ///< any barrier or mutex: they share a line

    Kind kind = Kind::device;
    unsigned index = 0;

    auto operator<=>(const SyncObject&) const = default;
    /// "barrier 0", "software event 3", "DMA".
    [[nodiscard]] std::string name() const;
};

/// A register of the event unit, whichever view it was reached through.
class EventUnitAccess {
public:
    /// nullopt for an address that is no register of the event unit.
    [[nodiscard]] static std::optional<EventUnitAccess> at(Address address, bool is_write);

    /// What the access has signalled by the time that it is granted. The reads that wait signal
    /// when they begin, which only the event unit knows (EventUnit::on_sleeping_read).
    [[nodiscard]] std::optional<SyncObject> signals() const;
    /// Whose signals it has got with `data`.
    [[nodiscard]] std::vector<SyncObject> takes(u32 data) const;
    /// It waits: what for, for people; `data` is what it got, or nothing when it waits still.
    [[nodiscard]] std::string waits_for(std::optional<u32> data) const;

private:
    EventUnitAccess(u32 offset, bool is_global, bool is_write);

    [[nodiscard]] bool is_in(u32 first, u32 bytes) const { return offset_ - first < bytes; }

    u32 offset_;  // in the view of a core
    bool is_write_;
};

/// What a read signals when it begins; nullopt for one that only waits.
[[nodiscard]] std::optional<SyncObject> object_of(const event_unit::SleepingRead& read);

/// What the lines of `mask` stand for.
[[nodiscard]] std::vector<SyncObject> objects_of_lines(u32 mask);

}  // namespace flexv::platform
