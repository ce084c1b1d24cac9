// SPDX-License-Identifier: Apache-2.0
#include "core/decode/basic_block.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace flexv::core {

BasicBlock::BasicBlock(Slot& first, unsigned most, unsigned harts)
    : runs_(harts),
      end_(&first),
      line_(last_line(first)),
      begins_line_((first.flags & kLineStart) != 0),
      first_(&first) {
    const unsigned longest = std::min(most, kMaxLength);
    bool goes_on = true;
    while (goes_on && length_ < longest && is_plain(end_->flags)) {
        goes_on = (end_->flags & kBranch) == 0;
        append(*end_);
    }
    FLEXV_ASSERT(length_ != 0, "a block begins with a plain instruction");
    steps_.push_back({.chain = isa::end_chain, .op = {}});
    is_open_ = goes_on && length_ < longest && (end_->flags & kUndecoded) != 0;
    if (lines_ == 0)
        length_in_line_ = length_;
    for (unsigned state = 0; state < Lead::kStates; ++state)
        look_ahead(state);
    const Address target = last_pc_ + u32(last_->op.imm);
    constexpr Address kPageMask = 4095;
    if (!goes_on && ((target ^ last_pc_) & ~kPageMask) == 0)
        target_ = last_ + last_->op.imm / 2;
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
    made = std::make_unique<BasicBlock>(*first_, length, unsigned(runs_.size()));
    return *made;
}

}  // namespace flexv::core
