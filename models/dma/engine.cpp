// SPDX-License-Identifier: Apache-2.0
#include "dma/engine.hpp"

namespace flexv::dma {

Cycles Engine::step(Cycles now) {
    if (const std::optional<Notice> notice = ids_.begin())
        outside_.tell(*notice, now);
    bool moved = receiver_.step(now);
    moved |= sender_.step(now);
    moved |= unit_.step(now);
    ids_.tick();
    unit_.tick();
    receiver_.tick(now + 1);
    sender_.tick(now + 1);
    if (moved || ids_.has_end())
        return now + 1;
    return std::max(now + 1, std::min(receiver_.next_arrival(), sender_.next_arrival()));
}

void Engine::granted(bool is_receive, unsigned lane, Cycles now) {
    if (is_receive)
        receiver_.granted(lane, now);
    else
        sender_.granted(lane, now);
}

void Engine::answered(OpenBurst& burst, Cycles cycle) {
    if (burst.is_receive)
        receiver_.answered(burst, cycle);
    else
        sender_.answered(burst, cycle);
}

void Engine::reset() {
    ids_ = TransferIds(id_count_);
    unit_.reset();
    receiver_.reset();
    sender_.reset();
}

}  // namespace flexv::dma
