// SPDX-License-Identifier: Apache-2.0
// One hardware mutex: a queue of one bit per core, the lowest-numbered waiter is next, and each
// unlock leaves a word for the next owner.
#pragma once

#include "base/units.hpp"
#include "event_unit/event_lines.hpp"

#include <bit>
#include <optional>

namespace flexv::event_unit {

class Mutex {
public:
    [[nodiscard]] u32 message() const { return message_.now; }
    /// The core that was given the lock last and has not unlocked it; anybody may unlock.
    [[nodiscard]] std::optional<unsigned> owner() const { return owner_; }
    [[nodiscard]] u32 waiting() const { return waiting_; }

    void request(unsigned core) { waiting_ |= bit(core); }
    void unlock(u32 message) {
        message_.next = message;
        is_unlocking_ = true;
    }

    /// Ends the cycle; returns the core whose line 17 pulsed in it because it got the lock.
    std::optional<unsigned> clock_edge() {
        message_.clock_edge();
        if (is_unlocking_)
            owner_.reset();
        is_unlocking_ = false;
        if (owner_ || waiting_ == 0)
            return std::nullopt;
        owner_ = unsigned(std::countr_zero(waiting_));
        waiting_ &= waiting_ - 1;
        return owner_;
    }
    void serialize(StateArchive& archive) { archive(message_, waiting_, owner_, is_unlocking_); }

private:
    Latched message_;
    u32 waiting_ = 0;
    std::optional<unsigned> owner_;
    bool is_unlocking_ = false;
};

}  // namespace flexv::event_unit
