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
    unsigned cluster = 0;  ///< whose event unit or DMA; 0 for words and devices

    auto operator<=>(const SyncObject&) const = default;
    /// `other` is one of those that this one stands for.
    [[nodiscard]] bool means(const SyncObject& other) const {
        return kind == other.kind && cluster == other.cluster &&
               (index == kAll || index == other.index);
    }
    /// "barrier 0", "software event 3", "DMA".
    [[nodiscard]] std::string name() const;
};

/// A register of the event unit, whichever view it was reached through.
class EventUnitAccess {
public:
    /// nullopt for what is no register of an event unit; `address` is that of the chip.
    [[nodiscard]] static std::optional<EventUnitAccess> at(Address address, bool is_write);

    /// What the access has signalled by the time that it is granted. The reads that wait signal
    /// when they begin, which only the event unit knows (EventUnit::sleeping_read_probe).
    [[nodiscard]] std::optional<SyncObject> signals() const;
    /// Whose signals it has got with `data`.
    [[nodiscard]] std::vector<SyncObject> takes(u32 data) const;
    /// It waits: what for, for people; `data` is what it got, or nothing when it waits still.
    [[nodiscard]] std::string waits_for(std::optional<u32> data) const;

private:
    EventUnitAccess(u32 offset, bool is_write, unsigned cluster)
        : offset_(offset), is_write_(is_write), cluster_(cluster) {}

    [[nodiscard]] SyncObject object(SyncObject::Kind kind, unsigned index = 0) const {
        return {.kind = kind, .index = index, .cluster = cluster_};
    }
    [[nodiscard]] bool is_in(u32 first, u32 bytes) const { return offset_ - first < bytes; }

    u32 offset_;  // in the view of a core
    bool is_write_;
    unsigned cluster_;
};

/// What a read of the event unit of `cluster` signals when it begins; nullopt for one that only
/// waits.
[[nodiscard]] std::optional<SyncObject> object_of(const event_unit::SleepingRead& read,
                                                  unsigned cluster);

/// What the lines of `mask` stand for in `cluster`.
[[nodiscard]] std::vector<SyncObject> objects_of_lines(u32 mask, unsigned cluster);

}  // namespace flexv::platform
