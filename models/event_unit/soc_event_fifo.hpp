// SPDX-License-Identifier: Apache-2.0
// Ids of SoC events on their way to whichever core reads them; not empty means line 27 of all
// cores.
#pragma once

#include "base/units.hpp"
#include "event_unit/event_lines.hpp"

#include <deque>
#include <vector>

namespace flexv::event_unit {

class SocEventFifo {
public:
    explicit SocEventFifo(unsigned depth) : depth_(depth) {}

    [[nodiscard]] bool is_empty() const { return ids_.empty(); }
    /// As the register shows it: bit 31 valid, [7:0] the oldest id.
    [[nodiscard]] u32 front() const { return ids_.empty() ? 0 : bit(31) | ids_.front(); }

    void push(u8 id) { arriving_.push_back(id); }
    void pop() { is_popping_ = true; }

    /// Ends the cycle; returns how many ids found no room and are lost.
    unsigned clock_edge() {
        if (is_popping_ && !ids_.empty())
            ids_.pop_front();
        is_popping_ = false;
        unsigned lost = 0;
        for (const u8 id : arriving_) {
            if (ids_.size() < depth_)
                ids_.push_back(id);
            else
                ++lost;
        }
        arriving_.clear();
        return lost;
    }
    void serialize(StateArchive& archive) {
        archive(ids_, is_popping_);
        archive.list(arriving_);
    }

private:
    unsigned depth_;
    std::deque<u8> ids_;
    std::vector<u8> arriving_;
    bool is_popping_ = false;
};

}  // namespace flexv::event_unit
