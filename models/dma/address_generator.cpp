// SPDX-License-Identifier: Apache-2.0
#include "dma/address_generator.hpp"

namespace flexv::dma {

bool AddressGenerator::step() {
    const bool unpacked = unpack();
    return split() || unpacked;
}

/// Taking a piece costs a cycle of its own, so a piece of k bursts costs 1 + k.
bool AddressGenerator::unpack() {
    if (!(is_cutting_ || pieces_.has_data()) || !neighbours_.has_room())
        return false;
    if (is_cutting_) {
        const Burst burst = cutter_.next();
        is_cutting_ = !cutter_.is_done();
        neighbours_.issue(burst, cutting_.id, cutting_.is_last && !is_cutting_);
        return true;
    }
    cutting_ = pieces_.pop();
    cutter_ = BurstCutter(cutting_.piece);
    is_cutting_ = true;
    neighbours_.registered(cutting_.id, cutter_.burst_count());
    return true;
}

bool AddressGenerator::split() {
    if (!pieces_.has_room())
        return false;
    if (is_splitting_) {
        Piece piece = splitter_.next();
        piece.bus_bytes = bus_bytes_;
        is_splitting_ = !splitter_.is_done();
        pieces_.push({.piece = piece, .id = splitting_id_, .is_last = !is_splitting_});
        return true;
    }
    if (!neighbours_.has_command())
        return false;
    const QueuedCommand taken = neighbours_.take_command();
    splitter_ = LineSplitter(taken.command);
    splitting_id_ = taken.id;
    return is_splitting_ = true;
}

void AddressGenerator::clear() {
    pieces_.clear();
    is_splitting_ = is_cutting_ = false;
}

}  // namespace flexv::dma
