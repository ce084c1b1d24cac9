// SPDX-License-Identifier: Apache-2.0
// The shared second level: banks with a pipeline of one stage, four refills in flight in each, and
// the port to memory that they share, clock by clock (docs/spec/state_machines.md 2.4, 3). Plain
// logic, without a kernel.
#pragma once

#include "base/round_robin.hpp"
#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "icache/lfsr.hpp"
#include "icache/tags.hpp"

#include <deque>
#include <vector>

namespace flexv::icache {

/// Who asks the second level.
class RefillClient {
public:
    /// The answer to `core` leaves the second level in cycle `cycle`.
    virtual void answer(unsigned core, Cycles cycle) = 0;
    /// It will not before `cycle`.
    virtual void promise(unsigned core, Cycles cycle) = 0;

protected:
    ~RefillClient() = default;
};

class SharedCache {
public:
    struct Config {
        unsigned cores = 8;
        u32 size_bytes = 4096;
        unsigned banks = 2;  ///< selected by the address bits above the line
        unsigned ways = 4;
        u32 line_bytes = 16;
        /// m: address handshake of the refill port to the first 64-bit beat.
        Cycles memory_latency = 10;
    };
    /// What happened, in lines; conflicts in cycles that a request waited for its bank.
    struct Events {
        u64 hits = 0;
        u64 misses = 0;
        u64 refills = 0;
        Cycles conflicts = 0;

        void serialize(StateArchive& archive) { archive(hits, misses, refills, conflicts); }
    };

    SharedCache(const Config& config, RefillClient& client);

    /// `core`, which asks for one line at a time, asks for `line` from `cycle` on.
    void request(unsigned core, Address line, Cycles cycle, bool is_cached);
    /// One cycle. Returns the next one in which something can happen; kNever without any.
    Cycles clock(Cycles now);
    void flush();
    void flush(Address line);
    /// Also forgets what was under way: the timeline starts again.
    void reset();
    void serialize(StateArchive& archive);
    [[nodiscard]] const Events& events() const { return events_; }
    /// Cycles that requests of `core` waited for a bank.
    [[nodiscard]] Cycles conflicts(unsigned core) const { return asking_[core].conflicts; }

private:
    static constexpr unsigned kRefills = 4;   // in flight, a bank
    static constexpr unsigned kBuffered = 2;  // addresses in front of the port, a bank
    static constexpr Cycles kBeats = 2;       // 64 bits each, of a line

    enum class State : u8 {
        operative,
        request,
        serve,
        serve_requesting,
        serve_critical,
        wait_critical,
        dispatch_1,
        dispatch_2
    };
    struct Asking {
        bool is_valid = false;
        bool is_cached = true;
        Address line = 0;
        Cycles since = 0;
        Cycles conflicts = 0;

        void serialize(StateArchive& archive) {
            archive(is_valid, is_cached, line, since, conflicts);
        }
    };
    struct Refill {
        Address line = 0;
        unsigned core = 0;
        unsigned way = 0;

        void serialize(StateArchive& archive) { archive(line, core, way); }
    };
    struct Bank {
        explicit Bank(const Tags& empty) : tags(empty) {}

        Tags tags;
        Lfsr lfsr;
        State state = State::operative;
        bool is_looking_up = false;  // a request was granted in the cycle before, or is kept
        Address line = 0;            // that one
        unsigned core = 0;
        std::deque<Refill> refills;    // in flight, oldest first
        std::deque<Cycles> addresses;  // in front of the port: when they came
        bool has_data = false;         // of the oldest refill
        Cycles served = kNever;        // the cycle in which it last left
        unsigned flag = 0;             // of the arbiter

        void serialize(StateArchive& archive) {
            archive(tags, lfsr, state, is_looking_up, line, core, refills, addresses, has_data,
                    served, flag);
        }
    };
    struct Burst {
        unsigned bank = 0;
        unsigned core = 0;
        bool is_cached = true;
        Cycles first = 0;  // first beat at the earliest

        void serialize(StateArchive& archive) { archive(bank, core, is_cached, first); }
    };
    /// A line that passes the cache by.
    struct Passing {
        unsigned core = 0;
        Cycles cycle = 0;  // of its address on the port

        void serialize(StateArchive& archive) { archive(core, cycle); }
    };

    void forget(unsigned core);
    void pass_by(Cycles now);
    void clock_bank(unsigned index, Cycles now);
    void operate(Bank& bank, unsigned index, Cycles now);
    void grant(Bank& bank, unsigned index, Cycles now);
    void serve(Bank& bank, Cycles now, State next);
    void send_refill(Bank& bank, Cycles now);
    void answer(Bank& bank, Cycles now);
    void move_addresses(Cycles now);
    void move_data(Cycles now);
    [[nodiscard]] bool is_under_refill(const Bank& bank) const;
    [[nodiscard]] u32 requests_of(unsigned bank, Cycles now) const;
    [[nodiscard]] unsigned choose(u32 requests, unsigned flag) const;
    [[nodiscard]] bool is_busy(const Bank& bank) const;
    [[nodiscard]] Cycles next_cycle(Cycles now) const;
    [[nodiscard]] unsigned bank_of(Address line) const;

    Config config_;
    RefillClient& client_;
    std::vector<Asking> asking_;  // [core]
    u32 askers_ = 0;              // cores whose request is valid
    unsigned bank_lsb_;           // of an address, the bits that select the bank
    std::vector<Bank> banks_;
    RoundRobin port_turn_;
    std::deque<Passing> passing_;
    std::deque<Burst> bursts_;  // on the port, in the order of their addresses
    Cycles beats_ = 0;          // of the first of them
    Events events_;
};

}  // namespace flexv::icache
