// SPDX-License-Identifier: Apache-2.0
// The parts of the event unit and the wires between them, cycle by cycle: what is staged in cycle t
// is seen from t + 1 on, whoever asks first. Plain C++; the SystemC shell brings requests and time.
#pragma once

#include "base/units.hpp"
#include "event_unit/barrier.hpp"
#include "event_unit/core_unit.hpp"
#include "event_unit/dispatch_fifo.hpp"
#include "event_unit/mutex.hpp"
#include "event_unit/soc_event_fifo.hpp"

#include <functional>
#include <map>
#include <utility>
#include <vector>

namespace flexv::event_unit {

struct Config {
    unsigned core_count = 8;       ///< 1..16; also the width of every core mask
    unsigned barrier_count = 8;    ///< 1..16
    unsigned mutex_count = 1;      ///< 1..8
    unsigned dispatch_depth = 8;   ///< words
    unsigned soc_event_depth = 8;  ///< ids
    // From the last arrival, the request, the push or the trigger to the event; defaults from
    // docs/spec/cluster.md 5.3, more extrapolates registers in the way of the events.
    Cycles barrier_cycles = 2;  ///< at least 2
    Cycles mutex_cycles = 1;    ///< at least 1, as the next two
    Cycles dispatch_cycles = 1;
    Cycles software_event_cycles = 1;
};

struct Units {
    explicit Units(const Config& config);

    std::vector<CoreUnit> cores;
    std::vector<Barrier> barriers;
    std::vector<Mutex> mutexes;
    DispatchFifo dispatch;
    SocEventFifo soc_events;

    void serialize(StateArchive& archive) {
        archive(cores, barriers, mutexes, dispatch, soc_events);
    }
};

/// What another block does to the unit in a cycle of its own choice.
struct Arrival {
    enum class Kind { pulse, level_high, level_low, soc_event, acknowledge };

    Kind kind = Kind::pulse;
    u32 cores = 0;  ///< pulse and acknowledge: whose buffer
    u32 lines = 0;
    u8 soc_event = 0;

    void serialize(StateArchive& archive) { archive(kind, cores, lines, soc_event); }
};

/// Event counts since the last reset of each.
struct Activity {
    u64 events = 0;            ///< buffer bits that became 1
    u64 barrier_arrivals = 0;  ///< cores marked as arrived
    u64 software_events = 0;   ///< lines, each raised in one core
    u64 mutex_locks = 0;       ///< changes of the owner
    u64 dispatch_pops = 0;     ///< words taken
    u64 lost_soc_events = 0;   ///< ids that found the FIFO full

    void serialize(StateArchive& archive) {
        archive(events, barrier_arrivals, software_events, mutex_locks, dispatch_pops,
                lost_soc_events);
    }
};

class EventNetwork {
public:
    /// \param on_staged called whenever a clock edge will change something, with its cycle
    EventNetwork(const Config& config, std::function<void(Cycles)> on_staged);

    void reset();

    /// Brings the state to the start of cycle `now`.
    void advance(Cycles now);
    /// Makes what is staged visible at once. For masters outside of the timeline: they come between
    /// two cycles and must see their own writes.
    void settle();
    [[nodiscard]] Cycles cycle() const { return cycle_; }

    [[nodiscard]] const Config& config() const { return config_; }
    [[nodiscard]] u32 all_cores() const { return low_bits(config_.core_count); }
    /// What can be seen in this cycle.
    [[nodiscard]] const Units& units() const { return units_; }
    // Where to put what changes with this cycle. A clock edge visits only the parts that were asked
    // for, or that move by themselves.
    CoreUnit& stage_core(unsigned core);
    Barrier& stage_barrier(unsigned barrier);
    Mutex& stage_mutex(unsigned mutex);
    DispatchFifo& stage_dispatch();
    SocEventFifo& stage_soc_events();

    /// Taken up in `cycle`, or in the present one when that is over.
    void post(Cycles cycle, const Arrival& arrival);

    /// Line `event` of the cores in `targets`; 0 stands for all.
    void trigger_software_event(unsigned event, u32 targets);
    void arrive(unsigned barrier, u32 cores);

    [[nodiscard]] bool begin_wait(unsigned core, bool may_stop_clock);
    [[nodiscard]] CoreUnit::Wake poll(unsigned core) { return units_.cores[core].poll(cycle_); }
    /// Grants the sleeping read of `core` because of an event.
    void wake(unsigned core, bool clears);
    void end_wait(unsigned core) { units_.cores[core].end_wait(); }
    /// The cores that a clock edge has visited since the last call; all others are as they were.
    [[nodiscard]] u32 take_visited_cores() { return std::exchange(visited_cores_, 0); }

    [[nodiscard]] Activity& activity() { return activity_; }
    [[nodiscard]] const Activity& activity() const { return activity_; }
    void serialize(StateArchive& archive) {
        archive(units_, staged_, visited_cores_, activity_, arrivals_, levels_, cycle_, is_staged_);
    }

private:
    /// Parts that the next clock edge visits; one bit for each.
    struct Parts {
        u32 cores = 0;
        u32 barriers = 0;
        u32 mutexes = 0;
        bool dispatch = false;
        bool soc_events = false;

        void serialize(StateArchive& archive) {
            archive(cores, barriers, mutexes, dispatch, soc_events);
        }
    };

    void stage();
    void take_arrivals();
    void take(const Arrival& arrival);
    void clock_edge();
    void clock_accelerators(const Parts& parts);
    void clock_cores(u32 high);
    [[nodiscard]] u32 levels() const;
    [[nodiscard]] u32 cores_that_lack(u32 high) const;
    void raise(u32 cores, unsigned line);
    /// As `raise`, which would show from cycle `edge` on, but `more` cycles later.
    void raise_later(u32 cores, unsigned line, Cycles edge, Cycles more);

    const Config config_;
    const std::function<void(Cycles)> on_staged_;
    Units units_;
    Parts staged_;
    u32 visited_cores_ = 0;
    Activity activity_;
    std::multimap<Cycles, Arrival> arrivals_;  // in the order of their posting within a cycle
    u32 levels_ = 0;                           // lines that another block holds high
    Cycles cycle_ = 0;
    bool is_staged_ = false;
};

}  // namespace flexv::event_unit
