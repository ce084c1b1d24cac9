// SPDX-License-Identifier: Apache-2.0
#include "core/decode/basic_block.hpp"

#include "base/error.hpp"
#include "isa/decoder.hpp"

#include <algorithm>

namespace flexv::core {

namespace {

/// From `first` on, with the stage at `lead` in front of it, nothing is asked for that lies behind
/// `line`.
bool stays_within(Address line, const Slot* first, const Slot* end, Lead lead) {
    for (const Slot* slot = first; slot != end; slot += slot->step) {
        lead.take(pops_word(*slot));
        if (lead.reach(slot->pc + slot->op.size) >= line + kFetchLineBytes)
            return false;
    }
    return true;
}

/// The same for states of `lead`, a bit each. Behind a branch decode may take one instruction more.
u8 states_within(Address line, const Slot* first, const Slot* end, bool is_branch) {
    u8 states = 0;
    for (unsigned state = 0; state < Lead::kStates; ++state) {
        Lead lead = Lead::at(state);
        bool stays = stays_within(line, first, end, lead);
        for (const Slot* slot = first; slot != end; slot += slot->step)
            lead.take(pops_word(*slot));
        lead.take(true);
        stays = stays && (!is_branch || lead.reach(end->pc + 4) < line + kFetchLineBytes);
        states |= u8(stays ? 1U << state : 0U);
    }
    return states;
}

/// From `first` on, before `end`.
/// \param line the one that `first` begins in
/// \param access the last one, which may stay in EX; null: there is none
Passage passage_of(const Slot* first, const Slot* end, Address line, const Slot* access) {
    Passage way{.path = {},
                .behind_first = {},
                .first_pops = pops_word(*first),
                .is_split = (first->pc & 2) != 0 && first->op.size == 4,
                .crosses = last_line(*first) != line_of(first->pc),
                .first_line = line,
                .second_pc = first->pc + first->op.size};
    bool is_branch = false;
    for (const Slot* slot = first; slot != end; slot += slot->step) {
        const bool pops = pops_word(*slot);
        way.path.append(pops);
        if (slot != first)
            way.behind_first.append(pops);
        ++way.length;
        if ((slot->flags & kLineStart) != 0 && last_line(*slot) != line) {
            line = last_line(*slot);
            ++way.entered;
        }
        is_branch = (slot->flags & kBranch) != 0;
    }
    way.last_line = line;
    Address reach = line + kFetchLineBytes;
    if (access != nullptr)
        reach = std::max(reach, line_of(reach_of_stage(*access)));
    way.reached = u8((reach - way.first_line) / kFetchLineBytes + 1);
    if (access == nullptr) {
        way.within = states_within(line, first, end, is_branch);
        way.rest_within = states_within(line, first + first->step, end, is_branch);
    }
    return way;
}

}  // namespace

BasicBlock::BasicBlock(Slot& first, unsigned most, unsigned harts,
                       translation::Translator* translator)
    : uses_(harts),
      end_(&first),
      line_(last_line(first)),
      begins_line_((first.flags & kLineStart) != 0),
      begins_with_access_(!is_plain(first.flags)),
      first_(&first),
      translator_(translator) {
    const unsigned longest = std::min(most, kMaxLength);
    bool goes_on = true;
    if (begins_with_access_)
        append(first);
    while (goes_on && length_ < longest && is_plain(end_->flags)) {
        goes_on = (end_->flags & kBranch) == 0;
        append(*end_);
    }
    FLEXV_ASSERT(length_ != 0, "a block begins with an instruction of one");
    steps_.push_back({.chain = isa::end_chain, .op = {}});
    if (lines_ == 0)
        length_in_line_ = length_;
    for (unsigned state = 0; state < Lead::kStates; ++state)
        look_ahead(state);
    const Address target = last_pc_ + u32(last_->op.imm);
    constexpr Address kPageMask = 4095;
    if (!goes_on && ((target ^ last_pc_) & ~kPageMask) == 0)
        target_ = last_ + last_->op.imm / 2;
    if (goes_on && length_ < longest)
        look_behind();
    if (begins_with_access_)
        look_at_access();
    // The access in front has entered its lines before.
    const Slot* const begin = begins_with_access_ ? first_->step + first_ : first_;
    const Slot* const end = access_behind_ != nullptr ? end_ + end_->step : end_;
    if (begin != end)
        passage_ = passage_of(begin, end, begins_with_access_ ? line_ : line_of(begin->pc),
                              access_behind_);
    set_entrance();
}

/// At what ends the block although it could go on.
void BasicBlock::look_behind() {
    if ((end_->flags & kUndecoded) != 0) {
        awaited_ = end_;
        return;
    }
    const Slot* const next = end_ + end_->step;
    if (!is_access(*end_))
        return;
    if ((next->flags & kUndecoded) != 0)
        awaited_ = next;
    else if (goes_straight(*next))
        access_behind_ = end_;
}

void BasicBlock::look_at_access() {
    const Slot* const next = first_ + first_->step;
    stalls_behind_access_ = (first_->late & next->uses) != 0;
    if (goes_straight(*next))
        entry_ = passage_of(first_, next, line_of(first_->pc), first_);
}

void BasicBlock::set_entrance() {
    entrance_ = steps_.data();
    if (translator_ == nullptr || translator_->settings().mode == Translate::off)
        return;
    doorstep_.block = this;
    doorstep_.left = translator_->settings().hot_after;
    entrance_ = &doorstep_.step;
}

void BasicBlock::translate() {
    std::vector<const isa::Instruction*> rows;
    for (const Slot* slot = first_; slot != end_; slot += slot->step)
        rows.push_back(&isa::all_instructions()[slot->row]);
    translation_ = translator_->translate({.steps = steps_, .rows = rows, .pc = first_->pc});
    entrance_ = steps_.data();
}

void BasicBlock::append(Slot& slot) {
    if (length_ != 0 && (slot.flags & kLineStart) != 0 && lines_++ == 0)
        length_in_line_ = length_;
    steps_.push_back({.chain = slot.chain, .op = slot.op});
    path_.append(pops_word(slot));
    ++length_;
    last_ = &slot;
    last_pc_ = slot.pc;
    end_ = &slot + slot.step;
}

/// Finds what the fetch stage asks for ahead of decode, when it begins in `state`.
void BasicBlock::look_ahead(unsigned state) {
    const Address last = line_ + lines_ * kFetchLineBytes;
    Lead lead = Lead::at(state);
    Address line = line_;
    bool stays_in_first = true;
    bool stays_in_last = true;
    for (const Slot* slot = first_; slot != end_; slot += slot->step) {
        if (slot != first_ && (slot->flags & kLineStart) != 0)
            line += kFetchLineBytes;
        lead.take(pops_word(*slot));
        const bool stays = lead.reach(slot->pc + slot->op.size) < line + kFetchLineBytes;
        if (line == line_ && (stays_in_first = stays_in_first && stays))
            ++length_within_[state];
        if (line == last)
            stays_in_last = stays_in_last && stays;
    }
    if (stays_in_last)
        ends_within_ |= u8(1U << state);
}

unsigned BasicBlock::instructions_before(const isa::Operands& operands) const {
    const auto has_raised = [&](const isa::Step& step) { return &step.op == &operands; };
    return unsigned(std::ranges::find_if(steps_, has_raised) - steps_.begin());
}

BasicBlock& BasicBlock::make_prefix(unsigned length) {
    prefixes_.resize(length_);
    std::unique_ptr<BasicBlock>& made = prefixes_[length - 1];
    made = std::make_unique<BasicBlock>(*first_, length, unsigned(uses_.size()), translator_);
    return *made;
}

/// A block stands behind its doorstep.
void translation::Doorstep::pass(isa::Hart& hart, const isa::Step* step) {
    auto& doorstep = reinterpret_cast<Doorstep&>(const_cast<isa::Step&>(*step));
    BasicBlock& block = *doorstep.block;
    if (--doorstep.left == 0)
        block.translate();
    block.execute_steps(hart);
}

}  // namespace flexv::core
