// SPDX-License-Identifier: Apache-2.0
// The forms of a read that waits: what each does once when it starts, what it returns, and what a
// report says while it waits (docs/spec/cluster.md 5.2, 5.3).
#pragma once

#include "event_unit/event_network.hpp"

#include <optional>
#include <string>

namespace flexv::event_unit {

/// "lines 8 (DMA event), 17 (mutex)"; many lines as one number.
[[nodiscard]] std::string describe_lines(u32 lines);

struct SleepingRead {
    enum class Kind { event, software_event, barrier, mutex, dispatch };

    Kind kind = Kind::event;
    unsigned index = 0;   ///< of the software event, barrier or mutex
    bool clears = false;  ///< the wake-up clears all masked bits of the buffer

    /// The side effect: arrive, trigger, queue for the lock, ask for a word.
    void begin(EventNetwork& network, unsigned core) const;
    /// The data of a read that is granted because of an event.
    [[nodiscard]] u32 value(const EventNetwork& network, unsigned core) const;
    /// "barrier 0 (arrived: cores 0 1 2, missing: 3)".
    [[nodiscard]] std::string describe(const EventNetwork& network, unsigned core) const;
    /// "barrier 0"; empty for what no core in particular has to bring about.
    [[nodiscard]] std::string name() const;
    /// The cores that must act before it ends, one bit for each: those that a barrier misses, the
    /// owner of a mutex.
    [[nodiscard]] u32 awaited_cores(const EventNetwork& network) const;

private:
    [[nodiscard]] std::string describe_unit(const EventNetwork& network, unsigned core) const;
    /// The one line that ends it, where there is one.
    [[nodiscard]] std::optional<unsigned> line() const;
};

}  // namespace flexv::event_unit
