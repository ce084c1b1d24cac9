// SPDX-License-Identifier: Apache-2.0
#include "dma/transfer_ids.hpp"

#include "base/error.hpp"

#include <bit>

namespace flexv::dma {

TransferIds::State& TransferIds::change(Cycles now) {
    if (now != changed_at_) {
        before_ = state_;
        changed_at_ = now;
    }
    return state_;
}

std::optional<unsigned> TransferIds::allocate(Cycles now) {
    const u32 used = seen(now).allocated | state_.allocated;
    const unsigned id = unsigned(std::countr_one(used));
    if (id >= count_)
        return {};
    change(now).allocated |= 1U << id;
    return id;
}

void TransferIds::release(u32 mask, Cycles now) { change(now).allocated &= ~mask; }

void TransferIds::add_command(unsigned id, const Notice& notice, Cycles now) {
    change(now).active |= 1U << id;
    ids_[id].notice = notice;
    ++ids_[id].commands;
}

std::optional<Notice> TransferIds::finish_command(unsigned id) {
    FLEXV_ASSERT(ids_[id].commands > 0, "a command that ends has been counted");
    if (--ids_[id].commands > 0)
        return {};
    state_.active &= ~(1U << id);
    before_.active &= ~(1U << id);
    return ids_[id].notice;
}

u32 TransferIds::status(Cycles now) const { return seen(now).allocated << 16 | seen(now).active; }

}  // namespace flexv::dma
