// SPDX-License-Identifier: Apache-2.0
// Where a core's instructions come from, in time. While all lines at hand are in the private cache
// the fetch stage is an automaton of eight states that nobody has to clock; otherwise stage and
// cache go clock by clock, as the hardware does (models/core/README.md).
#pragma once

#include "base/fetch_port.hpp"
#include "base/state_archive.hpp"
#include "base/timeline.hpp"
#include "core/decode/basic_block.hpp"
#include "core/fetch/back_edge.hpp"
#include "core/fetch/fetch_stage.hpp"
#include "core/fetch/front.hpp"
#include "core/fetch/lead.hpp"

#include <algorithm>
#include <optional>

namespace flexv::core {

/// What changes in a fetch unit. A reset assigns it.
struct FetchState {
    static constexpr Address kNoLine = ~0U;

    /// An instruction that decode takes as soon as it has come.
    struct Wanted {
        Front front;
        Cycles ready = kNever;
        Cycles closes = kNever;  // decode takes nothing from here on,
        Cycles opens = kNever;   // up to here
        bool is_taken = false;
        Cycles taken = 0;

        [[nodiscard]] bool can_be_taken(Cycles cycle) const {
            return cycle >= ready && (cycle < closes || cycle >= opens);
        }
        /// No cycle in front of this one.
        [[nodiscard]] Cycles takes_from(Cycles cycle) const {
            return cycle < closes ? ready : std::max(ready, opens);
        }
        void serialize(StateArchive& archive) {
            archive(front, ready, closes, opens, is_taken, taken);
        }
    };
    struct Redirect {
        Cycles cycle = 0;
        Address target = 0;

        void serialize(StateArchive& archive) { archive(cycle, target); }
    };

    bool needs_care_ = false;
    bool is_clocked_ = false;
    bool has_current_ = false;  // prepare() has been called, take() not yet
    bool has_left_ = false;     // and it has sent the stage to its target by itself
    bool must_clock_ = false;   // the instruction in front
    Lead lead_ = Lead::behind_redirect();
    Cycles fetched_ = 0;  // the stage is known up to this cycle
    Cycles ready_ = 1;    // decode has room for the next instruction
    Address line_ = kNoLine;
    BackEdge back_edge_;  // from a loop's last instruction to its first

    // While clocked.
    FetchStage stage_;
    Cycles taken_ = 0;              // of the current instruction
    bool is_over_hits_ = false;     // the cache is left alone: it holds all that is asked for
    Address asked_ = 0;             // over hits: the word asked for last
    bool has_begun_ = false;        // begin() of fetched_ + 1 was called
    bool word_arrives_ = false;     // and that is its answer
    std::optional<Wanted> next_;    // what decode takes first
    std::optional<Wanted> behind_;  // and then
    std::optional<Wanted> shadow_;  // in front of a redirect
    std::optional<Redirect> redirect_;

    void serialize(StateArchive& archive);
};

class FetchUnit final : private FetchState, private Agent, private FetchClient {
public:
    /// The core, which the unit tells that an instruction has come.
    class Owner {
    public:
        [[nodiscard]] virtual bool waits_for_front() const = 0;
        virtual void front_has_come() = 0;

    protected:
        ~Owner() = default;
    };

    FetchUnit(Owner& owner, Timeline& timeline) : owner_(owner), timeline_(timeline) {}
    /// In a cycle the unit acts behind its core, so whoever registers the core calls this next.
    void join_timeline() { timeline_.add(*this); }
    /// Without a port instruction memory is ideal: every fetch hits.
    void bind(FetchPort& port);
    void reset();
    void serialize(StateArchive& archive) { FetchState::serialize(archive); }
    /// The core starts at `entry`, whose first instruction is in EX in cycle `now` if it hits.
    void start(Cycles now);

    /// Fetches can miss.
    [[nodiscard]] bool has_port() const { return port_ != nullptr; }
    /// prepare() has to be called for each instruction.
    [[nodiscard]] bool needs_care() const { return needs_care_; }
    /// Stage and cache go clock by clock.
    [[nodiscard]] bool is_clocked() const { return is_clocked_; }
    /// Nothing is clocked or has to be, and prepare() has not been called for the one in front.
    [[nodiscard]] bool is_unclocked() const {
        return !is_clocked_ && !has_current_ && !must_clock_;
    }
    /// prepare() has been called for the instruction in front.
    [[nodiscard]] bool has_current() const { return has_current_; }
    /// The instruction in front will not be executed.
    void give_up_current();
    /// The first cycle in decode of the instruction in front, before take().
    [[nodiscard]] Cycles decoded() const { return (has_current_ ? taken_ : ready_) + 1; }

    // Lines.

    /// True when executed code may enter `line` without care.
    [[nodiscard]] bool takes_line(Address line) {
        if (goes_to(line))
            return true;
        needs_care_ = true;
        return false;
    }
    /// Without care, behind catch_up(): the same for the lines of `block` behind its first one, all
    /// or none. An instruction that an interrupt may stop does not stay in its line.
    [[nodiscard]] bool takes_lines_behind(const BasicBlock& block, bool is_interruptible) {
        const Address last = block.line() + block.lines() * kFetchLineBytes;
        const bool cares = !filter_->has(last + kFetchLineBytes);
        if ((cares && (is_interruptible || !block.ends_within(lead_))) ||
            !filter_->take_behind(block.line(), block.lines()))
            return false;
        line_ = last;
        needs_care_ = cares;
        return true;
    }
    /// Code goes on at `target`, the fetch stage knows.
    void arrive(Address target) {
        if (port_ != nullptr && !takes_line(line_of(target)))
            line_ = kNoLine;
    }
    /// The cache may have lost lines.
    void drop_line() {
        line_ = kNoLine;
        needs_care_ = port_ != nullptr;
    }
    /// Without care, at `pc`: nothing is asked of the cache for the line at `reach`, which lies
    /// behind. The line of `pc` and the next one are held; false may mean that it is not known.
    [[nodiscard]] bool has_at_hand(Address pc, Address reach) const {
        constexpr Address kHeldAhead = 2 * kFetchLineBytes;
        return reach - line_of(pc) < kHeldAhead || port_ == nullptr || filter_->has(line_of(reach));
    }
    /// Nothing is asked of the cache for the line at `address`.
    [[nodiscard]] bool holds(Address address) { return is_settled(line_of(address)); }
    /// The stage may be sent to `target` at any time without anything being asked of the cache.
    [[nodiscard]] bool reaches(Address target) {
        return port_ == nullptr ||
               (is_settled(line_of(target)) && is_settled(line_of(target) + kFetchLineBytes));
    }
    /// The instruction in front is prepared clock by clock, and stays so until another is in front.
    void take_care() { needs_care_ = must_clock_ = true; }

    /// With care, behind catch_up(): how many instructions of `block`, whose line is held, flow
    /// through decode before anything is asked for that lies behind the line.
    [[nodiscard]] unsigned length_within_line(const BasicBlock& block) const {
        return is_unclocked() && block.line() == line_ ? block.length_within(lead_) : 0;
    }

    /// Unless it is prepared already: `slot` needs another line, which needs care.
    [[nodiscard]] [[gnu::always_inline]] bool waits_for_line(const Slot& slot) {
        if ((slot.flags & kLineStart) == 0 || needs_care_)
            return false;
        return !takes_line(last_line(slot)) || needs_care_;
    }
    /// Nothing is asked of the cache while `slot` stays in EX and its successor in decode, and that
    /// is plain to see.
    [[nodiscard]] [[gnu::always_inline]] bool has_behind(const Slot& slot) const {
        return goes_straight(*(&slot + slot.step)) && has_at_hand(slot.pc, reach_of_stage(slot));
    }

    // Decode.

    // Instructions of one cycle each that follow each other.

    /// The unclocked stage in front of the instruction in front.
    [[nodiscard]] [[gnu::always_inline]] Lead lead_in_front() const {
        Lead lead = lead_;
        lead.idle(ready_ - fetched_ - 1);
        return lead;
    }
    /// Cycles that the instruction in front stays in decode when it enters EX in cycle `now`.
    [[nodiscard]] Cycles stays(Cycles now) const { return now - ready_ - 2; }
    /// The instructions of `way` pass, the first of which stays in decode for `stays` cycles.
    [[gnu::always_inline]] static void pass(Lead& lead, const Passage& way, Cycles stays) {
        if (stays == 0) [[likely]] {
            lead.follow(way.path);
        } else {
            lead.take(way.first_pops);
            lead.idle(stays);
            lead.follow(way.behind_first);
        }
    }
    /// The stage behind a taken branch that leads to `way`.
    [[nodiscard]] static Lead lead_behind_branch(const Passage& way) {
        return way.is_split ? Lead::one_behind_redirect() : Lead::behind_redirect();
    }
    /// The bubbles in front of it.
    [[nodiscard]] static Cycles bubbles_of_branch(const Passage& way) {
        return Cycles{2U + (way.is_split ? 1U : 0U)};
    }
    /// Executed code enters the lines of `way`, which begins with the instruction in front.
    [[gnu::always_inline]] void enter_lines(const Passage& way) {
        const bool is_prepared = way.crosses && line_ == way.first_line + kFetchLineBytes;
        const bool enters_first = line_ != way.first_line && !is_prepared;
        filter_->count_entries(way.entered + (enters_first ? 1U : 0U) - (is_prepared ? 1U : 0U));
    }
    /// The same behind `before`.
    [[gnu::always_inline]] void count_lines(const Passage& before, const Passage& way) {
        filter_->count_entries(way.entered + (before.last_line != way.first_line ? 1U : 0U));
    }
    /// Behind what has passed up to `last_line`, the next instruction would enter EX in cycle
    /// `now`.
    [[gnu::always_inline]] void end(Lead lead, Address last_line, const HeldLines& lines,
                                    Cycles now) {
        lead_ = lead;
        line_ = last_line;
        needs_care_ = !lines.all;
        commit(now - 2);
    }
    /// With the stage at `lead` in front of `way`, nothing is asked of the cache. False may mean
    /// that it is not known. \param known keeps what has been found, from call to call \param stays
    /// cycles that the first instruction stays in decode \param may_wait interrupts may stop any
    /// instruction there
    [[nodiscard]] [[gnu::always_inline]] bool lets_pass(Lead lead, const Passage& way,
                                                        HeldLines& known, Cycles stays,
                                                        bool may_wait) const {
        if (known.version != *filter_version_ && !finds_lines(way, known)) [[unlikely]]
            return false;
        return known.all || (!may_wait && stays_within(lead, way, stays));
    }

    // The same with care: catch_up() before the first, commit() behind the last.

    /// The instruction in front would enter EX in `cycle` if it flowed through decode, and no clock
    /// is needed for it but maybe with care.
    [[nodiscard]] bool flows_into(Cycles cycle) const {
        return (!needs_care_ || is_unclocked()) && ready_ + 2 == cycle;
    }
    [[gnu::always_inline]] void catch_up() {
        lead_.idle(ready_ - fetched_ - 1);
        fetched_ = ready_ - 1;
    }
    [[gnu::always_inline]] void follow(Lead::Path path) { lead_.follow(path); }
    /// Decode has room for the next instruction in `cycle`.
    [[gnu::always_inline]] void commit(Cycles cycle) {
        ready_ = cycle;
        fetched_ = cycle - 1;
    }

    /// Decode takes the instruction in front.
    [[gnu::always_inline]] void take(bool pops) {
        if (needs_care_ && has_current_) [[unlikely]] {
            has_current_ = false;
            needs_care_ = is_clocked_ || !filter_->has(line_ + kFetchLineBytes);
            return;
        }
        lead_.idle(ready_ - fetched_ - 1);
        lead_.take(pops);
        fetched_ = ready_;
    }
    /// Decode has room for the next instruction from this cycle on.
    [[gnu::always_inline]] void set_ready(Cycles cycle) { ready_ = cycle; }

    /// With care: decode takes `front` as soon as it can. None: not before a line has come, then
    /// the owner is told.
    /// \param left the cycle in which its predecessor leaves EX
    [[nodiscard]] std::optional<Cycles> prepare(const Front& front, Cycles left);
    /// Behind prepare() and set_ready(), while clocked: `next` follows, which reaches no line that
    /// is not held. True when nothing is clocked from here on.
    [[nodiscard]] bool stops_clock(Address next);
    /// False when stops_clock() would be, wherever `next` lies, and change nothing.
    [[nodiscard]] bool may_stop_clock() const { return must_clock_ || can_stop_clock(); }
    /// While clocked: decode takes `front` next, behind an instruction that is in EX from cycle
    /// `entered` on. As long as that stays there decode takes nothing new. Behind `front`
    /// appears `behind`, which decode has no room for yet.
    void expect(const Front& front, const Front& behind, Cycles entered);
    /// What follows the instruction in EX had not come when that entered it.
    [[nodiscard]] bool has_left_decode_empty();

    // Jumps.

    /// True when the stage can be sent to `target` in cycle `cycle` without being clocked; then the
    /// line counts as entered. Up to then `behind` is in front.
    [[nodiscard]] [[gnu::always_inline]] bool may_leave_for(Address target, Cycles cycle,
                                                            Address behind) {
        if (port_ == nullptr)
            return true;
        if (needs_care_ && !stays_in_line(cycle, behind)) [[unlikely]]
            return false;
        return goes_to(line_of(target));
    }
    /// The same for a branch at the end of instructions of one cycle each, up to which the stage
    /// has been followed.
    [[nodiscard]] [[gnu::always_inline]] bool may_branch_to(Address target, Address behind) {
        return port_ == nullptr ||
               ((!needs_care_ || takes_behind_in_line(behind)) && goes_to(line_of(target)));
    }
    /// Behind may_leave_for(): the stage is sent to its target in cycle `cycle`.
    /// \returns the cycle in which decode takes the target
    [[gnu::always_inline]] Cycles leave(Cycles cycle, bool needs_two_words) {
        lead_ = Lead::behind_redirect();
        fetched_ = cycle;
        ready_ = std::max(ready_, cycle + Cycles{needs_two_words ? 2U : 1U});
        return ready_;
    }
    /// The same with care. Up to then `behind` is in front, which decode takes if it has room.
    /// \returns the cycle in which decode takes the target when it hits
    Cycles redirect(Cycles cycle, const Front& target, const Front& behind, bool takes_behind);

    // Back edges of hardware loops.

    /// take() of a loop's last instruction, behind which the loop goes on.
    void take_loop_end(const Front& last, const Front& start);
    /// Behind it, when the instruction has left EX in cycle `left`.
    /// \returns the cycle in which decode takes the loop's first instruction
    Cycles follow_back_edge(Cycles left);

    /// The core returns to the timeline.
    void keep_going();

private:
    void act(Cycles now) override;
    void line_comes(Cycles cycle) override;
    void lines_go() override;

    /// When decode takes any instruction at `behind`, nothing behind the line is asked for yet.
    [[nodiscard]] bool takes_behind_in_line(Address behind) const {
        Lead lead = lead_;
        lead.take(true);
        return is_unclocked() && lead.reach(behind + 4) < line_ + kFetchLineBytes;
    }
    /// Executed code enters `line`, if that is held.
    [[nodiscard]] [[gnu::always_inline]] bool goes_to(Address line) {
        if (line == line_)
            return true;
        if (!filter_->take(line))
            return false;
        enter(line);
        return true;
    }
    void enter(Address line) {
        line_ = line;
        needs_care_ = !filter_->has(line + kFetchLineBytes);
    }
    [[nodiscard]] bool is_settled(Address line) {
        return filter_->has(line) || port_->is_settled(line);
    }
    [[nodiscard]] bool finds_lines(const Passage& way, HeldLines& known) const;
    [[nodiscard]] static bool stays_within(Lead lead, const Passage& way, Cycles stays) {
        return stays == 0 ? (way.within >> lead.index() & 1) != 0
                          : rest_stays_within(lead, way, stays);
    }
    [[nodiscard]] static bool rest_stays_within(Lead lead, const Passage& way, Cycles stays);
    [[nodiscard]] bool is_settled(Address first, Address last);
    [[nodiscard]] bool stays_settled(const Front& front);
    [[nodiscard]] bool flows_settled(const Front& front);
    void enter_lines_of(const Front& front);
    [[nodiscard]] Address reach_before(Cycles cycle, const Front& front) const;
    [[nodiscard]] bool stays_in_line(Cycles cycle, Address behind) const;
    [[nodiscard]] bool redirects_settled(Cycles cycle, const Front& target, const Front& behind);
    void start_clock(Address front);
    void forget_what_follows();
    [[nodiscard]] std::optional<Wanted>& wanted() {
        if (redirect_)
            return shadow_;
        return next_ && next_->is_taken ? behind_ : next_;
    }
    [[nodiscard]] bool can_clock() const {
        return is_over_hits_ || fetched_ + 1 < port_->known_until();
    }
    void clock(Cycles last = kNever);
    void clock_cache(const FetchStage::Outputs& out);
    void resume_cache(bool has_begun);
    [[nodiscard]] bool begin(Cycles cycle) {
        return is_over_hits_ ? stage_.is_waiting() : port_->begin(cycle);
    }
    [[nodiscard]] bool can_stop_clock() const;
    void skip(Cycles last);
    [[nodiscard]] bool is_static() const;
    void count_lines(const Front& front);

    Owner& owner_;
    Timeline& timeline_;
    FetchPort* port_ = nullptr;
    u64 ignored_hits_ = 0;
    LineFilter ideal_{ignored_hits_};  // of instruction memory without a port
    LineFilter* filter_ = &ideal_;
    const u32* filter_version_ = &ideal_.version();
};

}  // namespace flexv::core
