// SPDX-License-Identifier: Apache-2.0
#include "dma/transfer_ids.hpp"

#include <bit>

namespace flexv::dma {

std::optional<unsigned> TransferIds::free_id() const {
    const unsigned id = unsigned(std::countr_one(allocated_));
    if (id >= count_)
        return {};
    return id;
}

void TransferIds::add_bursts(unsigned id, unsigned bursts) {
    Id& state = change(id);
    state.external += bursts;
    state.tcdm += bursts;
    added_ |= 1U << id;
}

/// An end goes through a buffer, which gives one per cycle, the highest identifier first. What is
/// told is what the last command said when its last burst ended.
std::optional<Notice> TransferIds::begin() {
    std::optional<Notice> notice;
    if (buffered_ != 0) {
        const unsigned highest = unsigned(std::bit_width(buffered_)) - 1;
        notice = ids_[highest].told;
        buffered_ &= ~(1U << highest);
    }
    for (u32 rest = ending_; rest != 0; rest &= rest - 1) {
        Id& id = ids_[unsigned(std::countr_zero(rest))];
        id.told = id.notice;
    }
    buffered_ |= ending_;
    ending_ = 0;
    return notice;
}

void TransferIds::tick() {
    allocated_ = (allocated_ | next_allocated_) & ~released_;
    next_allocated_ = released_ = added_ = 0;
    was_active_ = active_;
    for (; changed_ != 0; changed_ &= changed_ - 1) {
        const u32 bit = changed_ & -changed_;
        const Id& id = ids_[unsigned(std::countr_zero(changed_))];
        const bool is_active = id.external != 0 || id.tcdm != 0;
        if (!is_active)
            ending_ |= active_ & bit;
        active_ = is_active ? active_ | bit : active_ & ~bit;
    }
}

u32 TransferIds::status_at_once() const {
    u32 status = allocated_ << 16 | active_;
    for (unsigned id = 0; id < count_; ++id)
        status |= ids_[id].commands != 0 ? 1U << id : 0;
    return status;
}

}  // namespace flexv::dma
