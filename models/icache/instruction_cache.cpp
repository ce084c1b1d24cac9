// SPDX-License-Identifier: Apache-2.0
#include "icache/instruction_cache.hpp"

#include "base/error.hpp"
#include "base/state_archive.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::icache {

namespace {

constexpr unsigned kMaxCores = 16;
constexpr u32 kBankBytes = 0x400;

SharedCache::Config shared_config(const InstructionCache::Config& config) {
    return {.cores = config.core_count,
            .size_bytes = config.l15_bytes,
            .banks = config.l15_banks,
            .ways = config.l15_ways,
            .line_bytes = config.line_bytes,
            .memory_latency = config.memory_latency_cycles};
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
      clock_(clock),
      shared_(shared_config(config), *this),
      core_windows_(config.core_count),
      bank_(*this, "registers", {.size_bytes = kBankBytes, .clock = &clock}) {
    for (unsigned core = 0; core < config.core_count; ++core)
        private_.emplace_back(
            PrivateCache::Config{
                .core = core, .size_bytes = config.l1_bytes, .ways = config.l1_ways},
            static_cast<Refills&>(*this));
    clock_.timeline.add(*this, Phase::arbitrate);
    fetch_in.bind(*this);
    bank_.serve(bus_in, registers_in);
    reset();
}

void InstructionCache::reset() {
    bank_.reset();
    enable_.set(kEnable, config_.is_enabled_at_reset ? 1 : 0);
    prefetch_.set(kPrefetchCores, config_.prefetches_at_reset ? kPrefetchCores.max() : 0);
    for (PrivateCache& cache : private_)
        cache.reset();
    shared_.reset();
    clear_statistics();
    switch_modes();
}

void InstructionCache::switch_modes() {
    const bool is_enabled = enable_[kEnable] != 0;
    const u32 prefetching = prefetch_[kPrefetchCores];
    for (unsigned core = 0; core < config_.core_count; ++core)
        private_[core].set_mode(is_enabled, (prefetching >> core & 1) != 0);
    flush_out();
}

void InstructionCache::serialize(StateArchive& archive) {
    for (PrivateCache& cache : private_)
        archive(cache);
    archive(bank_, shared_, clocked_, core_windows_, shared_window_);
}

void InstructionCache::act(Cycles now) {
    clocked_ = now;
    const Cycles next = shared_.clock(now);
    if (next != kNever)
        clock_.timeline.schedule(*this, next);
}

void InstructionCache::refill(unsigned core, Address line, Cycles cycle, bool is_cached) {
    const Cycles now = clock_.timeline.now();
    const Cycles first = std::max(cycle, clocked_ == now ? now + 1 : now);
    shared_.request(core, line, first, is_cached);
    clock_.timeline.schedule(*this, first);
}

void InstructionCache::flush_all() {
    shared_.flush();
    flush_private();
}

void InstructionCache::flush_private() {
    for (PrivateCache& cache : private_)
        cache.flush();
    ++flush_count_;
    flush_out();
}

void InstructionCache::flush_line(Address address) {
    const Address line = address & ~(config_.line_bytes - 1);
    shared_.flush(line);
    for (PrivateCache& cache : private_)
        cache.flush(line);
    ++flush_count_;
    flush_out();
}

void InstructionCache::count_statistics(bool is_on) {
    for (unsigned core = 0; core < config_.core_count; ++core) {
        auto& window = core_windows_[core];
        is_on ? window.start(events_of(core)) : window.stop(events_of(core));
    }
    is_on ? shared_window_.start(shared_events()) : shared_window_.stop(shared_events());
}

void InstructionCache::clear_statistics() {
    for (unsigned core = 0; core < config_.core_count; ++core)
        core_windows_[core].clear(events_of(core));
    shared_window_.clear(shared_events());
}

CoreEvents InstructionCache::shown(unsigned core) const {
    return core_windows_[core].shown(events_of(core), enable_counters_.value() != 0);
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
    return {.hits = shared_.events().hits, .misses = shared_.events().misses};
}

CoreEvents InstructionCache::events_of(unsigned core) const {
    const PrivateCache::Events& events = private_[core].events();
    return {.hits = events.hits, .misses = events.misses, .congestion = shared_.conflicts(core)};
}

u64 InstructionCache::total(u64 PrivateCache::Events::*event) const {
    u64 sum = 0;
    for (const PrivateCache& cache : private_)
        sum += cache.events().*event;
    return sum;
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
