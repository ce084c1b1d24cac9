// SPDX-License-Identifier: Apache-2.0
// What the fetch stage has to know of the instruction in front and of those behind it: where they
// go on, and whether that asks the cache for lines. It asks the units around it, and has no state.
#pragma once

#include "core/pipeline/fetch_unit.hpp"
#include "core/pipeline/scoreboard.hpp"
#include "core/pipeline/sequencer.hpp"
#include "isa/hart.hpp"

#include <optional>

namespace flexv::core {

class Lookahead {
public:
    /// All outlive it.
    Lookahead(const isa::Hart& hart, Sequencer& sequencer, const Scoreboard& scoreboard,
              FetchUnit& fetch)
        : hart_(hart), sequencer_(sequencer), scoreboard_(scoreboard), fetch_(fetch) {}

    /// With care: brings the instruction in front, which would be in EX in cycle `now`, into
    /// decode. \returns the cycle in which decode takes it; none: a line has to come first
    [[nodiscard]] std::optional<Cycles> prepare(Cycles now);
    /// `slot` is in decode and enters EX in cycle `enters`: tells the fetch stage what follows.
    void clock_behind(const Slot& slot, Cycles enters);
    /// While the successor of `before`, which is in front, is in EX the fetch stage asks the cache
    /// for lines; then it is clocked.
    [[nodiscard]] bool goes_out_of_reach(const Slot& before);
    /// The fetch stage is sent to the instruction in front in `cycle`, over lines that may be
    /// missing. Up to then `behind` was in front, which decode takes if it has room.
    /// \returns the cycle in which decode takes the target when it hits
    Cycles redirect(Cycles cycle, Slot& behind, bool takes_behind);
    /// A loop's last instruction leaves the fetch stage while every line hits. False when the loop
    /// does not go on, or with care.
    [[nodiscard]] bool take_loop_end(const Slot& slot);

private:
    [[nodiscard]] bool flows(const Slot& slot) const;
    [[nodiscard]] bool holds_loops(Address pc);
    [[nodiscard]] bool is_within_reach(const Slot& slot, const Sequencer::Way& way,
                                       Address jump_target, Address reach);
    [[nodiscard]] Address early_target(const Slot& jump, const Slot* before) const;

    const isa::Hart& hart_;
    Sequencer& sequencer_;
    const Scoreboard& scoreboard_;
    FetchUnit& fetch_;
};

}  // namespace flexv::core
