// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/race_detector.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

/// Bit i: byte i of the word.
u8 bytes_of(const RaceDetector::Access& access) {
    const unsigned first = access.address % RaceDetector::kWordBytes;
    return u8(((1U << access.bytes) - 1) << first);
}

/// The written bytes where they lie in the word.
std::optional<u32> placed_value(const RaceDetector::Access& access) {
    if (!access.value)
        return std::nullopt;
    return *access.value << (8 * (access.address % RaceDetector::kWordBytes));
}

/// All bits of the bytes in a set.
u32 bits_of(u8 bytes) {
    u32 bits = 0;
    for (unsigned i = 0; i < RaceDetector::kWordBytes; ++i)
        bits |= (bytes >> i & 1) != 0 ? 0xFFU << (8 * i) : 0;
    return bits;
}

}  // namespace

RaceDetector::RaceDetector(unsigned agents) : clocks_(agents, Clock(agents)) {
    for (unsigned agent = 0; agent < agents; ++agent)
        clocks_[agent][agent] = 1;  // nobody knows of it at first
}

RaceDetector::Word& RaceDetector::word_at(Address address) {
    const Address word = address / kWordBytes;
    std::unique_ptr<Page>& page = pages_[word / kPageWords];
    if (!page)
        page = std::make_unique<Page>();
    return (*page)[word % kPageWords];
}

std::optional<RaceDetector::Access> RaceDetector::access(const Access& access) {
    Word& word = word_at(access.address);
    const u8 bytes = bytes_of(access);
    const Cell mine{.agent = u8(access.agent),
                    .bytes = bytes,
                    .is_write = access.is_write,
                    .time = clocks_[access.agent][access.agent],
                    .pc = access.pc,
                    .cycle = access.cycle,
                    .value = placed_value(access),
                    .number = access.number};
    const auto conflicts = [&](const Cell& cell) {
        return cell.agent != access.agent && (cell.bytes & bytes) != 0 &&
               (cell.is_write || access.is_write) && !is_before(cell, access.agent) &&
               !leave_the_same(cell, mine) &&
               (cell.is_write || !mattered || mattered(access_of(cell, access), access));
    };
    std::optional<Access> other;
    if (const auto found = std::ranges::find_if(word, conflicts); found != word.end())
        other = access_of(*found, access);
    // A write hides all that it covers: what conflicts with that conflicts with the write, too.
    std::erase_if(word, [&](const Cell& cell) {
        const bool is_covered = (cell.bytes & ~bytes) == 0;
        return is_covered && (access.is_write || (cell.agent == access.agent && !cell.is_write));
    });
    word.push_back(mine);
    return other;
}

/// `at` says where the two meet.
RaceDetector::Access RaceDetector::access_of(const Cell& cell, const Access& at) {
    return {.agent = cell.agent,
            .address = at.address,
            .bytes = at.bytes,
            .is_write = cell.is_write,
            .pc = cell.pc,
            .cycle = cell.cycle,
            .number = cell.number};
}

bool RaceDetector::leave_the_same(const Cell& one, const Cell& other) {
    return one.is_write && other.is_write && one.value && other.value &&
           ((*one.value ^ *other.value) & bits_of(one.bytes & other.bytes)) == 0;
}

void RaceDetector::merge(unsigned agent, const Clock& other) {
    Clock& clock = clocks_[agent];
    for (std::size_t i = 0; i < clock.size(); ++i)
        clock[i] = std::max(clock[i], other[i]);
}

void RaceDetector::signal(unsigned agent, const SyncObject& object) {
    Clock& clock = clocks_[agent];
    const auto [found, is_new] = objects_.try_emplace(object, clock);
    for (std::size_t i = 0; !is_new && i < clock.size(); ++i)
        found->second[i] = std::max(found->second[i], clock[i]);
    ++clock[agent];
}

void RaceDetector::take(unsigned agent, const SyncObject& object) {
    if (object.index != SyncObject::kAll) {
        if (const auto found = objects_.find(object); found != objects_.end())
            merge(agent, found->second);
        return;
    }
    for (const auto& [other, clock] : objects_)
        if (object.means(other))
            merge(agent, clock);
}

void RaceDetector::take_all(unsigned agent) {
    for (const auto& [object, clock] : objects_)
        merge(agent, clock);
}

void RaceDetector::begin(unsigned agent, unsigned by) {
    merge(agent, clocks_[by]);
    ++clocks_[agent][agent];
    ++clocks_[by][by];
}

}  // namespace flexv::platform
