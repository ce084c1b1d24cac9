// SPDX-License-Identifier: Apache-2.0
#include "icache/shared_cache.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>

namespace flexv::icache {

SharedCache::SharedCache(const Config& config, RefillClient& client)
    : config_(config),
      client_(client),
      asking_(config.cores),
      bank_lsb_(unsigned(std::countr_zero(config.line_bytes))),
      banks_(config.banks, Bank(Tags(config.size_bytes / config.banks, config.ways,
                                     config.line_bytes, config.line_bytes * config.banks))),
      port_turn_(config.banks) {}

void SharedCache::request(unsigned core, Address line, Cycles cycle, bool is_cached) {
    FLEXV_ASSERT(!asking_[core].is_valid, "a private cache asks for one line at a time");
    asking_[core] = {.is_valid = true,
                     .is_cached = is_cached,
                     .line = line,
                     .since = cycle,
                     .conflicts = asking_[core].conflicts};
    askers_ |= 1U << core;
}

/// The request of `core` is not in front of the second level any more.
void SharedCache::forget(unsigned core) {
    asking_[core].is_valid = false;
    askers_ &= ~(1U << core);
}

Cycles SharedCache::clock(Cycles now) {
    pass_by(now);
    for (unsigned bank = 0; bank < banks_.size(); ++bank)
        clock_bank(bank, now);
    move_addresses(now);
    move_data(now);
    return next_cycle(now);
}

/// Who does not want to be cached goes to the port; of those in one cycle the lowest core first.
void SharedCache::pass_by(Cycles now) {
    constexpr Cycles kToPort = 3;  // the way that a miss of the second level takes
    for (u32 left = askers_; left != 0; left &= left - 1) {
        const unsigned core = unsigned(std::countr_zero(left));
        const Asking& asking = asking_[core];
        if (asking.is_cached || asking.since > now)
            continue;
        forget(core);
        passing_.push_back({.core = core, .cycle = now + kToPort});
    }
}

void SharedCache::clock_bank(unsigned index, Cycles now) {
    Bank& bank = banks_[index];
    switch (bank.state) {
        case State::operative:
            return operate(bank, index, now);
        case State::request:
            if (bank.has_data)
                bank.state = State::serve_requesting;
            else if (bank.refills.size() < kRefills && bank.addresses.size() < kBuffered)
                send_refill(bank, now);
            return;
        case State::serve:
            return serve(bank, now, State::operative);
        case State::serve_requesting:
            return serve(bank, now, State::request);
        case State::serve_critical:
            return serve(bank, now, State::dispatch_1);
        case State::wait_critical:
            if (bank.has_data)
                bank.state = State::serve_critical;
            return;
        case State::dispatch_1:
            bank.state = is_under_refill(bank) ? State::wait_critical : State::dispatch_2;
            return;
        case State::dispatch_2:
            answer(bank, now);
            bank.state = State::operative;
            return;
    }
}

/// Looks up the request of the cycle before, and takes a new one when that hits.
void SharedCache::operate(Bank& bank, unsigned index, Cycles now) {
    const bool hits = bank.is_looking_up && bank.tags.has(bank.line);
    if (bank.has_data) {
        const bool is_critical = is_under_refill(bank);
        if (hits && !is_critical)
            answer(bank, now);
        bank.state = is_critical ? State::serve_critical : State::serve;
        return;
    }
    if (bank.is_looking_up && !hits) {
        bank.state = is_under_refill(bank) ? State::wait_critical : State::request;
        return;
    }
    if (hits)
        answer(bank, now);
    grant(bank, index, now);
}

void SharedCache::grant(Bank& bank, unsigned index, Cycles now) {
    const u32 requests = requests_of(index, now);
    if (requests == 0)
        return;
    const unsigned core = choose(requests, bank.flag++);
    Asking& asking = asking_[core];
    bank.is_looking_up = true;
    bank.line = asking.line;
    bank.core = core;
    forget(core);
    asking.conflicts += now - asking.since;
    events_.conflicts += now - asking.since;
}

/// The request in the pipeline is answered.
void SharedCache::answer(Bank& bank, Cycles now) {
    ++events_.hits;
    client_.answer(bank.core, now);
    bank.is_looking_up = false;
}

/// The line that has come is written, and goes to whoever it was asked for.
void SharedCache::serve(Bank& bank, Cycles now, State next) {
    const Refill refill = bank.refills.front();
    bank.refills.pop_front();
    bank.has_data = false;
    bank.served = now;
    bank.tags.put(refill.line, refill.way);
    bank.state = next;
    client_.answer(refill.core, now);
}

void SharedCache::send_refill(Bank& bank, Cycles now) {
    bank.refills.push_back(
        {.line = bank.line, .core = bank.core, .way = bank.lfsr.way(config_.ways)});
    bank.lfsr.step();
    bank.addresses.push_back(now);
    bank.is_looking_up = false;
    bank.state = State::operative;
    ++events_.misses;
    ++events_.refills;
    constexpr Cycles kBuffer = 1;
    constexpr Cycles kServe = 2;  // data wait, are served
    client_.promise(bank.core, now + kBuffer + config_.memory_latency + (kBeats - 1) + kServe);
}

/// One address per cycle reaches the port, the one behind each bank's buffer in turn.
void SharedCache::move_addresses(Cycles now) {
    if (!passing_.empty() && passing_.front().cycle <= now) {
        bursts_.push_back({.core = passing_.front().core,
                           .is_cached = false,
                           .first = now + config_.memory_latency});
        passing_.pop_front();
        return;
    }
    u32 requests = 0;
    for (unsigned index = 0; index < banks_.size(); ++index)
        if (!banks_[index].addresses.empty() && banks_[index].addresses.front() < now)
            requests |= 1U << index;
    if (requests == 0)
        return;
    const unsigned index = port_turn_.grant(requests);
    banks_[index].addresses.pop_front();
    bursts_.push_back({.bank = index, .first = now + config_.memory_latency});
}

/// One beat per cycle, unless the line before it still waits in its bank.
void SharedCache::move_data(Cycles now) {
    if (bursts_.empty())
        return;
    const Burst& burst = bursts_.front();
    const Bank& bank = banks_[burst.bank];
    if (now < burst.first || (burst.is_cached && (bank.has_data || bank.served == now)))
        return;
    if (++beats_ < kBeats)
        return;
    beats_ = 0;
    if (burst.is_cached) {
        banks_[burst.bank].has_data = true;
    } else {
        constexpr Cycles kServe = 2;
        client_.answer(burst.core, now + kServe);
    }
    bursts_.pop_front();
}

bool SharedCache::is_under_refill(const Bank& bank) const {
    return bank.is_looking_up && std::ranges::any_of(bank.refills, [&](const Refill& refill) {
               return refill.line == bank.line;
           });
}

u32 SharedCache::requests_of(unsigned bank, Cycles now) const {
    u32 requests = 0;
    for (u32 left = askers_; left != 0; left &= left - 1) {
        const unsigned core = unsigned(std::countr_zero(left));
        const Asking& asking = asking_[core];
        if (asking.is_cached && asking.since <= now && bank_of(asking.line) == bank)
            requests |= 1U << core;
    }
    return requests;
}

/// A tree over the cores: where both halves ask, the flag's bit of that level decides. Bit 0 is
/// that of the leaves.
unsigned SharedCache::choose(u32 requests, unsigned flag) const {
    unsigned first = 0;
    for (unsigned half = std::bit_ceil(config_.cores) / 2; half != 0; half /= 2) {
        const u32 members = (1U << half) - 1;
        const bool lower = ((requests >> first) & members) != 0;
        const bool upper = ((requests >> (first + half)) & members) != 0;
        if (!lower || (upper && (flag & half) != 0))
            first += half;
    }
    return first;
}

bool SharedCache::is_busy(const Bank& bank) const {
    const bool waits_for_data = bank.state == State::wait_critical ||
                                (bank.state == State::operative && !bank.is_looking_up) ||
                                (bank.state == State::request && bank.refills.size() == kRefills);
    return bank.has_data || !waits_for_data || !bank.addresses.empty();
}

Cycles SharedCache::next_cycle(Cycles now) const {
    if (std::ranges::any_of(banks_, [this](const Bank& bank) { return is_busy(bank); }))
        return now + 1;
    Cycles next = kNever;
    for (u32 left = askers_; left != 0; left &= left - 1) {
        const Asking& asking = asking_[unsigned(std::countr_zero(left))];
        if (!asking.is_cached || banks_[bank_of(asking.line)].state == State::operative)
            next = std::min(next, asking.since);
    }
    if (!passing_.empty())
        next = std::min(next, passing_.front().cycle);
    if (!bursts_.empty())
        next = std::min(next, bursts_.front().first);
    return next == kNever ? kNever : std::max(next, now + 1);
}

void SharedCache::flush() {
    for (Bank& bank : banks_)
        bank.tags.flush();
}

void SharedCache::flush(Address line) { banks_[bank_of(line)].tags.flush(line); }

void SharedCache::reset() {
    std::ranges::fill(asking_, Asking{});
    askers_ = 0;
    const Tags empty(config_.size_bytes / config_.banks, config_.ways, config_.line_bytes,
                     config_.line_bytes * config_.banks);
    std::ranges::fill(banks_, Bank(empty));
    port_turn_.reset();
    passing_.clear();
    bursts_.clear();
    beats_ = 0;
    events_ = {};
}

unsigned SharedCache::bank_of(Address line) const {
    return line >> bank_lsb_ & (config_.banks - 1);
}

void SharedCache::serialize(StateArchive& archive) {
    archive(asking_, banks_, port_turn_, passing_, bursts_, beats_, events_);
    askers_ = 0;
    for (unsigned core = 0; core < asking_.size(); ++core)
        askers_ |= (asking_[core].is_valid ? 1U : 0U) << core;
}

}  // namespace flexv::icache
