// SPDX-License-Identifier: Apache-2.0
#include "base/timeline.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace flexv {

void Timeline::add(Agent& agent) {
    FLEXV_ASSERT(agents_.size() < kMaxAgents, "a timeline has room for 64 agents");
    agent.timeline_index_ = unsigned(agents_.size());
    agents_.push_back(&agent);
}

void Timeline::schedule_far(unsigned index, Cycles cycle) {
    FLEXV_ASSERT(index < agents_.size(), "the agent is registered with this timeline");
    FLEXV_ASSERT(cycle >= now_, "an agent does not act in the past");
    far_.emplace(cycle, index);
}

void Timeline::pull_far() {
    while (!far_.empty() && far_.top().first - now_ < kWindow) {
        mark(far_.top().second, far_.top().first);
        far_.pop();
    }
}

Cycles Timeline::next_in_ring(Cycles from) const {
    const unsigned start = unsigned(from) % kWindow;
    for (unsigned step = 0; step <= kWords; ++step) {
        const unsigned word = (start / 64 + step) % kWords;
        u64 bits = busy_[word];
        if (step == 0)
            bits &= ~u64{0} << (start % 64);
        else if (step == kWords)
            bits &= ~(~u64{0} << (start % 64));
        if (bits != 0) {
            const unsigned slot = word * 64 + unsigned(std::countr_zero(bits));
            return from + (slot + kWindow - start) % kWindow;
        }
    }
    return kNever;
}

Cycles Timeline::next_event() const {
    // The slot of now() still carries the agents that act in this very cycle; cycles from now() + 1
    // on fill the other kWindow - 1 slots.
    const Cycles near = next_in_ring(now_ + 1);
    const Cycles far = far_.empty() ? kNever : far_.top().first;
    return std::min(near == now_ + kWindow ? kNever : near, far);
}

Cycles Timeline::next_act() const {
    const Cycles far = far_.empty() ? kNever : far_.top().first;
    return std::min(next_in_ring(now_), far);
}

void Timeline::skip_to(Cycles cycle) {
    if (cycle <= now_)
        return;
    FLEXV_ASSERT(next_act() >= cycle, "no act is passed over");
    now_ = cycle;
    pull_far();
}

bool Timeline::is_idle() const {
    return far_.empty() && std::ranges::all_of(busy_, [](u64 word) { return word == 0; });
}

Cycles Timeline::run_until(Cycles end, Cycles limit) {
    FLEXV_ASSERT(limit >= end, "agents may run ahead at least as far as the timeline runs");
    stop_requested_ = false;
    end_ = end;
    limit_ = limit;
    while (now_ < end) {
        pull_far();
        const Cycles next = next_in_ring(now_);
        if (next >= end || next == kNever) {
            // Nothing in the ring: jump to the far events, if they come before the end.
            const Cycles target = far_.empty() ? end : std::min(end, far_.top().first);
            now_ = next == kNever ? target : end;
            continue;
        }
        now_ = last_act_ = next;
        const unsigned slot = unsigned(now_) % kWindow;
        u64 acted = 0;
        for (u64 agents = due_[slot]; agents != 0; agents = due_[slot] & ~acted) {
            acted |= agents & -agents;
            agents_[unsigned(std::countr_zero(agents))]->act(now_);
        }
        due_[slot] = 0;
        busy_[slot / 64] &= ~(u64{1} << (slot % 64));
        ++now_;
        if (stop_requested_)
            break;
    }
    return now_;
}

void Timeline::reset() {
    due_.fill(0);
    busy_.fill(0);
    far_ = {};
    now_ = 0;
    limit_ = 0;
    end_ = 0;
    last_act_ = 0;
    stop_requested_ = false;
}

}  // namespace flexv
