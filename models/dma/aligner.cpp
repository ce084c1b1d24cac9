// SPDX-License-Identifier: Apache-2.0
#include "dma/aligner.hpp"

namespace flexv::dma {

Aligner::Moves Aligner::step(bool has_word, bool has_room) {
    switch (state_) {
        case State::idle:
            if (!jobs_.has_data())
                return {};
            start(jobs_.pop());
            return {.is_busy = true};
        case State::fill:
            return fill(has_word);
        case State::run:
            return run(has_word, has_room);
        case State::owed:
            return pay(has_word);
        case State::drain:
            break;
    }
    return drain(has_room);
}

/// The first word out needs two words in when its bytes come out later than they went in, unless
/// the second one would only be there for the end (one word more out than in).
void Aligner::start(const Job& job) {
    words_in_ = words_touched(job.in_skew, job.bytes, job.word_bytes);
    words_out_ = words_touched(job.out_skew, job.bytes, job.word_bytes);
    to_fill_ = job.out_skew <= job.in_skew && words_out_ <= words_in_ ? 2 : 1;
    state_ = State::fill;
}

void Aligner::taken() {
    if (--words_in_ == 0)
        state_ = State::drain;
}

Aligner::Moves Aligner::fill(bool has_word) {
    if (!has_word)
        return {};
    if (--to_fill_ == 0)
        state_ = State::run;
    taken();
    return {.takes_word = true, .is_busy = true};
}

Aligner::Moves Aligner::run(bool has_word, bool has_room) {
    if (!has_room)
        return {};
    --words_out_;
    if (has_word)
        taken();
    else
        state_ = State::owed;
    return {.takes_word = has_word, .gives_word = true, .is_busy = true};
}

Aligner::Moves Aligner::pay(bool has_word) {
    if (!has_word)
        return {};
    state_ = State::run;
    taken();
    return {.takes_word = true, .is_busy = true};
}

/// The next burst is taken together with the last word of this one.
Aligner::Moves Aligner::drain(bool has_room) {
    if (!has_room)
        return {};
    if (--words_out_ == 0) {
        state_ = State::idle;
        if (jobs_.has_data())
            start(jobs_.pop());
    }
    return {.gives_word = true, .is_busy = true};
}

void Aligner::clear() {
    jobs_.clear();
    state_ = State::idle;
}

}  // namespace flexv::dma
