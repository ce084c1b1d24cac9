// SPDX-License-Identifier: Apache-2.0
// Direct access to the banks of the TCDM for the initiators that are wired to its interconnect.
// Arbitration is asked for ahead of time: an initiator notes its request in a calendar that it
// shares with the interconnect, which answers in the cycle of the request.
#pragma once

#include "base/code_words.hpp"
#include "base/data_port.hpp"
#include "base/state_archive.hpp"
#include "base/timeline.hpp"

#include <array>
#include <bit>
#include <cstring>
#include <utility>
#include <vector>

namespace flexv {

/// Who asks for which bank in which cycle: one request per port. Every change is a few
/// instructions, because each access of each core comes through here. Who meets others at a bank
/// queues there.
class TcdmRequests {
public:
    static constexpr unsigned kMaxPorts = 32;
    static constexpr unsigned kMaxBanks = 64;

    struct Request {
        DataInitiator* initiator = nullptr;
        Cycles cycle = 0;
        u8 bank = 0;
        bool is_write = false;

        void serialize(StateArchive& archive) { archive(initiator, cycle, bank, is_write); }
    };
    /// The requests that are at one bank in the present cycle.
    struct Queue {
        u32 ports = 0;  ///< set
        u32 count = 0;  ///< of its members

        void serialize(StateArchive& archive) { archive(ports, count); }
    };

    /// \param interconnect acts in the cycles that have requests
    /// \param bank_count a power of two, at most 64
    TcdmRequests(Timeline& timeline, Agent& interconnect, u32 bank_count)
        : timeline_(timeline), interconnect_(interconnect), bank_mask_(bank_count - 1) {}

    [[gnu::always_inline]] void add(unsigned port, DataInitiator& initiator, Address address,
                                    bool is_write, Cycles cycle) {
        requests_[port] = {.initiator = &initiator,
                           .cycle = cycle,
                           .bank = u8(bank_of(address)),
                           .is_write = is_write};
        note(port, cycle);
    }
    [[nodiscard]] unsigned bank_of(Address address) const { return (address >> 2) & bank_mask_; }
    /// See Timeline::pass_to().
    [[nodiscard]] [[gnu::always_inline]] bool pass_to(Cycles cycle) {
        return timeline_.pass_to(interconnect_, cycle);
    }
    void remove(unsigned port) {
        const u32 bit = 1U << port;
        due_[requests_[port].cycle % kSlots] &= ~bit;
        far_ &= ~bit;
        if ((queues_[requests_[port].bank].ports & bit) != 0)
            leave(requests_[port].bank, port);
    }
    /// Takes out what is new in cycle `now`, in which the interconnect acts.
    /// \returns the set of ports
    u32 take(Cycles now) {
        if (far_ != 0) [[unlikely]]
            pull_far(now);
        return std::exchange(due_[now % kSlots], 0);
    }
    /// `port`, which was taken, queues at its bank.
    void queue(unsigned port) {
        const unsigned bank = requests_[port].bank;
        queues_[bank].ports |= 1U << port;
        ++queues_[bank].count;
        queued_banks_ |= u64{1} << bank;
    }
    void leave(unsigned bank, unsigned port) {
        queues_[bank].ports &= ~(1U << port);
        if (--queues_[bank].count == 0)
            queued_banks_ &= ~(u64{1} << bank);
    }
    /// Banks at which somebody queues, one bit for each.
    [[nodiscard]] u64 queued_banks() const { return queued_banks_; }
    [[nodiscard]] const Queue& queue_of(unsigned bank) const { return queues_[bank]; }

    void clear() {
        requests_.fill({});
        due_.fill(0);
        far_ = 0;
        queues_.fill({});
        queued_banks_ = 0;
    }
    const Request& operator[](unsigned port) const { return requests_[port]; }
    void serialize(StateArchive& archive) {
        archive(requests_, due_, far_, queues_, queued_banks_);
    }

private:
    static constexpr unsigned kSlots = 256;
    static constexpr Cycles kWindow{kSlots};

    [[gnu::always_inline]] void note(unsigned port, Cycles cycle) {
        if (cycle - timeline_.now() < kWindow) [[likely]]
            due_[cycle % kSlots] |= 1U << port;
        else
            far_ |= 1U << port;
        timeline_.schedule(interconnect_, cycle);
    }
    void pull_far(Cycles now) {
        for (u32 rest = far_; rest != 0; rest &= rest - 1) {
            const unsigned port = unsigned(std::countr_zero(rest));
            if (requests_[port].cycle != now)
                continue;
            far_ &= ~(1U << port);
            due_[now % kSlots] |= 1U << port;
        }
    }

    Timeline& timeline_;
    Agent& interconnect_;
    const u32 bank_mask_;
    std::array<Request, kMaxPorts> requests_{};  // [port]
    std::array<u32, kSlots> due_{};              // [cycle % kSlots]: set of ports
    u32 far_ = 0;                                // ports whose cycle was beyond the window
    std::array<Queue, kMaxBanks> queues_{};      // [bank]
    u64 queued_banks_ = 0;
};

/// The side that serves. Bound with sc_port<TcdmTarget> / sc_export<TcdmTarget>.
class TcdmTarget : public virtual sc_core::sc_interface {
public:
    /// Asks for the bank that holds `address` at `cycle` (this one or a later one). The answer is
    /// granted(cycle of the grant, 0); the initiator itself moves the data through storage().
    /// A refused address does not exist: the window wraps.
    /// \tparam Initiator a DataInitiator; its own type, so that its port() is known here
    template <typename Initiator>
    [[gnu::always_inline]] void request(Initiator& initiator, Address address, bool is_write,
                                        Cycles cycle) {
        requests_.add(initiator.port(), initiator, address, is_write, cycle);
    }
    /// The same in the course of an act of the timeline. True when nobody else acts up to `cycle`:
    /// then it is that cycle, the request is granted, and granted() will not be called.
    template <typename Initiator>
    [[nodiscard]] [[gnu::always_inline]] bool request_or_take(Initiator& initiator, Address address,
                                                              bool is_write, Cycles cycle) {
        if (requests_.pass_to(cycle)) {
            take_alone(initiator.port(), requests_.bank_of(address), is_write);
            return true;
        }
        request(initiator, address, is_write, cycle);
        return false;
    }
    /// Takes back a request that was not granted yet.
    void cancel(const DataInitiator& initiator) { requests_.remove(initiator.port()); }
    /// The memory, size_bytes() bytes, word-interleaved in hardware but linear here; stays where it
    /// is.
    [[nodiscard]] std::byte* storage() { return bytes_.data(); }
    [[nodiscard]] u32 size_bytes() const { return size_bytes_; }
    /// Writes up to 4 bytes of storage(); who holds decoded instructions of them learns of it.
    void write(u32 offset, const void* data, u32 bytes) {
        std::memcpy(bytes_.data() + offset, data, bytes);
        written(offset, bytes);
    }
    /// For a write of up to 4 bytes that was made through storage(): rows of a core write there
    /// themselves, and the core tells once they have left EX.
    [[gnu::always_inline]] void written(u32 offset, u32 bytes) {
        if (meets_code(offset, bytes)) [[unlikely]]
            code_written(offset, bytes);
    }
    /// Somebody holds decoded instructions of these bytes, up to 4.
    [[nodiscard]] [[gnu::always_inline]] bool meets_code(u32 offset, u32 bytes) const {
        return code_words_.meets_access(offset, bytes);
    }

protected:
    TcdmTarget(Timeline& timeline, Agent& interconnect, u32 bank_count, u32 size_bytes)
        : requests_(timeline, interconnect, bank_count),
          size_bytes_(size_bytes),
          bytes_(size_bytes + sizeof(u32)),  // an unaligned access may begin at the last byte
          code_words_(bytes_.size()) {}

    /// Whoever holds decoded instructions of these bytes forgets them.
    virtual void code_written(u32 offset, u32 bytes) = 0;
    /// `port` is granted `bank`, which nobody else asks for.
    virtual void take_alone(unsigned port, unsigned bank, bool is_write) = 0;

    TcdmRequests requests_;
    const u32 size_bytes_;
    std::vector<std::byte> bytes_;
    CodeWords code_words_;  // of storage(): somebody holds decoded instructions of them
};

}  // namespace flexv
