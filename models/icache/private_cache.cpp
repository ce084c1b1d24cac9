// SPDX-License-Identifier: Apache-2.0
#include "icache/private_cache.hpp"

#include "base/error.hpp"

#include <utility>

namespace flexv::icache {

PrivateCache::PrivateCache(const Config& config, Refills& refills)
    : config_(config),
      refills_(refills),
      tags_(config.size_bytes, config.ways, kFetchLineBytes, kFetchLineBytes) {}

void PrivateCache::reset() {
    tell_lines_go();
    tags_.flush();
    lfsr_ = {};
    events_ = {};
    passed_ = kNoLine;
    owner_ = Owner::none;
    arrives_ = kNever;
    earliest_ = 0;
    resume(0, false);
    filter_.clear();
}

void PrivateCache::set_mode(bool is_enabled, bool prefetches) {
    tell_lines_go();
    is_enabled_ = is_enabled;
    prefetches_ = prefetches;
    passed_ = kNoLine;
    if (!this->prefetches())
        is_aimed_ = is_remembered_ = false;  // what is under way comes to its end
    is_alone_ = is_alone();
    filter_.clear();
}

void PrivateCache::tell_lines_go() {
    if (client_ != nullptr)
        client_->lines_go();
}

void PrivateCache::flush() {
    tell_lines_go();
    tags_.flush();
    filter_.clear();
}

void PrivateCache::flush(Address line) {
    tell_lines_go();
    tags_.flush(line);
    filter_.clear();
}

bool PrivateCache::is_settled(Address line) {
    if (prefetches() || !holds(line))
        return false;
    filter_.add(line);
    return true;
}

void PrivateCache::resume(Address requested, bool is_waiting) {
    FLEXV_ASSERT(owner_ == Owner::none, "a core that fetches unseen has no line on its way");
    fetch_ = is_waiting ? Fetch::lookup : Fetch::idle;
    address_ = requested;
    ahead_ = Ahead::idle;
    next_ = line_of(requested) + kFetchLineBytes;
    is_aimed_ = is_waiting && prefetches();
    is_remembered_ = was_prefetched_ = came_before_ = false;
    is_alone_ = is_alone();
}

Cycles PrivateCache::known_until() const {
    if (owner_ == Owner::none)
        return kNever;
    if (arrives_ != kNever)
        return arrives_ <= cycle_ ? kNever : arrives_ + 1;
    return std::max(refills_.now() + 1, earliest_);
}

void PrivateCache::answer(Cycles cycle) {
    arrives_ = cycle + 1;
    if (client_ != nullptr)
        client_->line_comes(arrives_);
}

/// The highest free way of the set, else the random one.
unsigned PrivateCache::choose_way(Address line) {
    if (const std::optional<unsigned> free = tags_.free_way(line))
        return *free;
    way_is_taken_ = true;
    return lfsr_.way(config_.ways);
}

void PrivateCache::put(Address line, unsigned way) {
    filter_.remove(is_enabled_ ? tags_.put(line, way) : std::exchange(passed_, line));
}

void PrivateCache::ask(Address line, Owner owner) {
    owner_ = owner;
    arrives_ = kNever;
    earliest_ = cycle_ + 2;
    refills_.refill(config_.core, line, cycle_, is_enabled_);
}

void PrivateCache::miss() {
    const Address line = line_of(address_);
    way_ = choose_way(line);
    filter_.miss(line);
    ++(is_enabled_ ? events_.misses : events_.bypassed);
}

/// begin() while the prefetch machine rests.
bool PrivateCache::begin_alone() {
    refill_comes_ = arrives_ == cycle_;
    prefetch_comes_ = false;
    hits_ = fetch_ == Fetch::lookup && holds(line_of(address_));
    const bool misses = fetch_ == Fetch::lookup && !hits_;
    if (misses)
        miss();
    if (way_is_taken_)
        lfsr_.step();
    if (owner_ == Owner::none && (misses || fetch_ == Fetch::wait_grant)) {
        has_asked_fetch_ = true;
        ask(line_of(address_), Owner::fetch);
    }
    has_word_ = hits_ || (fetch_ == Fetch::wait_line && refill_comes_);
    return has_word_;
}

/// end() while the prefetch machine rests.
void PrivateCache::end_alone(bool requests, Address address) {
    if (refill_comes_) {
        put(line_of(address_), way_);
        owner_ = Owner::none;
        arrives_ = kNever;
    }
    ahead_was_running_ = false;
    looked_up_ = next_;
    move_fetch(requests, address, true, false);
}

bool PrivateCache::begin(Cycles cycle) {
    cycle_ = cycle;
    has_asked_fetch_ = has_asked_ahead_ = way_is_taken_ = false;
    if (is_alone_) [[likely]]
        return begin_alone();
    const bool arrives = owner_ != Owner::none && arrives_ == cycle;
    refill_comes_ = arrives && owner_ == Owner::fetch;
    prefetch_comes_ = arrives && owner_ == Owner::prefetch;
    hits_ = fetch_ == Fetch::lookup && holds(line_of(address_));
    has_word_ = hits_ || (fetch_ == Fetch::wait_line && refill_comes_) ||
                (fetch_ == Fetch::wait_prefetch && prefetch_comes_) || fetch_ == Fetch::conflict;
    const bool misses = fetch_ == Fetch::lookup && !hits_ && !was_prefetched_;
    if (misses)
        miss();
    const bool misses_ahead = ahead_ == Ahead::lookup && !finds_ahead();
    if (misses_ahead)
        next_way_ = choose_way(looked_up_);
    if (way_is_taken_)
        lfsr_.step();
    if (owner_ != Owner::none)
        return has_word_;
    if (misses || fetch_ == Fetch::wait_grant) {
        has_asked_fetch_ = true;
        ask(line_of(address_), Owner::fetch);
    } else if (misses_ahead || ahead_ == Ahead::wait_grant) {
        has_asked_ahead_ = true;
        ++events_.prefetches;
        ask(next_, Owner::prefetch);
    }
    return has_word_;
}

void PrivateCache::end(bool requests, Address address) {
    if (is_alone_) [[likely]]
        return end_alone(requests, address);
    const bool leaves_line = line_of(address) != next_;
    const bool is_running = ahead_is_running();
    ahead_was_running_ = is_running;
    const bool hits_ahead = ahead_ == Ahead::lookup && finds_ahead();
    const bool is_prefetched =
        prefetches() && !leaves_line && ((is_running && !hits_ahead) || prefetch_comes_);
    const bool uses_tags = (requests && grants()) || (fetch_ == Fetch::wait_line && refill_comes_);
    if (prefetch_comes_ && !uses_tags)
        put(next_, next_way_);
    if (refill_comes_)
        put(line_of(address_), way_);
    aim_ahead(requests && prefetches(), address, is_running);
    move_fetch(requests, address, leaves_line, hits_ahead);
    if (requests)
        was_prefetched_ = is_prefetched;
    came_before_ = prefetch_comes_;
    if (owner_ != Owner::none && (refill_comes_ || prefetch_comes_)) {
        owner_ = Owner::none;
        arrives_ = kNever;
    }
    is_alone_ = is_alone();
}

/// The line behind every fetch is aimed at. While the prefetch machine is busy a request is only
/// remembered, and the line behind it is aimed at when its word has come.
void PrivateCache::aim_ahead(bool requests, Address address, bool is_running) {
    const bool is_aimed = is_aimed_;
    is_aimed_ = false;
    const Address before = next_;
    if (requests && is_running) {
        is_remembered_ = true;
    } else if (requests) {
        next_ = line_of(address) + kFetchLineBytes;
        is_aimed_ = true;
    } else if (is_remembered_ && has_word_ && !is_running) {
        next_ = line_of(address_) + kFetchLineBytes;
        is_aimed_ = true;
        is_remembered_ = false;
    }
    switch (ahead_) {
        case Ahead::idle:
            if (is_aimed && line_of(address) != before)
                ahead_ = Ahead::lookup;
            looked_up_ = before;
            return;
        case Ahead::lookup:
            if (finds_ahead())
                ahead_ = Ahead::idle;
            else
                ahead_ = has_asked_ahead_ ? Ahead::wait_line : Ahead::wait_grant;
            return;
        case Ahead::wait_grant:
            if (has_asked_ahead_)
                ahead_ = Ahead::wait_line;
            return;
        case Ahead::wait_line:
            if (prefetch_comes_)
                ahead_ = Ahead::idle;
            return;
    }
}

/// What becomes of a request that meets the line which is being prefetched.
PrivateCache::Fetch PrivateCache::behind_request(bool leaves_line, bool hits_ahead) const {
    if (!prefetches() || leaves_line || hits_ahead)
        return Fetch::lookup;
    if (prefetch_comes_)
        return Fetch::conflict;
    return ahead_was_running_ ? Fetch::wait_prefetch : Fetch::lookup;
}

void PrivateCache::move_fetch(bool requests, Address address, bool leaves_line, bool hits_ahead) {
    switch (fetch_) {
        case Fetch::idle:
            if (!requests)
                return;
            address_ = address;
            fetch_ = behind_request(leaves_line, hits_ahead);
            return;
        case Fetch::lookup:
            if (hits_) {
                if (requests)
                    address_ = address;
                fetch_ = requests ? Fetch::lookup : Fetch::idle;
            } else if (was_prefetched_) {
                fetch_ = prefetch_comes_ || came_before_ ? Fetch::conflict : Fetch::wait_prefetch;
            } else {
                fetch_ = has_asked_fetch_ ? Fetch::wait_line : Fetch::wait_grant;
            }
            return;
        case Fetch::wait_grant:
            if (has_asked_fetch_)
                fetch_ = Fetch::wait_line;
            return;
        case Fetch::wait_line:
            if (refill_comes_)
                fetch_ = Fetch::idle;
            return;
        case Fetch::wait_prefetch:
            if (prefetch_comes_)
                fetch_ = Fetch::idle;
            return;
        case Fetch::conflict:
            fetch_ = Fetch::idle;
            return;
    }
}

bool PrivateCache::is_calm() const {
    const bool fetches_calmly =
        fetch_ == Fetch::idle || (fetch_ == Fetch::lookup && holds(line_of(address_)));
    return !prefetches() && ahead_ == Ahead::idle && owner_ == Owner::none && fetches_calmly;
}

bool PrivateCache::is_static() const {
    const bool waits = fetch_ == Fetch::idle || fetch_ == Fetch::wait_line ||
                       fetch_ == Fetch::wait_prefetch ||
                       (fetch_ == Fetch::wait_grant && owner_ != Owner::none);
    const bool waits_ahead = (ahead_ == Ahead::idle && !is_aimed_) || ahead_ == Ahead::wait_line ||
                             (ahead_ == Ahead::wait_grant && owner_ != Owner::none);
    return waits && waits_ahead && !came_before_;
}

}  // namespace flexv::icache
