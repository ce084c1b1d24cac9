// SPDX-License-Identifier: Apache-2.0
// Between the two sides of a direction: takes words of a beat as one side counts them and gives
// words as the other side counts them. Only when words move matters here; the bytes lie in the
// burst. Source: docs/spec/state_machines.md 4.3.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "dma/burst.hpp"
#include "dma/fifo.hpp"

namespace flexv::dma {

class Aligner {
public:
    /// A burst as the aligner sees it.
    struct Job {
        u32 in_skew = 0;   ///< first byte in its word on the side that gives the words
        u32 out_skew = 0;  ///< the same on the side that takes them
        u32 bytes = 0;
        u32 word_bytes = kBusBytes;

        void serialize(StateArchive& archive) { archive(in_skew, out_skew, bytes, word_bytes); }
    };

    /// What moves in a cycle.
    struct Moves {
        bool takes_word = false;
        bool gives_word = false;
        bool is_busy = false;  ///< something changed, if only the state
    };

    [[nodiscard]] bool has_room() const { return jobs_.has_room(); }
    void add(const Job& job) { jobs_.push(job); }
    /// One cycle. \param has_word a word is there to be taken \param has_room one may be given
    Moves step(bool has_word, bool has_room);
    void tick() { jobs_.tick(); }
    void clear();
    void serialize(StateArchive& archive) {
        archive(jobs_, state_, to_fill_, words_in_, words_out_);
    }

private:
    enum class State : u8 {
        idle,
        fill,   ///< takes the first word, or two, before it gives one
        run,    ///< a word in and a word out together
        owed,   ///< a word was given while none was there to be taken; takes that one alone
        drain,  ///< all words are in; gives the rest
    };

    void start(const Job& job);
    Moves fill(bool has_word);
    Moves run(bool has_word, bool has_room);
    Moves pay(bool has_word);
    Moves drain(bool has_room);
    void taken();

    Fifo<Job> jobs_;
    State state_ = State::idle;
    u32 to_fill_ = 0;
    u32 words_in_ = 0;  // that are still to be taken
    u32 words_out_ = 0;
};

}  // namespace flexv::dma
