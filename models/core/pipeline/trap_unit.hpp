// SPDX-License-Identifier: Apache-2.0
// The trap unit: what the decoder makes of an interrupt request, and where a trap leads the hart
// (docs/spec/isa.md section 5, docs/spec/state_machines.md 1.2). It knows the line and the hart,
// not the pipeline: when to ask it, and what a trap costs, is the core's.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "core/decode/decode_cache.hpp"
#include "core/pipeline/costs.hpp"
#include "core/pipeline/interrupt_input.hpp"
#include "isa/hart.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace flexv::core {

class TrapUnit {
public:
    /// Both outlive the unit. `code` has the instructions of the hart's addresses.
    TrapUnit(isa::Hart& hart, DecodeCache& code) : hart_(hart), code_(code) {}
    void reset() {
        line_ = {};
        boot_address_ = 0;
    }
    void serialize(StateArchive& archive) { archive(line_, boot_address_); }
    /// Execution begins at `boot_address`.
    void start(Address boot_address) { boot_address_ = boot_address; }

    // Traps.

    /// The trap of the instruction at `pc`, or in front of it, goes to `slot` of the vector table:
    /// pc of the hart is there.
    void enter_vector(Address pc, u32 cause, unsigned slot);
    /// mtvec is hard-wired to the boot address, so every image has a vector "table". It counts as
    /// one when its exception slot is not the program itself, holds an instruction, and leads to
    /// more than an endless loop.
    [[nodiscard]] bool has_handler();
    /// Of the instruction at the hart's pc, for messages.
    /// \param extensions of the core \param isa_setting what chose them, as the user writes it
    [[nodiscard]] std::string describe(const isa::Trap& trap, isa::Mode mode,
                                       isa::ExtensionSet extensions, std::string_view isa_setting);

    // The interrupt line, and the register behind it.

    /// From `cycle` on the line is high or low; `id` is the one selected in the cycle before.
    void drive(Cycles cycle, bool is_high, unsigned id) { line_.drive(cycle, is_high, id); }
    /// MIE may have changed; it holds from `cycle` on.
    void follow_enable(Cycles cycle) {
        if (!hart_.mie)
            line_.disarm();
        else if (!line_.is_armed())
            line_.arm(cycle);
    }
    /// A request was seen while it was enabled, and the decoder has not decided about it.
    [[nodiscard]] bool has_request() const { return line_.is_latched(); }
    /// It concerns what would enter EX from this cycle on.
    [[nodiscard]] Cycles concerns_from() const {
        return line_.latched_at() + pipeline::kInterruptSeen;
    }
    /// What the request stands for.
    [[nodiscard]] unsigned id() const { return line_.id(); }

    struct Decision {
        bool is_taken = false;
        /// Taken: the fetch stage is sent to the vector then. Else: the instruction is not in EX
        /// before.
        Cycles cycle = 0;
    };
    /// The decoder stops the instruction in front, which is in decode from `in_decode` on, and
    /// looks at the line in the next cycle: still high, the interrupt is taken, else the
    /// instruction goes on (states IRQ_FLUSH, IRQ_TAKEN_ID). What holds EX delays none of it.
    [[nodiscard]] Decision decide(Cycles in_decode) {
        const Cycles stopped = std::max(line_.latched_at() + 1, in_decode);
        if (line_.is_high(stopped + 1))
            return {.is_taken = true, .cycle = stopped + 2};
        line_.arm(stopped + 2);
        return {.is_taken = false, .cycle = stopped + 3};
    }
    /// A p.elw is granted in cycle `now`. The decoder looks at the line, whatever it has seen of it
    /// before (state IRQ_FLUSH_ELW): high, the interrupt is taken from here.
    [[nodiscard]] bool takes_behind_event_load(Cycles now) {
        if (line_.is_high(now + 1))
            return true;
        line_.arm(now + 2);
        return false;
    }

    // Sleep of a core whose pipeline is empty from cycle `asleep` on.

    /// The line is high: it ends the sleep, if it is still high then.
    [[nodiscard]] bool wakes() const { return line_.is_high(); }
    /// In this cycle, but not before `next`.
    [[nodiscard]] Cycles wakes_at(Cycles asleep, Cycles next) const {
        return std::max({line_.rose(), asleep - pipeline::kWakeUp, next});
    }
    /// True when the line ends it in cycle `now`.
    [[nodiscard]] bool wakes_in(Cycles now, Cycles asleep) const {
        return now + pipeline::kWakeUp >= asleep && line_.is_high(now);
    }
    /// Behind that: an enabled interrupt is taken at once.
    [[nodiscard]] bool takes_behind_sleep(Cycles now) const {
        return line_.is_latched() && line_.latched_at() <= now;
    }

private:
    InterruptInput line_;
    Address boot_address_ = 0;
    isa::Hart& hart_;
    DecodeCache& code_;
};

}  // namespace flexv::core
