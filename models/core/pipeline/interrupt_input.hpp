// SPDX-License-Identifier: Apache-2.0
// The interrupt request as the core sees it: the line from outside and the register behind it that
// holds a request, once it was seen enabled, until the decoder takes or drops it
// (riscv_int_controller.sv). Plain C++: whoever drives the line may tell of a cycle that the core
// has not reached, so levels are kept with their cycles.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <algorithm>

namespace flexv::core {

class InterruptInput {
public:
    /// From `cycle` on the line is high or low; `id` is the one selected in the cycle before.
    void drive(Cycles cycle, bool is_high, unsigned id) {
        id_on_line_ = id;
        if (!is_high) {
            fell_ = std::min(fell_, cycle);
        } else if (fell_ == kNever) {
            if (!is_armed() || cycle <= latched_at() + 1)
                id_ = id;
            rose_ = std::min(rose_, cycle);  // told later, but it comes sooner
        } else if (!is_latched()) {
            rose_ = cycle;
            fell_ = kNever;
            id_ = id;
        } else {
            fell_ = kNever;  // high again before the decoder has looked
        }
    }
    /// MIE is set from `cycle` on.
    void arm(Cycles cycle) {
        armed_ = cycle;
        id_ = id_on_line_;
    }
    /// MIE is clear.
    void disarm() { armed_ = kNever; }
    [[nodiscard]] bool is_armed() const { return armed_ != kNever; }

    [[nodiscard]] bool is_high() const { return fell_ == kNever; }
    [[nodiscard]] bool is_high(Cycles cycle) const { return rose_ <= cycle && cycle < fell_; }
    /// First cycle of the present or last high level.
    [[nodiscard]] Cycles rose() const { return rose_; }
    /// A request was seen while it was enabled, and the decoder has not decided about it.
    [[nodiscard]] bool is_latched() const { return latched_at() < fell_; }
    /// The cycle in which it is seen first; the decoder looks from the next one on.
    [[nodiscard]] Cycles latched_at() const { return std::max(rose_, armed_); }
    /// What the request stands for: selected in the cycle in which it was seen.
    [[nodiscard]] unsigned id() const { return id_; }
    void serialize(StateArchive& archive) { archive(rose_, fell_, armed_, id_, id_on_line_); }

private:
    Cycles rose_ = kNever;
    Cycles fell_ = 0;
    Cycles armed_ = kNever;  // since when a request is seen; kNever while MIE is 0
    unsigned id_ = 0;
    unsigned id_on_line_ = 0;
};

}  // namespace flexv::core
