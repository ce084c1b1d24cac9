// SPDX-License-Identifier: Apache-2.0
// The order of everything that more than one agent of a clock domain can see. Agents (cores, DMA,
// event unit, interconnects) say at which cycle they act next; the timeline lets them act in cycle
// order. Between two acts an agent is alone and runs ahead on its own. Plain C++: one SystemC
// process drives it.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <queue>
#include <string>
#include <utility>
#include <vector>

namespace flexv {

/// Something that acts at chosen cycles.
class Agent {
public:
    Agent() = default;
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    virtual ~Agent() = default;

    /// Called once for each cycle the agent was scheduled at. In turn it schedules itself and
    /// others for later cycles; for this very cycle only agents that have not acted in it yet.
    virtual void act(Cycles now) = 0;

private:
    friend class Timeline;
    unsigned timeline_index_ = ~0U;
};

/// When within a cycle an agent acts: whoever decides acts behind all who may still ask in it.
enum class Phase : u8 {
    request,    ///< asks, answers for itself, or does something of its own
    arbitrate,  ///< decides between the requests of the cycle
    settle,     ///< moves with the clock edge, once all decisions of the cycle are known
};

/// A calendar of cycles. Agents that act in the same cycle act phase by phase, those of a phase in
/// the order of their registration, which must not be visible: effects of cycle t are seen by
/// others from t + 1 on.
class Timeline {
public:
    static constexpr unsigned kGroupAgents = 64;
    static constexpr unsigned kMaxGroups = 4;
    static constexpr unsigned kMaxAgents = kGroupAgents * kMaxGroups;
    /// Cycles that an agent runs ahead at most, when nobody says otherwise.
    static constexpr Cycles kRunAhead = 32;

    /// Registers an agent; the agent must outlive the timeline's last run.
    void add(Agent& agent, Phase phase = Phase::request);
    /// Agents that are added from now on belong to a further group, as large as the first: another
    /// cluster on the same clock. In a cycle it acts behind the groups before, phase by phase.
    void begin_group();

    /// Lets `agent` act at `cycle`, which must not lie in the past. A second call for the same
    /// cycle changes nothing; several cycles may be pending for one agent.
    [[gnu::always_inline]] void schedule(const Agent& agent, Cycles cycle) {
        if (cycle - now_ < kWindow) [[likely]]
            mark(agent.timeline_index_, cycle);
        else
            schedule_far(agent.timeline_index_, cycle);
    }

    /// Acts through all cycles below `end`. Stops early after a cycle in which stop() was called.
    /// Returns the cycle reached: `end`, or the one after the last cycle that was completed.
    Cycles run_until(Cycles end);

    /// Cycles that an agent runs ahead at most, 1 or more. What happens does not depend on it; but
    /// a hart that still computes at the end of a run, or at a mark of another one, is counted up
    /// to this much too far.
    void bound_run_ahead(Cycles cycles) { run_ahead_ = cycles; }

    /// Ends run_until() after the current cycle.
    void stop() {
        stop_requested_ = true;
        end_ = 0;
    }

    // An agent that is alone for a while goes on without coming back.

    /// In the course of an act: who acts has nothing left to do in this cycle but what it does now.
    void let_time_pass() { may_pass_ = true; }
    /// It is about to do more, or calls somebody who may act.
    void keep_time() { may_pass_ = false; }
    /// In the course of such an act: makes `cycle`, which lies behind now(), the present cycle, in
    /// which `agent` acts, a member of the same group. False, and nothing has happened, when others
    /// act up to then.
    [[nodiscard]] [[gnu::always_inline]] bool pass_to(Agent& agent, Cycles cycle) {
        if (cycle >= next_ || cycle >= end_ || !may_pass_ || are_others_due())
            return false;
        due_[last_group_][now_ % kSlots] = 0;
        now_ = last_act_ = cycle;
        acted_ = last_bit_ = u64{1} << (agent.timeline_index_ % kGroupAgents);
        last_agent_ = &agent;
        return true;
    }

    /// Nothing outside of this timeline acts on it before cycle `first`. Holds until the next call.
    void expect_outside(Cycles first) { outside_ = first; }
    /// No agent runs ahead past `cycle`, in which somebody will look at what all have done.
    void look_at(Cycles cycle) { look_ = cycle; }

    /// The cycle whose acts are being carried out.
    [[nodiscard]] Cycles now() const { return now_; }
    /// The last cycle in which some agent acted.
    [[nodiscard]] Cycles last_act() const { return last_act_; }
    /// How far an agent that acts now may run ahead on its own. Depends on nothing but what is
    /// simulated, so neither do results.
    [[nodiscard]] Cycles limit() const {
        const Cycles ahead = now_ + run_ahead_;
        return ahead < look_ ? ahead : look_;
    }
    /// See look_at().
    [[nodiscard]] Cycles look() const { return look_; }
    /// Nothing outside of this timeline acts on it before this cycle.
    [[nodiscard]] Cycles outside() const { return outside_; }
    /// The first cycle, now() included, in which anything but `agent`, which is running, may act:
    /// those that are still due in this cycle, those that whoever acts now may yet set going, and
    /// what is outside.
    [[nodiscard]] Cycles next_act_beside(const Agent& agent) const {
        if (are_others_due())
            return now_;
        const bool is_its_own_act = last_agent_ == &agent;
        return std::min({outside_, next_event(), is_its_own_act ? kNever : now_ + 1});
    }
    /// The first cycle after now() at which some agent acts; kNever when nothing is pending.
    [[nodiscard]] Cycles next_event() const;
    /// Between two runs: the first cycle at which some agent acts; kNever when nothing is pending.
    [[nodiscard]] Cycles next_act() const { return next_; }
    /// Between two runs: passes over cycles in which nothing is pending. An earlier cycle than
    /// now() changes nothing.
    void skip_to(Cycles cycle);
    /// True when no agent will ever act again.
    [[nodiscard]] bool is_idle() const { return next_ == kNever; }

    /// Forgets everything pending. In the course of a cycle nobody else acts in it any more.
    void forget();
    /// The same for the group of agents that `member` belongs to.
    void forget_group_of(const Agent& member);
    /// As forget(), and starts again at cycle 0; the agents stay.
    void reset();
    /// Between two runs: what is pending, and when. Agents are known by their places, which are
    /// those of their registration.
    void serialize(StateArchive& archive);

private:
    static constexpr unsigned kSlots = 256;   // of the ring, one for each cycle
    static constexpr Cycles kWindow{kSlots};  // what it covers; further cycles wait in far_
    static constexpr unsigned kWords = kSlots / 64;
    /// The first index of each phase in a group, and the end; agents act in the order of their
    /// indices.
    static constexpr std::array<unsigned, 4> kFirstOfPhase = {0, 48, 56, kGroupAgents};

    using Far = std::pair<Cycles, unsigned>;

    [[gnu::always_inline]] void mark(unsigned index, Cycles cycle) {
        const unsigned slot = unsigned(cycle % kSlots);
        due_[index / kGroupAgents][slot] |= u64{1} << (index % kGroupAgents);
        busy_[slot / 64] |= u64{1} << (slot % 64);
        if (cycle < next_)
            next_ = cycle;
    }
    void schedule_far(unsigned index, Cycles cycle);
    void pull_far();
    void find_next();
    void act();
    void act(unsigned group);
    void act_all();
    [[nodiscard]] bool is_due_behind(unsigned group) const;
    /// In this cycle, behind the agent that acts.
    [[nodiscard]] [[gnu::always_inline]] bool are_others_due() const {
        const u64 have_acted = last_bit_ | (last_bit_ - 1);
        if ((due_[last_group_][now_ % kSlots] & ~have_acted) != 0)
            return true;
        return last_group_ + 1 != groups_ && is_due_behind(last_group_);
    }
    /// The first cycle from `from` on that the ring holds; kNever when it is empty.
    [[nodiscard]] Cycles next_in_ring(Cycles from) const {
        const unsigned start = unsigned(from % kSlots);
        const u64 bits = busy_[start / 64] >> (start % 64);
        if (bits != 0) [[likely]]
            return from + Cycles{unsigned(std::countr_zero(bits))};
        return next_in_later_words(from);
    }
    [[nodiscard]] Cycles next_in_later_words(Cycles from) const;

    std::array<Agent*, kMaxAgents> agents_{};  // [index], null where none is registered
    std::array<unsigned, 3> registered_{};     // [Phase], how many of the last group
    unsigned groups_ = 1;
    std::array<std::array<u64, kSlots>, kMaxGroups> due_{};  // [group][cycle % kSlots]: agents
    std::array<u64, kWords> busy_{};  // one bit per slot of due_ that is not empty
    std::priority_queue<Far, std::vector<Far>, std::greater<>> far_;
    Cycles far_first_ = kNever;  // of far_
    Cycles now_ = 0;
    Cycles next_ = kNever;  // first cycle from now_ on in which an agent acts
    Cycles outside_ = kNever;
    Cycles look_ = kNever;
    Cycles run_ahead_ = kRunAhead;
    Cycles end_ = 0;  // of run_until(); 0 once it has been stopped
    Cycles last_act_ = 0;
    u64 acted_ = 0;     // agents that have acted in this cycle, within their group
    u64 last_bit_ = 0;  // of the agent that acted last, within its group
    unsigned last_group_ = 0;
    Agent* last_agent_ = nullptr;
    bool may_pass_ = false;  // see let_time_pass()
    bool stop_requested_ = false;
};

}  // namespace flexv
