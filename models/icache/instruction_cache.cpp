// SPDX-License-Identifier: Apache-2.0
#include "icache/instruction_cache.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::icache {

namespace {

constexpr unsigned kMaxCores = 16;
constexpr u32 kBankBytes = 0x400;

SharedCache::Config shared_config(const InstructionCache::Config& config) {
    return {.size_bytes = config.l15_bytes,
            .banks = config.l15_banks,
            .ways = config.l15_ways,
            .line_bytes = config.line_bytes,
            .latencies = {.shared_hit = config.l15_hit_cycles,
                          .refill = config.refill_cycles,
                          .memory = config.memory_latency_cycles,
                          .beats = config.line_bytes / 8}};
}

void expect_power_of_two(const char* key, u32 value) {
    if (!std::has_single_bit(value))
        throw UserError("icache.{} = {}: must be a power of two", key, value);
}

void expect_sets(const char* key, u32 bytes, u32 line_group_bytes) {
    expect_power_of_two(key, bytes);
    if (bytes < line_group_bytes)
        throw UserError("icache.{} = {}: one set of all banks has {} bytes already", key, bytes,
                        line_group_bytes);
}

}  // namespace

const InstructionCache::Config& InstructionCache::checked(const Config& config) {
    if (config.core_count == 0 || config.core_count > kMaxCores)
        throw UserError("icache.core_count = {}: must be 1..{}", config.core_count, kMaxCores);
    if (config.line_bytes != kFetchLineBytes)
        throw UserError("icache.line_bytes = {}: the fetch port carries {}", config.line_bytes,
                        kFetchLineBytes);
    expect_power_of_two("l1_ways", config.l1_ways);
    expect_power_of_two("l15_ways", config.l15_ways);
    expect_power_of_two("l15_banks", config.l15_banks);
    expect_sets("l1_bytes", config.l1_bytes, config.l1_ways * config.line_bytes);
    expect_sets("l15_bytes", config.l15_bytes,
                config.l15_banks * config.l15_ways * config.line_bytes);
    return config;
}

InstructionCache::InstructionCache(const sc_core::sc_module_name& name, ClockDomain& clock,
                                   const Config& config)
    : Module(name),
      config_(checked(config)),
      answers_at_once_(config.core_count),
      private_(config.core_count, PrivateCache(config.l1_bytes, config.l1_ways, config.line_bytes)),
      core_events_(config.core_count),
      shared_(shared_config(config)),
      prefetches_(config.core_count),
      core_windows_(config.core_count),
      bank_(*this, "registers", {.size_bytes = kBankBytes, .clock = &clock}) {
    for (CoreEvents& events : core_events_)
        filters_.emplace_back(events.hits);
    fetch_in.bind(*this);
    bank_.serve(bus_in, registers_in);
    reset();
}

void InstructionCache::reset() {
    bank_.reset();
    enable_.set(kEnable, config_.is_enabled_at_reset ? 1 : 0);
    prefetch_.set(kPrefetchCores, config_.prefetches_at_reset ? kPrefetchCores.max() : 0);
    const PrivateCache empty(config_.l1_bytes, config_.l1_ways, config_.line_bytes);
    std::ranges::fill(private_, empty);
    shared_.reset();
    std::ranges::fill(prefetches_, Prefetch{});
    clear_statistics();
    switch_modes();
}

/// Decides for each core whether hit() may answer, and makes the cores ask again.
void InstructionCache::switch_modes() {
    const bool is_cached = enable_[kEnable] != 0 && !config_.is_ideal;
    const u32 prefetching = prefetch_[kPrefetchCores];
    for (unsigned core = 0; core < config_.core_count; ++core)
        answers_at_once_[core] = is_cached && (prefetching >> core & 1) == 0;
    announce_flush();
}

Cycles InstructionCache::fetch(unsigned core, Address line, Cycles now, Cycles slack) {
    const Cycles asked = now - std::min(now, slack);
    filters_[core].clear();
    if (config_.is_ideal)
        return now;
    if (enable_[kEnable] == 0) {
        ++bypass_count_;
        return std::max(now, shared_.read_around(asked));
    }
    if (answers_at_once_[core])
        return std::max(now, read_missing(core, line, asked));
    const Cycles ready = std::max(now, look_up(core, line, asked));
    prefetch(core, line + config_.line_bytes, ready);
    return ready;
}

Cycles InstructionCache::read_missing(unsigned core, Address line, Cycles asked) {
    ++core_events_[core].misses;
    ++l1_miss_count_;
    private_[core].fill(line);
    return read_shared(core, line, asked).ready;
}

/// With prefetch on it depends on time whether a line has arrived.
Cycles InstructionCache::look_up(unsigned core, Address line, Cycles asked) {
    if (!private_[core].contains(line))
        return read_missing(core, line, asked);
    ++core_events_[core].hits;
    const Prefetch& ahead = prefetches_[core];
    return line == ahead.line ? std::max(asked, ahead.ready) : asked;
}

void InstructionCache::prefetch(unsigned core, Address line, Cycles start) {
    if (private_[core].contains(line) || !private_[core].has_room_for(line) ||
        prefetches_[core].ready > start)
        return;
    ++prefetch_count_;
    prefetches_[core] = {.line = line, .ready = read_shared(core, line, start).ready};
    private_[core].fill(line);
}

SharedCache::Answer InstructionCache::read_shared(unsigned core, Address line, Cycles cycle) {
    const SharedCache::Answer answer = shared_.read(line, cycle);
    ++(answer.is_refill ? l15_miss_count_ : l15_hit_count_);
    refill_count_ += answer.is_refill ? 1 : 0;
    conflict_count_ += answer.conflict;
    core_events_[core].congestion += answer.conflict;
    return answer;
}

void InstructionCache::flush_all() {
    shared_.flush();
    flush_private();
}

void InstructionCache::flush_private() {
    for (PrivateCache& cache : private_)
        cache.flush();
    std::ranges::fill(prefetches_, Prefetch{});
    ++flush_count_;
    announce_flush();
}

void InstructionCache::flush_line(Address address) {
    const Address line = address & ~(config_.line_bytes - 1);
    shared_.flush(line);
    for (PrivateCache& cache : private_)
        cache.flush(line);
    ++flush_count_;
    announce_flush();
}

void InstructionCache::announce_flush() {
    for (LineFilter& filter : filters_)
        filter.clear();
    if (on_flush)
        on_flush();
}

void InstructionCache::count_statistics(bool is_on) {
    for (unsigned core = 0; core < config_.core_count; ++core) {
        auto& window = core_windows_[core];
        is_on ? window.start(core_events_[core]) : window.stop(core_events_[core]);
    }
    is_on ? shared_window_.start(shared_events()) : shared_window_.stop(shared_events());
}

void InstructionCache::clear_statistics() {
    for (unsigned core = 0; core < config_.core_count; ++core)
        core_windows_[core].clear(core_events_[core]);
    shared_window_.clear(shared_events());
}

CoreEvents InstructionCache::shown(unsigned core) const {
    return core_windows_[core].shown(core_events_[core], enable_counters_.value() != 0);
}

CoreEvents InstructionCache::shown_total() const {
    CoreEvents total;
    for (unsigned core = 0; core < config_.core_count; ++core)
        total = total + shown(core);
    return total;
}

SharedEvents InstructionCache::shown_shared() const {
    return shared_window_.shown(shared_events(), enable_counters_.value() != 0);
}

SharedEvents InstructionCache::shared_events() const {
    return {.hits = l15_hit_count_.value(), .misses = l15_miss_count_.value()};
}

u64 InstructionCache::total_hits() const {
    u64 hits = 0;
    for (const CoreEvents& events : core_events_)
        hits += events.hits;
    return hits;
}

/// A read-only register that shows the low 32 bits of a count.
RegisterSpec InstructionCache::statistic(u32 offset, std::string name, std::string doc,
                                         std::function<u64()> value) {
    return {.offset = offset,
            .name = std::move(name),
            .doc = std::move(doc),
            .access = Access::read_only,
            .fields = {whole_word},
            .on_read = [value = std::move(value)] { return u32(value()); }};
}

RegisterArraySpec InstructionCache::core_statistic(u32 offset, std::string name, std::string doc,
                                                   std::function<u64(unsigned)> value) const {
    return {.offset = offset,
            .name = std::move(name),
            .doc = std::move(doc),
            .count = config_.core_count,
            .stride_bytes = 0x10,
            .access = Access::read_only,
            .fields = {whole_word},
            .on_read = [value = std::move(value)](unsigned core) { return u32(value(core)); }};
}

}  // namespace flexv::icache
