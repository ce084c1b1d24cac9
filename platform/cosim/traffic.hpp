// SPDX-License-Identifier: Apache-2.0
// What passes between the platform's one process and those of others: accesses that are outside,
// answers that have come, and word that something outside has acted on the platform.
#pragma once

#include "platform/cosim/transaction.hpp"

#include <deque>
#include <string>
#include <systemc>

namespace flexv::platform::cosim {

/// Whose time others meet: the platform's.
class Timekeeper {
public:
    Timekeeper() = default;
    Timekeeper(const Timekeeper&) = delete;
    Timekeeper& operator=(const Timekeeper&) = delete;

    /// An access leaves: nothing behind the present cycle is carried out before the kernel's time
    /// has reached it. \returns the time of that cycle, which the kernel may have passed by a tick
    virtual sc_core::sc_time wait_for_kernel() = 0;
    /// Somebody outside is about to act at `time`: the timelines come to stand there, or where they
    /// have run ahead to.
    virtual void catch_up(const sc_core::sc_time& time) = 0;

protected:
    ~Timekeeper() = default;
};

class Traffic {
public:
    /// `timekeeper` outlives it.
    explicit Traffic(Timekeeper& timekeeper) : timekeeper_(timekeeper) {}
    Traffic(const Traffic&) = delete;
    Traffic& operator=(const Traffic&) = delete;

    /// An access leaves in the present cycle, whose time this is.
    sc_core::sc_time leave();
    /// `transaction` has its answer; releases its payload once it has been told.
    void come_back(Transaction& transaction);
    /// Somebody outside acts at `time`; call disturbed() behind it.
    void arrive(const sc_core::sc_time& time) const { timekeeper_.catch_up(time); }
    void disturbed() { changed_.notify(sc_core::SC_ZERO_TIME); }

    /// Somebody outside cannot go on: the run ends for this reason, the first one that there is.
    void fail(const std::string& reason);
    /// Empty: everybody can.
    [[nodiscard]] const std::string& failure() const { return failure_; }

    /// Gives answers that have come to those who wait for them; between two cycles.
    void deliver();
    /// Accesses that have not been answered.
    [[nodiscard]] unsigned outside() const { return outside_; }
    /// An answer has come, or somebody has acted on the platform.
    [[nodiscard]] const sc_core::sc_event& changed() const { return changed_; }

private:
    Timekeeper& timekeeper_;
    unsigned outside_ = 0;
    std::string failure_;
    std::deque<Transaction*> answered_;
    sc_core::sc_event changed_;
};

}  // namespace flexv::platform::cosim
