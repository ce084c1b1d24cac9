// SPDX-License-Identifier: Apache-2.0
// What every block has: a place in the hierarchy, a reset, a log and counters that are found by
// name.
#pragma once

#include "base/event_count.hpp"
#include "base/log.hpp"
#include "base/units.hpp"

#include <systemc>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace flexv {

class StateArchive;

/// One event count as reports and the energy ledger see it.
struct CounterInfo {
    std::string name;
    std::string doc;               ///< what one event is, with its unit
    std::function<u64()> value;    ///< since the module was reset, or for some since the start
    u64 before_reset = 0;          ///< what a reset has set to 0
    EventCount* stored = nullptr;  ///< where a Counter keeps it

    /// Since the start of the run.
    [[nodiscard]] u64 total() const { return before_reset + value(); }
};

class Module : public sc_core::sc_module {
public:
    explicit Module(const sc_core::sc_module_name& name)
        : sc_core::sc_module(name), log_(this->name()) {}

    /// Back to the state after power-on; memories keep their contents. The timeline is reset by its
    /// owner, and so are counts where the block keeps them with its state.
    virtual void reset() {}
    /// reset() in the course of a run, whose totals go on.
    void reset_within_run();
    /// What a run changes in the block, so all that reset() brings back and more, between two acts:
    /// into a checkpoint or out of it. Counters aside, and not what lies in modules below.
    virtual void serialize(StateArchive& /*archive*/) {}
    /// serialize(), and the counters.
    void serialize_with_counters(StateArchive& archive);
    /// Makes known who of the block may wait for answers of others.
    virtual void make_known(StateArchive& /*archive*/) {}

    [[nodiscard]] const std::vector<CounterInfo>& counters() const { return counters_; }
    void add_counter(CounterInfo info) { counters_.push_back(std::move(info)); }

protected:
    Log log_;

private:
    std::vector<CounterInfo> counters_;
};

/// Counts events of its module. The module's counters live as long as the module.
class Counter {
public:
    Counter(Module& module, std::string name, std::string doc) {
        module.add_counter({.name = std::move(name),
                            .doc = std::move(doc),
                            .value = [this] { return count_; },
                            .stored = &count_});
    }
    Counter(const Counter&) = delete;
    Counter& operator=(const Counter&) = delete;

    Counter& operator++() {
        ++count_;
        return *this;
    }
    Counter& operator+=(u64 events) {
        count_ += events;
        return *this;
    }
    Counter& operator+=(Cycles cycles) { return *this += u64(cycles); }
    [[nodiscard]] u64 value() const { return count_; }

private:
    EventCount count_;
};

/// A count that follows from others, so that the fast path need not keep it.
class DerivedCounter {
public:
    /// \param value returns a number or cycles
    template <typename Value>
    DerivedCounter(Module& module, std::string name, std::string doc, Value value) {
        module.add_counter({.name = std::move(name),
                            .doc = std::move(doc),
                            .value = [value = std::move(value)] { return u64(value()); }});
    }
};

}  // namespace flexv
