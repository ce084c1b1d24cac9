// SPDX-License-Identifier: Apache-2.0
// When a memory behind a slow port has moved an access: one after the other, whoever asks. Plain
// C++.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <optional>

namespace flexv::external_memory {

class SharedPort {
public:
    struct Config {
        u64 millibytes_per_cycle = 400;  ///< bytes a cycle x 1000, so that all sums are whole
        Cycles latency_cycles = 0;       ///< command and address of a burst to its first data
        u64 burst_bytes = 1024;          ///< a burst is closed behind as many
    };

    struct Access {
        u64 address = 0;
        u64 bytes = 0;
        bool is_write = false;
    };

    explicit SharedPort(const Config& config) : config_(config) {}

    /// Queues an access of at least one byte that arrives in cycle `now`. One that goes on where
    /// the one before ends, and arrives before it ends, goes on with its burst.
    /// \returns cycles from `now` until its last byte has passed
    Cycles access(Cycles now, const Access& access);
    /// Nothing is under way.
    void reset() { *this = SharedPort(config_); }
    /// Since reset.
    [[nodiscard]] u64 bursts() const { return bursts_; }
    void serialize(StateArchive& archive) {
        archive(free_ticks_, next_address_, room_bytes_, is_write_, bursts_);
    }

private:
    static constexpr u64 kTicksPerByte = 1000;  // a cycle has `millibytes_per_cycle`

    [[nodiscard]] bool goes_on(u64 arrival, const Access& access) const;

    Config config_;
    u64 free_ticks_ = 0;  // everything before has been moved by then
    u64 next_address_ = 0;
    u64 room_bytes_ = 0;  // of the burst
    std::optional<bool> is_write_;
    u64 bursts_ = 0;
};

}  // namespace flexv::external_memory
