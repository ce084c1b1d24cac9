// SPDX-License-Identifier: Apache-2.0
// Instructions that follow each other and take one cycle each: what a core executes at once. All
// that does not depend on the core is found when the block is made, so one look charges all of it.
// A load or store may be the first one: such a block is what executes when the access is granted.
#pragma once

#include "core/decode/slot.hpp"
#include "core/fetch/lead.hpp"
#include "core/translation/doorstep.hpp"
#include "core/translation/translator.hpp"
#include "isa/chain.hpp"

#include <array>
#include <memory>
#include <vector>

namespace flexv::core {

/// next_pc of a branch before it executes: it tells that it is taken by writing next_pc, also when
/// it jumps to its successor. No address is odd.
inline constexpr u32 kNotTaken = 1;

/// What instructions that flow through decode one behind the other do to the fetch stage.
struct Passage {
    Lead::Path path;          ///< of all
    Lead::Path behind_first;  ///< of all but the first
    bool first_pops = false;  ///< see Lead::take()
    bool is_split = false;    ///< the first lies in two words
    bool crosses = false;     ///< and in two lines
    u8 length = 0;            ///< cycles in EX
    u8 entered = 0;           ///< lines that they enter behind first_line
    u8 reached = 0;           ///< lines from first_line on that the stage may ask for
    u8 within = 0;            ///< bit for each Lead in front: asks for nothing behind last_line
    u8 rest_within = 0;       ///< the same behind the first instruction
    Address first_line = 0;   ///< in which the first begins; has been entered behind an access
    Address last_line = 0;    ///< which the last enters
    Address second_pc = 0;    ///< of what follows the first
};
/// Which lines of a passage a core has found in its cache.
struct HeldLines {
    u32 version = 0;   ///< of the LineFilter; all that are entered
    bool all = false;  ///< and all that the stage may ask for
};

/// Instructions behind each other in the code, of which none but the first has a flag other than
/// kLineStart; a branch may be the last one. Made once, and forgotten with its instructions.
class BasicBlock {
public:
    static constexpr unsigned kMaxLength = 32;
    /// Halfwords from the first instruction to the last that it depends on: those of the block, the
    /// access behind it, and what follows that.
    static constexpr unsigned kReach = 2 * (kMaxLength + 2);

    /// What a core keeps of a block.
    struct alignas(32) Use {
        u64 runs = 0;     ///< times that it was executed and not read yet
        HeldLines lines;  ///< of passage()
        HeldLines entry;  ///< of entry()
    };

    /// Begins at `first`, which begins_block(), and has `most` instructions at most.
    /// \param harts that execute it
    /// \param translator for when it is hot; outlives the block, null for one that stays cold
    BasicBlock(Slot& first, unsigned most, unsigned harts,
               translation::Translator* translator = nullptr);

    /// Executes it, in the course of which a branch looks at pc.
    void execute(isa::Hart& hart) const { entrance_->chain(hart, entrance_); }
    /// The same for those who are past the doorstep.
    void execute_steps(isa::Hart& hart) const { steps_.front().chain(hart, steps_.data()); }
    /// It is hot.
    void translate();
    [[nodiscard]] bool is_translated() const { return translation_ != nullptr; }
    /// How many instructions are before the one with these operands, which execute() has reached.
    [[nodiscard]] unsigned instructions_before(const isa::Operands& operands) const;

    [[nodiscard]] unsigned length() const { return length_; }
    /// The first instruction is a load or store, which is granted.
    [[nodiscard]] bool begins_with_access() const { return begins_with_access_; }
    /// The instruction behind that needs what it loads, and waits for a cycle.
    [[nodiscard]] bool stalls_behind_access() const { return stalls_behind_access_; }
    /// The load or store behind the block, when nothing but the lines of the passage has to be
    /// looked at before it enters EX; else null.
    [[nodiscard]] Slot* access_behind() const { return access_behind_; }
    /// What executes from one access to the next: the block but for an access in front, and with
    /// the one behind. Empty when the block is not worth it.
    [[nodiscard]] const Passage& passage() const { return passage_; }
    /// Of the access in front alone, empty when it may not stay in EX without a further look.
    [[nodiscard]] const Passage& entry() const { return entry_; }
    /// What a jump to the block begins with.
    [[nodiscard]] const Passage& way_in() const { return begins_with_access_ ? entry_ : passage_; }
    /// Of plain instructions: what they take, one each.
    [[nodiscard]] Cycles cycles() const { return Cycles{length_}; }
    [[nodiscard]] Slot& first() const { return *first_; }
    [[nodiscard]] Slot& last() const { return *last_; }
    [[nodiscard]] Address last_pc() const { return last_pc_; }
    /// What lies behind the last instruction.
    [[nodiscard]] Slot& end() const { return *end_; }
    /// Something behind it was not decoded when the block was made: another one may be longer.
    [[nodiscard]] bool is_open() const { return awaited_ != nullptr; }
    /// That has been decoded.
    [[nodiscard]] bool may_grow() const { return is_open() && (awaited_->flags & kUndecoded) == 0; }
    /// Where a branch at its end leads to, when that lies in its page; else null.
    [[nodiscard]] Slot* target() const { return target_; }
    /// What it does to the fetch stage.
    [[nodiscard]] Lead::Path path() const { return path_; }

    // Cache lines.
    /// Its first instruction needs one that the instruction in front of it did not.
    [[nodiscard]] bool begins_line() const { return begins_line_; }
    /// The line of the first instruction's last byte.
    [[nodiscard]] Address line() const { return line_; }
    /// Lines that it enters behind that, one behind the other.
    [[nodiscard]] unsigned lines() const { return lines_; }
    /// Its instructions up to the next line.
    [[nodiscard]] unsigned length_in_line() const { return length_in_line_; }
    /// How many of these flow through decode one behind the other before the stage, which is at
    /// `lead`, asks for anything behind the line.
    [[nodiscard]] unsigned length_within(Lead lead) const { return length_within_[lead.index()]; }
    /// The stage, at `lead` in front of the block, asks for nothing behind its last line before
    /// decode has taken all of it.
    [[nodiscard]] bool ends_within(Lead lead) const {
        return (ends_within_ >> lead.index() & 1) != 0;
    }

    /// Its first `length` instructions, fewer than all. Lives as long as the block.
    [[nodiscard]] BasicBlock& prefix(unsigned length) {
        BasicBlock* const known = prefixes_.empty() ? nullptr : prefixes_[length - 1].get();
        return known != nullptr ? *known : make_prefix(length);
    }
    [[nodiscard]] Use& use(unsigned hart) { return uses_[hart]; }

private:
    void append(Slot& slot);
    void look_behind();
    void look_at_access();
    void look_ahead(unsigned state);
    void set_entrance();
    BasicBlock& make_prefix(unsigned length);

    const isa::Step* entrance_ = nullptr;  // the doorstep or the first of steps_
    std::vector<isa::Step> steps_;
    std::vector<Use> uses_;  // [hart]
    Passage passage_;
    Passage entry_;
    Slot* end_;
    Slot* last_ = nullptr;
    Lead::Path path_;
    Address line_;
    Address last_pc_ = 0;
    u8 length_ = 0;
    u8 lines_ = 0;
    u8 length_in_line_ = 0;
    u8 ends_within_ = 0;  // one bit for each Lead::index()
    bool begins_line_;
    bool begins_with_access_;
    bool stalls_behind_access_ = false;
    Slot* access_behind_ = nullptr;
    const Slot* awaited_ = nullptr;
    Slot* target_ = nullptr;
    std::array<u8, Lead::kStates> length_within_{};  // [Lead::index()]
    Slot* first_;
    translation::Doorstep doorstep_;
    translation::Translator* translator_;
    std::unique_ptr<translation::Translation> translation_;  // null when there is none
    std::vector<std::unique_ptr<BasicBlock>> prefixes_;  // [length - 1], null where nobody asked
};

}  // namespace flexv::core
