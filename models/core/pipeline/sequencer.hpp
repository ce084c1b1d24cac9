// SPDX-License-Identifier: Apache-2.0
// The sequencer: which decoded instruction is in front, and what follows it, by address or by a
// hardware loop. Knows nothing of time.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "core/decode/decode_cache.hpp"
#include "core/fetch/front.hpp"
#include "core/pipeline/scoreboard.hpp"
#include "isa/hart.hpp"

#include <array>
#include <span>

namespace flexv::core {

class Sequencer {
public:
    /// Where instructions follow each other from, hardware loops included, before they execute.
    struct Way {
        Address pc = 0;
        std::array<u32, 2> counts{};  ///< [loop], iterations left
    };

    /// All outlive the sequencer. `code` has the instructions of the hart's addresses.
    Sequencer(isa::Hart& hart, DecodeCache& code, const Scoreboard& scoreboard)
        : hart_(hart), code_(code), scoreboard_(scoreboard) {}
    void reset();

    // The instruction in front: the one at the hart's pc, whose owner keeps that.

    [[nodiscard]] Slot& front() const { return *front_; }
    /// Its neighbour by address.
    [[nodiscard]] Slot& behind_front() const { return *(front_ + front_->step); }
    [[gnu::always_inline]] void set_front(Slot& slot) { front_ = &slot; }
    /// Goes on behind `slot`, which is in front, by address.
    [[gnu::always_inline]] void advance(const Slot& slot) { front_ += slot.step; }
    /// The instruction at `target`, decoded or not, comes to the front.
    [[gnu::always_inline]] void go_to(Address target) {
        if ((target & ~kPageMask) != page_base_) [[unlikely]]
            enter_page(target & ~kPageMask);
        front_ = page_ + (target & kPageMask) / 2;
    }
    /// Words mean something else from now on (CSR 0x010): nothing is known any more of where
    /// instructions lie.
    void forget_page() { page_base_ = kNoPage; }
    /// The same, by `slot`, which is in front and no CSR instruction. Unless it jumps, the end of
    /// the page stands behind it: there the core looks up what follows.
    void change_mode_behind(const Slot& slot);

    [[nodiscard]] isa::Mode mode() const {
        return hart_.simd_legacy ? isa::Mode::legacy : isa::Mode::status;
    }
    /// The instruction at `pc`, decoded if there is memory.
    [[nodiscard]] Slot& decoded(Address pc);

    // What follows. Loop 0 has priority (docs/spec/isa.md section 8).

    [[nodiscard]] Way way() const {
        return {.pc = hart_.pc, .counts = {hart_.loops[0].count, hart_.loops[1].count}};
    }
    /// The way on behind `slot`, which lies at way.pc; jumps are not followed.
    [[nodiscard]] Way behind(const Slot& slot, const Way& way) const;
    /// The loop that goes on behind `slot`, which lies at way.pc; null for none.
    [[nodiscard]] const isa::HardwareLoop* ending_loop(const Slot& slot, const Way& way) const {
        return (slot.flags & kLoopEnd) != 0 ? loop_that_ends_at(way) : nullptr;
    }
    /// As the fetch unit has to know it.
    [[nodiscard]] Front fetched(const Slot& slot, const Way& way) const;
    /// The loop to continue behind the instruction in front, its counter taken down; null to go on.
    const isa::HardwareLoop* count_loop();
    /// The code has been told where the hart's loops end.
    void mark_loop_ends();

    // Code that changes.

    /// The slots of what lies in [first, last] are used again. What has left decode stays what it
    /// is, though others may execute the new code already.
    /// \param is_in_ex the instruction in front has left decode
    /// \returns for the instruction before, which the hazards look at, its copy; null when it stays
    const Slot* keep(Address first, Address last, bool is_in_ex);
    /// With further pointers to instructions of this core.
    void serialize(StateArchive& archive, std::span<const Slot** const> others);

private:
    static constexpr Address kNoPage = 1;  // no page begins at an odd address
    static constexpr Address kPageMask = DecodeCache::kPageBytes - 1;

    /// Where a pointer to a slot points to.
    struct Place {
        enum class Where : u8 { nowhere, in_cache, in_ex, previous };
        Where where = Where::nowhere;
        DecodeCache::Place cached{};
        u32 index = 0;  // in_ex: of Kept

        void serialize(StateArchive& archive) { archive(where, cached, index); }
    };
    /// Copies of what is in the pipeline while its code has changed.
    struct Kept {
        std::array<Slot, 3> in_ex;  // and two sentinels, behind which the core looks its way up
        Slot previous;
    };

    void enter_page(Address base);
    [[nodiscard]] const isa::HardwareLoop* loop_that_ends_at(const Way& way) const;
    [[nodiscard]] bool is_too_short(const isa::HardwareLoop& loop) const;
    [[nodiscard]] Place place_of(const Slot* slot) const;
    [[nodiscard]] Slot* slot_at(const Place& place);

    Slot* front_ = nullptr;
    Slot* page_ = nullptr;  // slots of page_base_
    Address page_base_ = kNoPage;
    isa::Hart& hart_;
    DecodeCache& code_;
    const Scoreboard& scoreboard_;
    Kept kept_;
};

}  // namespace flexv::core
