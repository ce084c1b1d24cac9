// SPDX-License-Identifier: Apache-2.0
#include "icache/shared_cache.hpp"

#include <algorithm>

namespace flexv::icache {

SharedCache::SharedCache(const Config& config)
    : config_(config),
      sets_(config.size_bytes / config.banks / config.ways / config.line_bytes),
      banks_(config.banks) {
    for (Bank& bank : banks_)
        bank.ways.resize(std::size_t{sets_} * config.ways);
}

SharedCache::Answer SharedCache::read(Address line, Cycles cycle) {
    Bank& bank = banks_[bank_of(line)];
    const Cycles accepted = std::max(cycle, bank.free);
    bank.free = accepted + 1;
    Answer answer{.conflict = accepted - cycle};
    Way* way = find(line);
    if (way == nullptr) {
        way = &bank.ways[set_of(line) + bank.lfsr.take(config_.ways)];
        *way = {.line = line, .is_valid = true, .available = refill(accepted)};
        answer.is_refill = true;
    }
    const Cycles served = std::max(accepted, way->available);
    way->available =
        served + 1;  // one line a bank and cycle: who waits for a refill is served in turn
    answer.ready = served + config_.latencies.shared_hit;
    return answer;
}

Cycles SharedCache::read_around(Cycles cycle) {
    return refill(cycle) + config_.latencies.shared_hit;
}

/// Cycle in which a line asked for at `start` is in the second level.
Cycles SharedCache::refill(Cycles start) {
    const Latencies& latencies = config_.latencies;
    const Cycles alone = start + latencies.refill + latencies.memory;
    port_free_ = std::max(alone, port_free_ + latencies.beats);
    return port_free_;
}

Cycles SharedCache::available(Address line) {
    const Way* way = find(line);
    return way == nullptr ? kNever : way->available;
}

/// Null when the line is neither there nor under way.
SharedCache::Way* SharedCache::find(Address line) {
    Way* set = &banks_[bank_of(line)].ways[set_of(line)];
    Way* end = set + config_.ways;
    Way* way = std::find_if(set, end, [&](const Way& w) { return w.is_valid && w.line == line; });
    return way == end ? nullptr : way;
}

void SharedCache::flush() {
    for (Bank& bank : banks_)
        for (Way& way : bank.ways)
            way.is_valid = false;
}

void SharedCache::flush(Address line) {
    if (Way* way = find(line); way != nullptr)
        way->is_valid = false;
}

void SharedCache::reset() { *this = SharedCache(config_); }

std::size_t SharedCache::bank_of(Address line) const {
    return line / config_.line_bytes % config_.banks;
}

/// Index of way 0 of the line's set in its bank.
std::size_t SharedCache::set_of(Address line) const {
    return std::size_t{line / config_.line_bytes / config_.banks % sets_} * config_.ways;
}

}  // namespace flexv::icache
