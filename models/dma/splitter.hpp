// SPDX-License-Identifier: Apache-2.0
// Cuts a command into pieces that lie together on both sides, and a piece into bursts that the
// external bus can carry. Plain logic: the law "any list of transfers equals memcpy" is decided
// here.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "dma/burst.hpp"
#include "dma/command.hpp"

namespace flexv::dma {

/// Bytes of a command that lie together on both sides.
using Piece = Burst;

/// The pieces of a command: cut where the line of either side ends.
class LineSplitter {
public:
    LineSplitter() = default;
    explicit LineSplitter(const Command& command);

    [[nodiscard]] bool is_done() const { return left_bytes_ == 0; }
    /// The next piece; only while not is_done().
    Piece next();
    void serialize(StateArchive& archive) { archive(tcdm_, external_, left_bytes_, increments_); }

private:
    /// How far one side has come.
    struct Side {
        Lines lines = {};
        Address line = 0;     // where the line begins
        Address address = 0;  // of the next byte
        u32 left_bytes = 0;   // of the line

        void advance(u32 bytes);
        void serialize(StateArchive& archive) { archive(lines, line, address, left_bytes); }
    };

    Side tcdm_;
    Side external_;
    u32 left_bytes_ = 0;
    bool increments_ = true;
};

/// The bursts of a piece: cut at 256-byte boundaries of the external address. What lies behind the
/// last boundary and is a single byte stays with the burst before it, as in the RTL
/// (trans_unpack.sv counts the commands so).
class BurstCutter {
public:
    BurstCutter() = default;
    explicit BurstCutter(const Piece& piece);

    [[nodiscard]] unsigned burst_count() const { return count_; }
    [[nodiscard]] bool is_done() const { return count_ == 0; }
    /// The next burst; only while not is_done().
    Burst next();
    void serialize(StateArchive& archive) { archive(rest_, count_, is_first_); }

private:
    Piece rest_ = {};
    unsigned count_ = 0;  // bursts that are left
    bool is_first_ = true;
};

}  // namespace flexv::dma
