// SPDX-License-Identifier: Apache-2.0
// All places at which instruments look on at a core. Nothing is found out, nor computed, where
// nobody looks.
#pragma once

#include "base/cause.hpp"
#include "base/probe.hpp"
#include "base/units.hpp"
#include "core/probe/instruction_probe.hpp"

#include <string>

namespace flexv::core {

/// A region mark leaves EX at the end of cycle `now`.
struct RegionMark {
    unsigned id = 0;
    bool is_begin = false;
    Cycles now = 0;
};

/// The core waits from `from` until `to` for a grant, a line or an event, its clock on or gated.
/// Bubbles inside the pipeline are not told.
struct CoreWait {
    bool is_asleep = false;
    Cycles from = 0;
    Cycles to = 0;
};

struct CoreProbes {
    /// The first instruction enters EX in that cycle.
    Probe<void(Cycles now)> start{};
    /// Told in cycle order.
    Probe<void(const RegionMark& mark)> region{};
    /// Told in order, at the latest when the wait ends.
    Probe<void(const CoreWait& wait)> wait{};
    /// A trap enters the firmware's handler: `what` names it. Told in the core's own time.
    Probe<void(const std::string& what, Address pc)> trap{};
    /// Something that the hardware tolerates and that is a mistake of the firmware all the same: an
    /// access that an error slave has answered. Told in the core's own time.
    Probe<void(const Cause& cause, const std::string& what)> misuse{};
    /// Every instruction, in front of its row and behind it.
    InstructionProbe instruction;
};

}  // namespace flexv::core
