// SPDX-License-Identifier: Apache-2.0
#include "dma/lanes.hpp"

#include <algorithm>

namespace flexv::dma {

namespace {

constexpr u32 kWordBytes = DataPath::kLaneBytes;

/// Whether `holds` is true for the first `count` of `queues`.
template <typename Queues, typename Predicate>
bool all(const Queues& queues, unsigned count, Predicate holds) {
    return std::all_of(queues.begin(), queues.begin() + count, holds);
}

constexpr auto kHasRoom = [](const auto& queue) { return queue.has_room(); };
constexpr auto kHasData = [](const auto& queue) { return queue.has_data(); };

/// The part of a burst that lies in word `lane` of its group number `group`.
Word word_of(OpenBurst& burst, u32 group, unsigned lane, bool is_last) {
    const u32 skew = burst.burst.tcdm % burst.burst.bus_bytes;
    const u32 begin =
        group * burst.burst.bus_bytes + lane * kWordBytes;  // from the first word of the burst
    const u32 first = std::max(begin, skew);
    const u32 end = std::min(begin + kWordBytes, skew + burst.burst.bytes);
    return {.burst = &burst,
            .address = burst.burst.tcdm - skew + begin,
            .first = first - skew,
            .bytes = end > first ? end - first : 0,
            .is_last = is_last};
}

void ask_for(Surroundings& surroundings, BankRequest& request, unsigned lane, Address address,
             Cycles cycle) {
    request.is_asking = true;
    request.since = cycle;
    surroundings.request_word(lane, address, cycle);
}

void grant(Surroundings& surroundings, BankRequest& request, const Word& word, Cycles now) {
    request.is_granted = true;
    if (word.bytes != 0)
        surroundings.move_word(word.burst->data.data() + word.first,
                               word.burst->burst.tcdm + word.first, word.bytes);
    if (now != request.since)
        surroundings.stalled(now - request.since);
}

}  // namespace

bool WordUnpacker::step() {
    if (!all(words_, lanes_, kHasRoom))
        return false;
    if (burst_ == nullptr) {
        if (!bursts_.has_data())
            return false;
        burst_ = bursts_.pop();
        done_ = 0;
    }
    const bool is_last = done_ + 1 == burst_->burst.tcdm_beats();
    for (unsigned lane = 0; lane < lanes_; ++lane)
        words_[lane].push(word_of(*burst_, done_, lane, is_last));
    ++done_;
    if (is_last)
        burst_ = nullptr;
    return true;
}

void WordUnpacker::tick() {
    bursts_.tick();
    for (Fifo<Word>& lane : words_)
        lane.tick();
}

void WordUnpacker::clear() {
    bursts_.clear();
    burst_ = nullptr;
    for (Fifo<Word>& lane : words_)
        lane.clear();
}

OpenBurst* BurstEnds::take() {
    if (!all(ends_, lanes_, kHasData))
        return nullptr;
    for (unsigned lane = 1; lane < lanes_; ++lane)
        ends_[lane].pop();
    return ends_[0].pop();
}

void BurstEnds::tick() {
    for (Fifo<OpenBurst*>& lane : ends_)
        lane.tick();
}

void BurstEnds::clear() {
    for (Fifo<OpenBurst*>& lane : ends_)
        lane.clear();
}

bool WriteLanes::has_room() const { return all(data_, lanes_, kHasRoom); }

void WriteLanes::add_data() {
    for (unsigned lane = 0; lane < lanes_; ++lane)
        data_[lane].push({});
}

bool WriteLanes::step(WordUnpacker& words, BurstEnds& ends) {
    bool has_moved = false;
    for (unsigned lane = 0; lane < lanes_; ++lane)
        has_moved |= step_lane(lane, words.lane(lane), ends);
    return has_moved;
}

/// A word without a byte to write takes a cycle of its port, but no bank.
bool WriteLanes::step_lane(unsigned lane, Fifo<Word>& words, BurstEnds& ends) {
    BankRequest& request = requests_[lane];
    const bool is_skipped = !request.is_asking && words.has_data() && data_[lane].has_data();
    if (!is_skipped && !request.is_granted)
        return false;
    request = {};
    const Word word = words.pop();
    data_[lane].pop();
    if (word.is_last)
        ends.add(lane, *word.burst);
    return true;
}

void WriteLanes::ask(WordUnpacker& words, Cycles cycle) {
    for (unsigned lane = 0; lane < lanes_; ++lane) {
        const Fifo<Word>& queue = words.lane(lane);
        if (requests_[lane].is_asking || !queue.has_data() || !data_[lane].has_data() ||
            queue.front().bytes == 0)
            continue;
        ask_for(surroundings_, requests_[lane], lane, queue.front().address, cycle);
    }
}

void WriteLanes::granted(unsigned lane, Cycles now, WordUnpacker& words) {
    grant(surroundings_, requests_[lane], words.lane(lane).front(), now);
}

void WriteLanes::tick() {
    for (Fifo<Token>& lane : data_)
        lane.tick();
}

void WriteLanes::clear() {
    for (Fifo<Token>& lane : data_)
        lane.clear();
    requests_ = {};
}

bool ReadLanes::has_data() const { return all(data_, lanes_, kHasData); }

void ReadLanes::take_data() {
    for (unsigned lane = 0; lane < lanes_; ++lane)
        data_[lane].pop();
}

bool ReadLanes::step(WordUnpacker& words, BurstEnds& ends) {
    bool has_moved = false;
    for (unsigned lane = 0; lane < lanes_; ++lane)
        has_moved |= step_lane(lane, words.lane(lane), ends);
    return has_moved;
}

bool ReadLanes::step_lane(unsigned lane, Fifo<Word>& words, BurstEnds& ends) {
    Response& response = responses_[lane];
    bool has_moved = false;
    if (response.burst != nullptr) {
        has_moved = data_[lane].has_room() || !response.is_held;
        response.is_held = true;
        if (data_[lane].has_room()) {
            data_[lane].push({});
            if (response.is_last)
                ends.add(lane, *response.burst);
            response = {};
        }
    }
    if (requests_[lane].is_granted) {
        requests_[lane] = {};
        const Word word = words.pop();
        response = {.burst = word.burst, .is_last = word.is_last};
        has_moved = true;
    }
    return has_moved;
}

/// Called between the cycles. A response that finds no room stops the port, in the cycle in which
/// it finds its place, too, when it was held before.
void ReadLanes::ask(WordUnpacker& words, Cycles cycle) {
    for (unsigned lane = 0; lane < lanes_; ++lane) {
        const Fifo<Word>& queue = words.lane(lane);
        const Response& response = responses_[lane];
        const bool is_stopped =
            response.burst != nullptr && (response.is_held || !data_[lane].has_room());
        if (requests_[lane].is_asking || is_stopped || !queue.has_data())
            continue;
        ask_for(surroundings_, requests_[lane], lane, queue.front().address, cycle);
    }
}

void ReadLanes::granted(unsigned lane, Cycles now, WordUnpacker& words) {
    grant(surroundings_, requests_[lane], words.lane(lane).front(), now);
}

void ReadLanes::tick() {
    for (Fifo<Token>& lane : data_)
        lane.tick();
}

void ReadLanes::clear() {
    for (Fifo<Token>& lane : data_)
        lane.clear();
    requests_ = {};
    responses_ = {};
}

}  // namespace flexv::dma
