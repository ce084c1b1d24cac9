// SPDX-License-Identifier: Apache-2.0
#include "dma/splitter.hpp"

#include <algorithm>

namespace flexv::dma {

namespace {

/// AXI4 allows a burst to a fixed address 16 beats.
constexpr u32 kMaxFixedBeats = 16;

struct Place {
    Address address = 0;
    u32 room_bytes = 0;  ///< to the end of the line
};

Place place_of(Address base, const Lines& lines, u32 position) {
    const u32 within = position % lines.count_bytes;
    const u32 line = position / lines.count_bytes;
    return {.address = base + line * lines.stride_bytes + within,
            .room_bytes = lines.count_bytes - within};
}

u32 to_beat_end(Address external) { return kBeatBytes - external % kBeatBytes; }

}  // namespace

u32 Burst::beat_bytes(u32 position) const {
    const Address address = increments ? external + position : external;
    return std::min(bytes - position, to_beat_end(address));
}

u32 Burst::beats() const {
    if (increments)
        return (external % kBeatBytes + bytes + kBeatBytes - 1) / kBeatBytes;
    const u32 each = to_beat_end(external);
    return (bytes + each - 1) / each;
}

/// Bursts end at 256-byte boundaries of the external address, so they never cross 4 KiB.
u32 Splitter::bus_limit(Address external) const {
    return command_.increments ? kMaxBurstBytes - external % kMaxBurstBytes
                               : kMaxFixedBeats * to_beat_end(external);
}

Burst Splitter::next() {
    const Place tcdm = place_of(command_.tcdm, command_.tcdm_lines, done_bytes_);
    Place external = place_of(command_.external, command_.external_lines, done_bytes_);
    if (!command_.increments)
        external.address -= done_bytes_ % command_.external_lines.count_bytes;
    const u32 bytes = std::min({command_.length_bytes - done_bytes_, tcdm.room_bytes,
                                external.room_bytes, bus_limit(external.address)});
    done_bytes_ += bytes;
    return {.tcdm = tcdm.address,
            .external = external.address,
            .bytes = bytes,
            .increments = command_.increments};
}

}  // namespace flexv::dma
