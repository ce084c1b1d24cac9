// SPDX-License-Identifier: Apache-2.0
// The transfer identifiers: which are allocated, which have bytes in flight, and whom to tell when
// the last command of one is done. Behaviour: spec/cluster.md 6.2 and 6.4.
#pragma once

#include "base/units.hpp"

#include <array>
#include <optional>

namespace flexv::dma {

/// Who hears of the end of an identifier's commands.
struct Notice {
    unsigned port = 0;  ///< that issued the last command
    bool raises_event = false;
    bool raises_interrupt = false;
    bool is_broadcast = false;
};

/// What happens in a cycle is seen by the accesses of later cycles only, so the order in which the
/// ports are served within a cycle does not show.
class TransferIds {
public:
    static constexpr unsigned kMaxIds = 16;  ///< width of the fields of STATUS

    explicit TransferIds(unsigned count = kMaxIds) : count_(count) {}

    /// The lowest identifier that was free before this cycle; none when all are in use.
    std::optional<unsigned> allocate(Cycles now);
    /// Frees the identifiers whose bit is set.
    void release(u32 mask, Cycles now);
    void add_command(unsigned id, const Notice& notice, Cycles now);
    /// One command is done. The notice of the last command when nothing of `id` is left; the status
    /// shows it in this very cycle.
    std::optional<Notice> finish_command(unsigned id);
    /// [15:0] bytes in flight, [31:16] allocated
    [[nodiscard]] u32 status(Cycles now) const;
    /// The same with all that has happened so far, for debuggers.
    [[nodiscard]] u32 latest_status() const { return state_.allocated << 16 | state_.active; }
    [[nodiscard]] bool is_active() const { return state_.active != 0; }

private:
    struct State {
        u32 allocated = 0;
        u32 active = 0;
    };
    struct Id {
        unsigned commands = 0;  // not done
        Notice notice = {};
    };

    [[nodiscard]] const State& seen(Cycles now) const {
        return now == changed_at_ ? before_ : state_;
    }
    State& change(Cycles now);

    unsigned count_;
    State state_ = {};
    State before_ = {};  // at the beginning of cycle changed_at_
    Cycles changed_at_ = kNever;
    std::array<Id, kMaxIds> ids_{};
};

}  // namespace flexv::dma
