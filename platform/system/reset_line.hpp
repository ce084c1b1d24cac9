// SPDX-License-Identifier: Apache-2.0
// The reset input of a part of the chip: takes effect in a cycle of that part's timeline, whoever
// drives it, also when it is an agent of the part itself in the midst of an act.
#pragma once

#include "base/state_archive.hpp"
#include "base/timeline.hpp"

#include <deque>
#include <functional>
#include <utility>

namespace flexv::platform {

class ResetLine final : private Agent {
public:
    /// \param reset carried out at the end of a cycle; may forget what is pending in `timeline`
    ResetLine(Timeline& timeline, std::function<void()> reset)
        : timeline_(timeline), reset_(std::move(reset)) {
        timeline_.add(*this, Phase::settle);
    }

    /// Held or let go from the end of `cycle` on, which is not past; in the order of the cycles.
    void drive(bool is_held, Cycles cycle) {
        edges_.push_back({.cycle = cycle, .is_held = is_held});
        timeline_.schedule(*this, cycle);
    }
    /// Let go, and no edge is to come.
    void clear() {
        edges_.clear();
        is_held_ = false;
    }
    /// Of the part's timeline.
    [[nodiscard]] const Agent& agent() const { return *this; }
    [[nodiscard]] bool is_held() const { return is_held_; }
    void serialize(StateArchive& archive) { archive(edges_, is_held_); }

private:
    struct Edge {
        Cycles cycle = 0;
        bool is_held = false;

        void serialize(StateArchive& archive) { archive(cycle, is_held); }
    };

    /// Resets at both edges, so what was done to the part in between is gone.
    void act(Cycles now) override {
        for (; !edges_.empty() && edges_.front().cycle <= now; edges_.pop_front())
            is_held_ = edges_.front().is_held;
        reset_();
        for (const Edge& edge : edges_)
            timeline_.schedule(*this, edge.cycle);
    }

    Timeline& timeline_;
    const std::function<void()> reset_;
    std::deque<Edge> edges_;
    bool is_held_ = false;
};

}  // namespace flexv::platform
