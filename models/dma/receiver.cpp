// SPDX-License-Identifier: Apache-2.0
#include "dma/receiver.hpp"

#include <algorithm>

namespace flexv::dma {

void Receiver::reset() {
    lanes_.clear();
    commands_.clear();
    bursts_.clear();
    slots_free_.clear();
    taking_ = open_ = buffered_bytes_ = 0;
    taken_bytes_ = room_from_ = next_beat_ = 0;
    is_full_ = false;
}

void Receiver::add(const QueuedCommand& command, Cycles now) {
    commands_.push_back(command);
    surroundings_.wake(std::max(command.start, now + 1));
}

bool Receiver::may_issue(Cycles now) {
    while (!slots_free_.empty() && slots_free_.front() <= now) {
        slots_free_.pop_front();
        --open_;
    }
    if (open_ < kMaxOutstanding)
        return true;
    if (!slots_free_.empty())
        surroundings_.wake(slots_free_.front());
    return false;
}

void Receiver::step(Cycles now) {
    if (commands_.empty() || now < commands_.front().start || !may_issue(now))
        return;
    issue(now);
    if (!commands_.empty())
        surroundings_.wake(std::max(commands_.front().start, now + 1));
    take_beats();
    lanes_.advance(now + 1);
}

void Receiver::issue(Cycles now) {
    QueuedCommand& command = commands_.front();
    Incoming& burst = bursts_.emplace_back();
    burst.burst = command.splitter.next();
    burst.beats = burst.burst.beats();
    burst.id = command.id;
    burst.is_receive = true;
    burst.is_last = command.splitter.is_done();
    burst.first_data = now + surroundings_.access_external(burst, now);
    lanes_.add(burst);
    ++open_;
    if (burst.is_last) {
        surroundings_.command_left(command.is_two_dimensional);
        commands_.pop_front();
    }
}

/// Takes beats from the bus as long as the buffer has room. Their cycles are known ahead, because
/// nothing but the buffer can hold them up.
void Receiver::take_beats() {
    while (taking_ < bursts_.size()) {
        Incoming& burst = bursts_[taking_];
        while (burst.beats_taken < burst.beats)
            if (!take_beat(burst))
                return;
        ++taking_;
        slots_free_.push_back(next_beat_);
        if (!commands_.empty())
            surroundings_.wake(next_beat_);
        next_beat_ += kReceiveGapCycles;
    }
}

bool Receiver::take_beat(Incoming& burst) {
    const u32 bytes = burst.burst.beat_bytes(burst.bytes_taken);
    if (buffered_bytes_ + bytes > kBufferBytes) {
        is_full_ = true;
        return false;
    }
    const Cycles offered = burst.first_data + burst.beats_taken;
    const Cycles taken = std::max({offered, next_beat_, room_from_});
    next_beat_ = taken + 1;
    ++burst.beats_taken;
    burst.bytes_taken += bytes;
    buffered_bytes_ += bytes;
    taken_bytes_ += bytes;
    lanes_.release(taken_bytes_, taken + transit_cycles(burst.beats));
    return true;
}

void Receiver::beat_done(const Beat& beat, Cycles cycle) {
    Incoming& burst = bursts_.front();
    burst.bytes_written += beat.bytes;
    buffered_bytes_ -= beat.bytes;
    if (is_full_) {
        is_full_ = false;
        room_from_ = cycle + 1;
    }
    if (burst.bytes_written == burst.burst.bytes) {
        if (burst.is_last)
            surroundings_.command_done(burst.id, cycle + kCompletionCycles);
        bursts_.pop_front();
        --taking_;
    }
    take_beats();
}

}  // namespace flexv::dma
