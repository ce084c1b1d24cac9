// SPDX-License-Identifier: Apache-2.0
#include "base/timeline.hpp"

#include "base/error.hpp"

namespace flexv {

void Timeline::add(Agent& agent, Phase phase) {
    const unsigned which = unsigned(phase);
    const unsigned place = kFirstOfPhase[which] + registered_[which]++;
    FLEXV_ASSERT(place < kFirstOfPhase[which + 1],
                 "a group has room for 48 agents that ask, 8 that arbitrate and 8 that settle");
    const unsigned index = (groups_ - 1) * kGroupAgents + place;
    agent.timeline_index_ = index;
    agents_[index] = &agent;
}

void Timeline::begin_group() {
    FLEXV_ASSERT(groups_ < kMaxGroups, "a timeline has room for four groups of agents");
    ++groups_;
    registered_ = {};
}

void Timeline::schedule_far(unsigned index, Cycles cycle) {
    FLEXV_ASSERT(index < kMaxAgents && agents_[index] != nullptr,
                 "the agent is registered with this timeline");
    FLEXV_ASSERT(cycle >= now_, "an agent does not act in the past");
    far_.emplace(cycle, index);
    far_first_ = far_.top().first;
    next_ = std::min(next_, cycle);
}

/// The first of the far events has come into the window.
void Timeline::pull_far() {
    while (far_first_ - now_ < kWindow) {
        mark(far_.top().second, far_first_);
        far_.pop();
        far_first_ = far_.empty() ? kNever : far_.top().first;
    }
}

/// next_in_ring() behind the word of busy_ that holds `from`.
Cycles Timeline::next_in_later_words(Cycles from) const {
    const unsigned start = unsigned(from % kSlots);
    for (unsigned step = 1; step <= kWords; ++step) {
        const unsigned word = (start / 64 + step) % kWords;
        u64 bits = busy_[word];
        if (step == kWords)
            bits &= ~(~u64{0} << (start % 64));
        if (bits != 0) {
            const unsigned slot = word * 64 + unsigned(std::countr_zero(bits));
            return from + Cycles{(slot + kSlots - start) % kSlots};
        }
    }
    return kNever;
}

Cycles Timeline::next_event() const {
    if (next_ != now_) [[likely]]
        return next_;
    // Others act in this very cycle: its slot is busy, cycles behind it fill the rest of the ring.
    const Cycles near = next_in_ring(now_ + 1);
    return std::min(near == now_ + kWindow ? kNever : near, far_first_);
}

void Timeline::skip_to(Cycles cycle) {
    const bool is_acting = due_[0][now_ % kSlots] != 0 || is_due_behind(0);
    if (cycle <= now_ || is_acting)  // called in the course of an act
        return;
    FLEXV_ASSERT(next_ >= cycle, "no act is passed over");
    now_ = cycle;
}

Cycles Timeline::run_until(Cycles end) {
    stop_requested_ = false;
    may_pass_ = false;
    end_ = end;
    while (next_ < end_) {
        now_ = last_act_ = next_;
        if (far_first_ - now_ < kWindow) [[unlikely]]
            pull_far();
        // The cycle behind this one is looked up before anybody acts: the processor then need not
        // wait for the outcome of an act to begin the next, which is seldom ordered by it.
        find_next();
        act();
        if (next_ == now_) [[unlikely]]  // was asked for in its own course
            find_next();
        ++now_;
    }
    end_ = 0;
    if (!stop_requested_)
        now_ = std::max(now_, end);
    return now_;
}

/// Takes now() out of the ring and finds the first cycle behind it.
inline void Timeline::find_next() {
    const unsigned slot = unsigned(now_ % kSlots);
    busy_[slot / 64] &= ~(u64{1} << (slot % 64));
    next_ = std::min(next_in_ring(now_ + 1), far_first_);
}

/// Lets those act whose cycle is now().
inline void Timeline::act() {
    if (groups_ == 1) [[likely]]
        act(0);
    else
        act_all();
}

inline void Timeline::act(unsigned group) {
    // The cycle may become another one in the course of an act, see pass_to().
    const auto due = [&]() -> u64& { return due_[group][now_ % kSlots]; };
    const unsigned first_index = group * kGroupAgents;
    acted_ = 0;
    for (u64 agents = due(); agents != 0; agents = due() & ~acted_) {
        const u64 first = agents & -agents;
        if (first != last_bit_) {  // often the one that acted last: then no look-up is waited for
            last_bit_ = first;
            last_agent_ = agents_[first_index + unsigned(std::countr_zero(agents))];
        }
        acted_ |= first;
        may_pass_ = false;
        last_agent_->act(now_);
    }
    due() = 0;
}

/// Group by group. What a group has set going in one before it acts in the same cycle all the same.
void Timeline::act_all() {
    const unsigned slot = unsigned(now_ % kSlots);
    for (unsigned group = 0; group < groups_;) {
        if (due_[group][slot] == 0) {
            ++group;
            continue;
        }
        last_group_ = group;
        last_bit_ = 0;
        act(group);
        group = 0;
    }
}

/// Whether agents of a group behind `group` are due in this cycle.
bool Timeline::is_due_behind(unsigned group) const {
    const unsigned slot = unsigned(now_ % kSlots);
    while (++group < groups_)
        if (due_[group][slot] != 0)
            return true;
    return false;
}

void Timeline::forget() {
    for (auto& slots : due_)
        slots.fill(0);
    busy_.fill(0);
    far_ = {};
    far_first_ = kNever;
    next_ = kNever;
}

void Timeline::forget_group_of(const Agent& member) {
    const unsigned group = member.timeline_index_ / kGroupAgents;
    due_[group].fill(0);
    for (unsigned slot = 0; slot < kSlots; ++slot) {
        const auto is_due = [slot](const auto& slots) { return slots[slot] != 0; };
        if (std::ranges::none_of(due_, is_due))
            busy_[slot / 64] &= ~(u64{1} << (slot % 64));
    }
    decltype(far_) kept;
    for (; !far_.empty(); far_.pop())
        if (far_.top().second / kGroupAgents != group)
            kept.push(far_.top());
    far_ = std::move(kept);
    far_first_ = far_.empty() ? kNever : far_.top().first;
    next_ = std::min(next_in_ring(now_), far_first_);
}

void Timeline::serialize(StateArchive& archive) {
    std::vector<Far> far;
    for (auto left = far_; !left.empty(); left.pop())
        far.push_back(left.top());
    archive.list(far);
    far_ = decltype(far_)(std::greater<>(), std::move(far));
    archive(due_, busy_, far_first_, now_, next_, last_act_);
}

void Timeline::reset() {
    forget();
    now_ = 0;
    outside_ = look_ = kNever;
    last_act_ = 0;
    stop_requested_ = false;
}

}  // namespace flexv
