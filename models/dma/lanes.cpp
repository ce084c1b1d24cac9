// SPDX-License-Identifier: Apache-2.0
#include "dma/lanes.hpp"

#include <algorithm>

namespace flexv::dma {

namespace {
constexpr u32 kWordBytes = 4;
}

void LanePair::add(OpenBurst& burst) {
    for (u32 done = 0; done < burst.burst.bytes;) {
        const u32 offset = burst.burst.tcdm + done;
        const u32 bytes = std::min(burst.burst.bytes - done, kBeatBytes - offset % kBeatBytes);
        beats_.push_back({.offset = offset, .bytes = bytes, .data = burst.data.data() + done});
        done += bytes;
    }
}

void LanePair::release(u64 stream_bytes, Cycles cycle) {
    while (released_ < first_ + beats_.size()) {
        Beat& next = beat(released_);
        if (released_bytes_ + next.bytes > stream_bytes)
            return;
        next.ready = cycle;
        released_bytes_ += next.bytes;
        ++released_;
    }
}

/// The part of a beat that lies in the even (lane 0) or the odd word; may be empty.
LanePair::Word LanePair::word_of(const Beat& beat, unsigned lane) {
    const u32 begin = beat.offset % kBeatBytes;
    const u32 end = begin + beat.bytes;
    const u32 first = std::max(begin, lane * kWordBytes);
    const u32 last = std::min(end, (lane + 1) * kWordBytes);
    if (first >= last)
        return {};
    return {.offset = beat.offset + (first - begin),
            .bytes = last - first,
            .data = beat.data + (first - begin)};
}

void LanePair::advance(Cycles earliest) {
    while (advance_lane(0, earliest) || advance_lane(1, earliest)) {
    }
}

/// True when the lane has got past a word that it need not fetch, so that the other may go on.
bool LanePair::advance_lane(unsigned lane, Cycles earliest) {
    Lane& mine = lanes_[lane];
    const Lane& other = lanes_[1 - lane];
    if (mine.is_asking || mine.next >= released_ || mine.next > other.next + 1)
        return false;
    const Beat& next = beat(mine.next);
    const Word word = word_of(next, lane);
    if (word.bytes == 0) {
        ++mine.next;
        retire(earliest - 1);
        return true;
    }
    mine.is_asking = true;
    mine.asked_at = std::max(earliest, next.ready);
    surroundings_.request_word(lane, word.offset, mine.asked_at);
    return false;
}

void LanePair::granted(unsigned lane, Cycles now) {
    Lane& mine = lanes_[lane];
    const Word word = word_of(beat(mine.next), lane);
    surroundings_.move_word(word.data, word.offset, word.bytes);
    if (now != mine.asked_at)
        surroundings_.stalled(now - mine.asked_at);
    mine.is_asking = false;
    ++mine.next;
    retire(now);
    advance(now + 1);
}

void LanePair::retire(Cycles now) {
    while (first_ < std::min(lanes_[0].next, lanes_[1].next)) {
        const Beat done = beats_.front();
        beats_.pop_front();
        ++first_;
        client_.beat_done(done, now);
    }
}

void LanePair::clear() {
    lanes_ = {};
    beats_.clear();
    first_ = released_ = released_bytes_ = 0;
}

}  // namespace flexv::dma
