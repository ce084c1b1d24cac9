// SPDX-License-Identifier: Apache-2.0
// Instructions that follow each other and take one cycle each: what a core executes at once. All
// that does not depend on the core is found when the block is made, so one look charges all of it.
#pragma once

#include "core/decode/slot.hpp"
#include "core/fetch/lead.hpp"
#include "isa/chain.hpp"

#include <array>
#include <memory>
#include <vector>

namespace flexv::core {

/// next_pc of a branch before it executes: it tells that it is taken by writing next_pc, also when
/// it jumps to its successor. No address is odd.
inline constexpr u32 kNotTaken = 1;

/// Instructions behind each other in the code, of which none but the first has a flag other than
/// kLineStart; a branch may be the last one. Made once, and forgotten with its instructions.
class BasicBlock {
public:
    static constexpr unsigned kMaxLength = 32;

    /// Begins at `first`, which is plain, and has `most` instructions at most.
    /// \param harts that execute it
    BasicBlock(Slot& first, unsigned most, unsigned harts);

    /// Executes it, in the course of which a branch looks at pc.
    void execute(isa::Hart& hart) const { steps_[0].chain(hart, steps_.data()); }
    /// How many instructions are before the one with these operands, which execute() has reached.
    [[nodiscard]] unsigned instructions_before(const isa::Operands& operands) const;

    [[nodiscard]] unsigned length() const { return length_; }
    /// That it takes: one each.
    [[nodiscard]] Cycles cycles() const { return Cycles{length_}; }
    [[nodiscard]] Slot& first() const { return *first_; }
    [[nodiscard]] Slot& last() const { return *last_; }
    [[nodiscard]] Address last_pc() const { return last_pc_; }
    /// What lies behind the last instruction.
    [[nodiscard]] Slot& end() const { return *end_; }
    /// The end was not decoded when the block was made: another one may be longer.
    [[nodiscard]] bool is_open() const { return is_open_; }
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
    /// [hart], times that it was executed and not read yet.
    [[nodiscard]] u64& runs(unsigned hart) { return runs_[hart]; }

private:
    void append(Slot& slot);
    void look_ahead(unsigned state);
    BasicBlock& make_prefix(unsigned length);

    std::vector<isa::Step> steps_;
    std::vector<u64> runs_;
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
    bool is_open_ = false;
    Slot* target_ = nullptr;
    std::array<u8, Lead::kStates> length_within_{};  // [Lead::index()]
    Slot* first_;
    std::vector<std::unique_ptr<BasicBlock>> prefixes_;  // [length - 1], null where nobody asked
};

}  // namespace flexv::core
