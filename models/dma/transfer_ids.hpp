// SPDX-License-Identifier: Apache-2.0
// The transfer identifiers: which are allocated, which have bursts in flight, and whom to tell when
// none of one is left. Behaviour: docs/spec/cluster.md 6.2, docs/spec/state_machines.md 4.4.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <array>
#include <optional>

namespace flexv::dma {

/// Who hears of the end of an identifier's bursts.
struct Notice {
    unsigned port = 0;  ///< that issued the last command
    bool raises_event = false;
    bool raises_interrupt = false;
    bool is_broadcast = false;
    unsigned id = 0;

    void serialize(StateArchive& archive) {
        archive(port, raises_event, raises_interrupt, is_broadcast, id);
    }
};

/// Registers: what happens in a cycle is seen from the next one on, behind tick().
class TransferIds {
public:
    static constexpr unsigned kMaxIds = 16;  ///< width of the fields of STATUS

    explicit TransferIds(unsigned count = kMaxIds) : count_(count) {}

    /// The lowest identifier that is free; none when all are in use.
    [[nodiscard]] std::optional<unsigned> free_id() const;
    void allocate(unsigned id) { next_allocated_ |= 1U << id; }
    /// Frees the identifiers whose bit is set; stronger than an allocation in the same cycle.
    void release(u32 mask) { released_ |= mask; }

    /// The same for a master that cannot wait for the end of the cycle.
    void allocate_at_once(unsigned id) { allocated_ |= 1U << id; }
    void release_at_once(u32 mask) { allocated_ &= ~mask; }

    /// Commands of an identifier: all their words are there, and all their bursts are done.
    void command_accepted(unsigned id) {
        ++ids_[id].commands;
        ++commands_;
    }
    void command_done(unsigned id) {
        --ids_[id].commands;
        --commands_;
    }
    [[nodiscard]] bool is_idle() const { return commands_ == 0; }

    /// The next end of `id` is told so.
    void set_notice(unsigned id, const Notice& notice) {
        ids_[id].notice = notice;
        ids_[id].notice.id = id;
    }
    /// `bursts` bursts of `id` have come to the burst unpacker.
    void add_bursts(unsigned id, unsigned bursts);
    /// One side of a burst is done.
    void external_done(unsigned id) { --change(id).external; }
    void tcdm_done(unsigned id) { --change(id).tcdm; }
    /// The identifiers that had bursts added in this cycle.
    [[nodiscard]] u32 added() const { return added_; }

    /// Begins a cycle. \returns what is told in it: of several identifiers the highest
    std::optional<Notice> begin();
    /// Ends the cycle.
    void tick();
    /// [15:0] bursts in flight, [31:16] allocated: as the answer of a load that was granted in the
    /// cycle that tick() has ended shows it.
    [[nodiscard]] u32 status() const { return allocated_ << 16 | active_ | was_active_; }
    /// The same, where a command counts from its last word on: for those who have not to wait until
    /// it is registered.
    [[nodiscard]] u32 status_at_once() const;
    /// An end that is still to be told.
    [[nodiscard]] bool has_end() const { return (ending_ | buffered_) != 0; }
    void serialize(StateArchive& archive) {
        archive(allocated_, next_allocated_, released_, active_, was_active_, added_, changed_,
                ending_, buffered_, commands_, ids_);
    }

private:
    struct Id {
        unsigned external = 0;  // bursts that are not done on this side
        unsigned tcdm = 0;
        unsigned commands = 0;
        Notice notice = {};
        Notice told = {};  // the notice when the last burst ended

        void serialize(StateArchive& archive) { archive(external, tcdm, commands, notice, told); }
    };

    Id& change(unsigned id) {
        changed_ |= 1U << id;
        return ids_[id];
    }

    unsigned count_;
    u32 allocated_ = 0;
    u32 next_allocated_ = 0;
    u32 released_ = 0;
    u32 active_ = 0;
    u32 was_active_ = 0;  // one cycle earlier
    u32 added_ = 0;
    u32 changed_ = 0;        // identifiers whose counters changed in this cycle
    u32 ending_ = 0;         // identifiers of which the last burst has just ended
    u32 buffered_ = 0;       // ends that wait to be told
    unsigned commands_ = 0;  // of all identifiers
    std::array<Id, kMaxIds> ids_{};
};

}  // namespace flexv::dma
