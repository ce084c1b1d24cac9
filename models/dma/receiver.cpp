// SPDX-License-Identifier: Apache-2.0
#include "dma/receiver.hpp"

#include <algorithm>

namespace flexv::dma {

bool Receiver::step(Cycles now) {
    bool moved = lanes_.step(words_, ends_);
    moved |= finish_burst();
    moved |= words_.step();
    moved |= align();
    moved |= accept_beat();
    moved |= put_address(now);
    moved |= take_from_bus(now);
    moved |= launch();
    moved |= generator_.step();
    return moved;
}

bool Receiver::finish_burst() {
    const OpenBurst* const burst = ends_.take();
    if (burst == nullptr)
        return false;
    surroundings_.tcdm_done(burst->id);
    if (burst->is_last)
        surroundings_.command_done(burst->id);
    return true;
}

bool Receiver::align() {
    const Aligner::Moves moves = aligner_.step(data_.has_data(), lanes_.has_room());
    if (moves.takes_word)
        data_.pop();
    if (moves.gives_word)
        lanes_.add_data();
    return moves.is_busy;
}

/// From the buffer of the bus to the aligner. The queues for the burst itself must have room for
/// every beat, not only for the first one (ext_rx_if of the RTL).
bool Receiver::accept_beat() {
    if (!beats_.has_data() || !data_.has_room() || !aligner_.has_room() || !words_.has_room())
        return false;
    const BusBeat beat = beats_.pop();
    data_.push({});
    const Burst& burst = beat.burst->burst;
    if (beat.is_first) {
        aligner_.add({.in_skew = burst.external % path_.bus_bytes,
                      .out_skew = burst.tcdm % path_.bus_bytes,
                      .bytes = burst.bytes,
                      .word_bytes = path_.bus_bytes});
        words_.add(*beat.burst);
    }
    if (beat.is_last) {
        has_closed_ = true;
        surroundings_.external_done(beat.burst->id);
    }
    return true;
}

/// The memory serves the bursts in order, one beat per cycle if it is as wide as the bus.
bool Receiver::take_from_bus(Cycles now) {
    if (incoming_.empty() || incoming_.front().next_beat > now || !beats_.has_room())
        return false;
    Incoming& from = incoming_.front();
    const bool is_first = from.beats_left == from.burst->burst.beats();
    beats_.push({.burst = from.burst, .is_first = is_first, .is_last = from.beats_left == 1});
    from.next_beat = now + path_.cycles_per_beat;
    if (--from.beats_left != 0)
        return true;
    incoming_.pop_front();
    if (!incoming_.empty())
        incoming_.front().next_beat =
            std::max(incoming_.front().next_beat, now + path_.cycles_per_beat);
    return true;
}

bool Receiver::put_address(Cycles now) {
    if (address_ == nullptr)
        return false;
    const Cycles latency = surroundings_.access_external(*address_, now);
    incoming_.push_back({.burst = address_,
                         .next_beat = latency == kNever ? kNever : first_beat(now + latency),
                         .beats_left = address_->burst.beats()});
    address_ = nullptr;
    return true;
}

void Receiver::answered(const OpenBurst& burst, Cycles cycle) {
    for (Incoming& incoming : incoming_)
        if (incoming.burst == &burst)
            incoming.next_beat = first_beat(cycle);
}

bool Receiver::launch() {
    if (!reads_.has_data() || open_ == path_.outstanding)
        return false;
    address_ = reads_.pop();
    ++open_;
    return true;
}

void Receiver::issue(const Burst& burst, unsigned id, bool is_last) {
    OpenBurst& open = store_.open();
    open.burst = burst;
    open.id = id;
    open.is_receive = true;
    open.is_last = is_last;
    reads_.push(&open);
}

Cycles Receiver::next_arrival() const {
    return incoming_.empty() || !beats_.has_room() ? kNever : incoming_.front().next_beat;
}

void Receiver::tick(Cycles next) {
    open_ -= has_closed_ ? 1 : 0;
    has_closed_ = false;
    generator_.tick();
    reads_.tick();
    beats_.tick();
    data_.tick();
    aligner_.tick();
    words_.tick();
    lanes_.tick();
    ends_.tick();
    lanes_.ask(words_, next);
}

void Receiver::reset() {
    generator_.clear();
    reads_.clear();
    address_ = nullptr;
    open_ = 0;
    has_closed_ = false;
    incoming_.clear();
    beats_.clear();
    data_.clear();
    aligner_.clear();
    words_.clear();
    lanes_.clear();
    ends_.clear();
}

}  // namespace flexv::dma
