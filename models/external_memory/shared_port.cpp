// SPDX-License-Identifier: Apache-2.0
#include "external_memory/shared_port.hpp"

#include <algorithm>

namespace flexv::external_memory {

Cycles SharedPort::access(Cycles now, const Access& access) {
    const u64 rate = config_.millibytes_per_cycle;
    const u64 arrival = u64(now) * rate;
    const u64 room = goes_on(arrival, access) ? room_bytes_ : 0;
    const u64 beyond = access.bytes - std::min(room, access.bytes);
    const u64 bursts = (beyond + config_.burst_bytes - 1) / config_.burst_bytes;
    free_ticks_ = std::max(arrival, free_ticks_) + bursts * u64(config_.latency_cycles) * rate +
                  access.bytes * kTicksPerByte;
    room_bytes_ = room + bursts * config_.burst_bytes - access.bytes;
    next_address_ = access.address + access.bytes;
    is_write_ = access.is_write;
    bursts_ += bursts;
    return Cycles{(free_ticks_ + rate - 1) / rate} - now;
}

bool SharedPort::goes_on(u64 arrival, const Access& access) const {
    return is_write_ == access.is_write && next_address_ == access.address &&
           arrival <= free_ticks_;
}

}  // namespace flexv::external_memory
