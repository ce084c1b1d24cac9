// SPDX-License-Identifier: Apache-2.0
// The shared second level: tags of the banks, and when a line leaves them. Plain logic over cycles,
// so that contention of several cores is tested without a kernel.
#pragma once

#include "base/units.hpp"
#include "icache/lfsr.hpp"

#include <vector>

namespace flexv::icache {

/// Cycles of the way to a line, docs/spec/timing.md section 5.
struct Latencies {
    Cycles shared_hit = 3;  ///< lost when the second level has the line: `i_loop250w`
    Cycles refill = 5;      ///< further ones when it has not, beside the memory's: `i_cold64`
    Cycles memory = 10;     ///< m: address handshake of the refill port to the first 64-bit beat
    Cycles beats = 2;       ///< of 64 bits in a line; the refill port carries one a cycle
};

class SharedCache {
public:
    struct Config {
        u32 size_bytes = 4096;
        unsigned banks = 2;  ///< selected by the address bits above the line
        unsigned ways = 4;
        u32 line_bytes = 16;
        Latencies latencies{};
    };
    struct Answer {
        Cycles ready = 0;        ///< the cycle asked for plus the cycles lost
        bool is_refill = false;  ///< the memory was read for this answer
        Cycles conflict = 0;     ///< cycles of the wait that a busy bank caused
    };

    explicit SharedCache(const Config& config);

    /// A core asks for `line`, to use it in cycle `cycle` if nothing were lost.
    Answer read(Address line, Cycles cycle);
    /// The same without cache: the line comes from memory and is not kept.
    Cycles read_around(Cycles cycle);
    /// Cycle from which the line can be read, kNever when it is neither there nor under way.
    [[nodiscard]] Cycles available(Address line);
    void flush();
    void flush(Address line);
    /// Also forgets what was under way: the timeline starts again.
    void reset();

private:
    struct Way {
        Address line = 0;
        bool is_valid = false;
        Cycles available = 0;  ///< next cycle in which the line can be read
    };
    struct Bank {
        std::vector<Way> ways;  // [set][way]
        Lfsr lfsr;
        Cycles free = 0;  ///< next cycle in which a request is accepted
    };

    [[nodiscard]] std::size_t bank_of(Address line) const;
    [[nodiscard]] std::size_t set_of(Address line) const;
    [[nodiscard]] Way* find(Address line);
    Cycles refill(Cycles start);

    Config config_;
    u32 sets_;
    std::vector<Bank> banks_;
    Cycles port_free_ = 0;  ///< last beat on the refill port
};

}  // namespace flexv::icache
