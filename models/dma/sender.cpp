// SPDX-License-Identifier: Apache-2.0
#include "dma/sender.hpp"

#include <algorithm>
#include <utility>

namespace flexv::dma {

bool Sender::step(Cycles now) {
    bool moved = lanes_.step(words_, ends_);
    moved |= finish_reads();
    moved |= words_.step();
    moved |= align();
    moved |= send(now);
    moved |= put_last_beat(now);
    moved |= take_response(now);
    moved |= generator_.step();
    return moved;
}

bool Sender::finish_reads() {
    const OpenBurst* const burst = ends_.take();
    if (burst == nullptr)
        return false;
    surroundings_.tcdm_done(burst->id);
    return true;
}

bool Sender::align() {
    const Aligner::Moves moves = aligner_.step(lanes_.has_data(), data_.has_room());
    if (moves.takes_word)
        lanes_.take_data();
    if (moves.gives_word)
        data_.push({});
    return moves.is_busy;
}

/// The address of a burst leaves when the last beat of the one before it has left; its first beat
/// may leave together with it.
bool Sender::send(Cycles now) {
    if (state_ != State::idle)
        return send_beat(now);
    if (!writes_.has_data() || open_ == path_.outstanding)
        return false;
    sending_ = writes_.pop();
    beats_left_ = sending_->burst.beats();
    ++open_;
    state_ = State::address_sent;
    send_beat(now);
    return true;
}

bool Sender::send_beat(Cycles now) {
    if (!data_.has_data() || now < next_beat_)
        return false;
    data_.pop();
    next_beat_ = now + path_.cycles_per_beat;
    state_ = State::running;
    if (--beats_left_ != 0)
        return true;
    next_last_beat_ = sending_;
    state_ = State::idle;
    return true;
}

/// The burst is carried out outside with its last beat; the responses come in order.
bool Sender::put_last_beat(Cycles now) {
    if (last_beat_ == nullptr)
        return false;
    const Cycles latency = surroundings_.access_external(*last_beat_, now);
    responses_.push_back(
        {.burst = last_beat_, .buffered = latency == kNever ? kNever : now + latency + 1});
    return true;
}

void Sender::answered(const OpenBurst& burst, Cycles cycle) {
    for (Response& response : responses_)
        if (response.burst == &burst)
            response.buffered = cycle + 1;
}

/// One per cycle.

bool Sender::take_response(Cycles now) {
    if (responses_.empty() || responses_.front().buffered > now)
        return false;
    const OpenBurst& burst = *responses_.front().burst;
    surroundings_.external_done(burst.id);
    if (burst.is_last)
        surroundings_.command_done(burst.id);
    has_closed_ = true;
    responses_.pop_front();
    if (!responses_.empty())
        responses_.front().buffered = std::max(responses_.front().buffered, now + 1);
    return true;
}

Cycles Sender::next_arrival() const {
    const Cycles response = responses_.empty() ? kNever : responses_.front().buffered;
    const bool waits_for_bus = state_ != State::idle && data_.has_data();
    return waits_for_bus ? std::min(response, next_beat_) : response;
}

void Sender::issue(const Burst& burst, unsigned id, bool is_last) {
    OpenBurst& open = store_.open();
    open.burst = burst;
    open.id = id;
    open.is_receive = false;
    open.is_last = is_last;
    words_.add(open);
    writes_.push(&open);
    aligner_.add({.in_skew = burst.tcdm % path_.bus_bytes,
                  .out_skew = burst.external % path_.bus_bytes,
                  .bytes = burst.bytes,
                  .word_bytes = path_.bus_bytes});
}

void Sender::tick(Cycles next) {
    open_ -= has_closed_ ? 1 : 0;
    has_closed_ = false;
    last_beat_ = std::exchange(next_last_beat_, nullptr);
    generator_.tick();
    words_.tick();
    lanes_.tick();
    ends_.tick();
    aligner_.tick();
    data_.tick();
    writes_.tick();
    lanes_.ask(words_, next);
}

void Sender::reset() {
    generator_.clear();
    words_.clear();
    lanes_.clear();
    ends_.clear();
    aligner_.clear();
    data_.clear();
    writes_.clear();
    state_ = State::idle;
    sending_ = last_beat_ = next_last_beat_ = nullptr;
    beats_left_ = 0;
    next_beat_ = 0;
    open_ = 0;
    has_closed_ = false;
    responses_.clear();
}

}  // namespace flexv::dma
