// SPDX-License-Identifier: Apache-2.0
#include "dma/sender.hpp"

#include <algorithm>

namespace flexv::dma {

namespace {
/// Bursts whose reads may begin before they are sent; the buffer limits them further.
constexpr std::size_t kReadAheadBursts = 4;
}  // namespace

void Sender::reset() {
    lanes_.clear();
    commands_.clear();
    bursts_.clear();
    responses_.clear();
    sending_ = open_ = 0;
    read_bytes_ = sent_bytes_ = next_beat_ = last_response_ = 0;
}

void Sender::add(const QueuedCommand& command, Cycles now) {
    commands_.push_back(command);
    open_bursts(now);
    lanes_.advance(now + 1);
}

void Sender::open_bursts(Cycles now) {
    while (!commands_.empty() && bursts_.size() - sending_ < kReadAheadBursts)
        open_burst(now);
}

void Sender::open_burst(Cycles now) {
    QueuedCommand& command = commands_.front();
    Outgoing& burst = bursts_.emplace_back();
    burst.burst = command.splitter.next();
    burst.beats = burst.burst.beats();
    burst.id = command.id;
    burst.is_last = command.splitter.is_done();
    burst.available = std::max(command.start, now + 1);
    lanes_.add(burst);
    lanes_.release(sent_bytes_ + kBufferBytes, burst.available);
    if (burst.is_last) {
        surroundings_.command_left(command.is_two_dimensional);
        commands_.pop_front();
    }
}

void Sender::beat_done(const Beat& beat, Cycles cycle) {
    read_bytes_ += beat.bytes;
    send_beats(cycle);
    open_bursts(cycle);
}

/// Sends what has been read, up to `read_at`. The cycles of the beats are known ahead, because
/// nothing outside can hold them up.
void Sender::send_beats(Cycles read_at) {
    while (sending_ < bursts_.size()) {
        Outgoing& burst = bursts_[sending_];
        while (burst.beats_sent < burst.beats)
            if (!send_beat(burst, read_at + transit_cycles(burst.beats)))
                return;
        burst.last_beat = next_beat_ - 1;
        surroundings_.wake(burst.last_beat);
        ++sending_;
    }
}

bool Sender::send_beat(Outgoing& burst, Cycles data_ready) {
    const u32 bytes = burst.burst.beat_bytes(burst.bytes_sent);
    if (sent_bytes_ + bytes > read_bytes_ || !issue_address(burst))
        return false;
    const Cycles sent = std::max({data_ready, burst.address + kAddressToDataCycles, next_beat_});
    next_beat_ = sent + 1;
    ++burst.beats_sent;
    burst.bytes_sent += bytes;
    sent_bytes_ += bytes;
    lanes_.release(sent_bytes_ + kBufferBytes, sent + 1);
    return true;
}

/// The address follows the last beat of the burst before it, once fewer than 8 bursts wait for
/// their response.
bool Sender::issue_address(Outgoing& burst) {
    if (burst.address != kNever)
        return true;
    Cycles place_from = 0;
    if (open_ == kMaxOutstanding) {
        if (responses_.empty())
            return false;
        place_from = responses_.front() + 1;
        responses_.pop_front();
        --open_;
    }
    ++open_;
    burst.address = std::max({burst.available, next_beat_, place_from});
    return true;
}

void Sender::step(Cycles now) {
    while (!bursts_.empty() && bursts_.front().last_beat <= now) {
        write(bursts_.front());
        bursts_.pop_front();
        --sending_;
        send_beats(0);  // a place has become known; the data that wait were read long ago
    }
    open_bursts(now);
    lanes_.advance(now + 1);
}

void Sender::write(Outgoing& burst) {
    const Cycles latency = surroundings_.access_external(burst, burst.last_beat);
    last_response_ = std::max(last_response_, burst.last_beat + latency);
    responses_.push_back(last_response_);
    if (burst.is_last)
        surroundings_.command_done(burst.id, last_response_ + kCompletionCycles);
}

}  // namespace flexv::dma
