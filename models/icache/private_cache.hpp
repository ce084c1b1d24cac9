// SPDX-License-Identifier: Apache-2.0
// The private first level of one core, clock by clock: fetch machine, next-line prefetch and the
// arbiter between the two (docs/spec/state_machines.md 2.1 to 2.3).
#pragma once

#include "base/fetch_port.hpp"
#include "base/state_archive.hpp"
#include "icache/lfsr.hpp"
#include "icache/tags.hpp"

namespace flexv::icache {

/// What a private cache asks of the level behind it.
class Refills {
public:
    /// From `cycle` on `line` is asked for, until PrivateCache::answer().
    /// \param is_cached false: the second level is passed by.
    virtual void refill(unsigned core, Address line, Cycles cycle, bool is_cached) = 0;
    [[nodiscard]] virtual Cycles now() const = 0;

protected:
    ~Refills() = default;
};

class PrivateCache final : public FetchPort {
public:
    struct Config {
        unsigned core = 0;
        u32 size_bytes = 512;
        unsigned ways = 4;
    };
    /// What happened, in lines.
    struct Events {
        u64 hits = 0;
        u64 misses = 0;
        u64 prefetches = 0;
        u64 bypassed = 0;

        void serialize(StateArchive& archive) { archive(hits, misses, prefetches, bypassed); }
    };

    PrivateCache(const Config& config, Refills& refills);
    PrivateCache(const PrivateCache&) = delete;
    PrivateCache& operator=(const PrivateCache&) = delete;

    void reset();
    void serialize(StateArchive& archive) {
        archive(events_, filter_, tags_, lfsr_, is_enabled_, prefetches_, passed_);
        archive(fetch_, address_, way_, ahead_, next_, looked_up_, next_way_, is_aimed_,
                is_remembered_, was_prefetched_, came_before_, owner_, arrives_, earliest_);
        archive(cycle_, refill_comes_, prefetch_comes_, hits_, has_word_, has_asked_fetch_,
                has_asked_ahead_, ahead_was_running_, way_is_taken_);
        is_alone_ = is_alone();
    }
    /// Off: only the line fetched last is held, and the second level is passed by.
    void set_mode(bool is_enabled, bool prefetches);
    void flush();
    void flush(Address line);
    [[nodiscard]] const Events& events() const { return events_; }

    /// The second level answers in cycle `cycle`; the line is here one cycle later.
    void answer(Cycles cycle);
    /// It will not answer before `cycle`.
    void promise(Cycles cycle) { earliest_ = cycle + 1; }

    void attach(FetchClient& client) override { client_ = &client; }
    LineFilter& filter() override { return filter_; }
    bool is_settled(Address line) override;
    void resume(Address requested, bool is_waiting) override;
    [[nodiscard]] Cycles known_until() const override;
    bool begin(Cycles cycle) override;
    [[nodiscard]] bool grants() const override {
        return fetch_ == Fetch::idle || fetch_ == Fetch::lookup;
    }
    void end(bool requests, Address address) override;
    [[nodiscard]] bool is_calm() const override;
    [[nodiscard]] bool is_static() const override;

private:
    enum class Fetch : u8 { idle, lookup, wait_grant, wait_line, wait_prefetch, conflict };
    enum class Ahead : u8 { idle, lookup, wait_grant, wait_line };
    enum class Owner : u8 { none, fetch, prefetch };
    static constexpr Address kNoLine = 1;

    [[nodiscard]] bool holds(Address line) const {
        return is_enabled_ ? tags_.has(line) : line == passed_;
    }
    [[nodiscard]] bool prefetches() const { return is_enabled_ && prefetches_; }
    /// The prefetch machine reads the tags a cycle before it compares them. Where its line has
    /// become another one in between, the tags are those of the set that the old one selects
    /// (`x_call`).
    [[nodiscard]] bool finds_ahead() const { return tags_.has_tag(looked_up_, next_); }
    [[nodiscard]] bool ahead_is_running() const {
        return ahead_ == Ahead::lookup || ahead_ == Ahead::wait_grant ||
               (ahead_ == Ahead::wait_line && !prefetch_comes_);
    }
    /// The prefetch machine rests and stays so: it is switched off, and all that it did is done.
    [[nodiscard]] bool is_alone() const {
        return !prefetches() && ahead_ == Ahead::idle && owner_ != Owner::prefetch && !is_aimed_ &&
               !is_remembered_ && !was_prefetched_ && !came_before_ &&
               fetch_ != Fetch::wait_prefetch && fetch_ != Fetch::conflict;
    }
    [[nodiscard]] bool begin_alone();
    void end_alone(bool requests, Address address);
    void tell_lines_go();
    unsigned choose_way(Address line);
    void put(Address line, unsigned way);
    void miss();
    void ask(Address line, Owner owner);
    [[nodiscard]] Fetch behind_request(bool leaves_line, bool hits_ahead) const;
    void move_fetch(bool requests, Address address, bool leaves_line, bool hits_ahead);
    void aim_ahead(bool requests, Address address, bool is_running);

    const Config config_;
    Refills& refills_;
    FetchClient* client_ = nullptr;
    Events events_;
    LineFilter filter_{events_.hits};
    Tags tags_;
    Lfsr lfsr_;
    bool is_enabled_ = false;
    bool prefetches_ = false;
    Address passed_ = kNoLine;  // fetched last while the cache is off

    Fetch fetch_ = Fetch::idle;
    Address address_ = 0;  // of the fetch in progress
    unsigned way_ = 0;
    Ahead ahead_ = Ahead::idle;
    Address next_ = kNoLine;       // the line to prefetch
    Address looked_up_ = kNoLine;  // whose set is compared with it
    unsigned next_way_ = 0;
    bool is_aimed_ = false;        // next_ was set in the last cycle
    bool is_remembered_ = false;   // a request while the prefetch machine was busy
    bool was_prefetched_ = false;  // the last request was for next_, on its way then
    bool came_before_ = false;     // the prefetched line came in the last cycle
    Owner owner_ = Owner::none;    // of the port to the second level
    Cycles arrives_ = kNever;      // the line asked for
    Cycles earliest_ = 0;          // it will not before
    bool is_alone_ = true;         // is_alone(), which only a mode and prefetches change

    // Of the cycle that has begun.
    Cycles cycle_ = 0;
    bool refill_comes_ = false;
    bool prefetch_comes_ = false;
    bool hits_ = false;
    bool has_word_ = false;
    bool has_asked_fetch_ = false;
    bool has_asked_ahead_ = false;
    bool ahead_was_running_ = false;
    bool way_is_taken_ = false;  // the register of the random way steps once per cycle
};

}  // namespace flexv::icache
