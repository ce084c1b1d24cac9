// SPDX-License-Identifier: Apache-2.0
#include "dma/splitter.hpp"

#include <algorithm>

namespace flexv::dma {

LineSplitter::LineSplitter(const Command& command)
    : tcdm_{.lines = command.tcdm_lines,
            .line = command.tcdm,
            .address = command.tcdm,
            .left_bytes = command.tcdm_lines.count_bytes},
      external_{.lines = command.external_lines,
                .line = command.external,
                .address = command.external,
                .left_bytes = command.external_lines.count_bytes},
      left_bytes_(command.length_bytes),
      increments_(command.increments) {}

void LineSplitter::Side::advance(u32 bytes) {
    left_bytes -= bytes;
    address += bytes;
    if (left_bytes != 0)
        return;
    left_bytes = lines.count_bytes;
    line += lines.stride_bytes;
    address = line;
}

Piece LineSplitter::next() {
    const u32 bytes = std::min({left_bytes_, tcdm_.left_bytes, external_.left_bytes});
    const Piece piece{.tcdm = tcdm_.address,
                      .external = external_.address,
                      .bytes = bytes,
                      .increments = increments_};
    tcdm_.advance(bytes);
    external_.advance(bytes);
    left_bytes_ -= bytes;
    return piece;
}

BurstCutter::BurstCutter(const Piece& piece) : rest_(piece) {
    const u32 first = kBoundaryBytes - piece.external % kBoundaryBytes;
    count_ = 1;
    if (piece.bytes > first)
        count_ += (piece.bytes - first - 1 + kBoundaryBytes - 1) / kBoundaryBytes;
}

Burst BurstCutter::next() {
    Burst burst = rest_;
    --count_;
    if (count_ != 0)
        burst.bytes = is_first_ ? kBoundaryBytes - rest_.external % kBoundaryBytes : kBoundaryBytes;
    is_first_ = false;
    rest_.tcdm += burst.bytes;
    rest_.bytes -= burst.bytes;
    if (rest_.increments)
        rest_.external += burst.bytes;
    return burst;
}

}  // namespace flexv::dma
