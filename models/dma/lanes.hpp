// SPDX-License-Identifier: Apache-2.0
// The TCDM side of a direction: bursts become pairs of 32-bit words, each word of a pair goes to
// the bank through its own port, and a burst is done when both ports have finished theirs. One port
// may run ahead of the other as far as the queues reach.
#pragma once

#include "base/units.hpp"
#include "dma/burst.hpp"
#include "dma/fifo.hpp"
#include "dma/surroundings.hpp"

#include <array>

namespace flexv::dma {

/// One of the two words of a pair.
struct Word {
    OpenBurst* burst = nullptr;
    Address address = 0;   ///< of the whole word
    u32 first = 0;         ///< byte of the burst
    u32 bytes = 0;         ///< of the burst in this word; 0: the word is skipped when writing
    bool is_last = false;  ///< of the burst
};

/// Gives one pair of words a cycle (tcdm_cmd_unpack of the RTL).
class WordUnpacker {
public:
    [[nodiscard]] bool has_room() const { return bursts_.has_room(); }
    void add(OpenBurst& burst) { bursts_.push(&burst); }
    bool step();
    Fifo<Word>& lane(unsigned lane) { return words_[lane]; }
    void tick();
    void clear();

private:
    Fifo<OpenBurst*> bursts_;
    OpenBurst* burst_ = nullptr;  // that is being unpacked
    u32 done_ = 0;                // pairs of it
    std::array<Fifo<Word>, kLanes> words_;
};

/// Tells when both ports have finished a burst.
class BurstEnds {
public:
    void add(unsigned lane, OpenBurst& burst) { ends_[lane].push(&burst); }
    /// The burst that both have finished, or null.
    OpenBurst* take();
    void tick();
    void clear();

private:
    std::array<Fifo<OpenBurst*>, kLanes> ends_;
};

/// A request at a bank.
struct BankRequest {
    bool is_asking = false;
    bool is_granted = false;  ///< in this cycle
    Cycles since = 0;
};

/// Writes words as their data come (tcdm_rx_if).
class WriteLanes {
public:
    explicit WriteLanes(Surroundings& surroundings) : surroundings_(surroundings) {}

    [[nodiscard]] bool has_room() const { return data_[0].has_room() && data_[1].has_room(); }
    void add_data() {
        data_[0].push({});
        data_[1].push({});
    }
    bool step(WordUnpacker& words, BurstEnds& ends);
    /// Asks for the banks of `cycle`, the one that begins.
    void ask(WordUnpacker& words, Cycles cycle);
    void granted(unsigned lane, Cycles now, WordUnpacker& words);
    [[nodiscard]] bool is_asking(unsigned lane) const { return requests_[lane].is_asking; }
    void tick();
    void clear();

private:
    bool step_lane(unsigned lane, Fifo<Word>& words, BurstEnds& ends);

    Surroundings& surroundings_;
    std::array<Fifo<Token>, kLanes> data_;
    std::array<BankRequest, kLanes> requests_{};
};

/// Reads words; a word that finds its queue full is held and stops its port (tcdm_tx_if).
class ReadLanes {
public:
    explicit ReadLanes(Surroundings& surroundings) : surroundings_(surroundings) {}

    [[nodiscard]] bool has_data() const { return data_[0].has_data() && data_[1].has_data(); }
    void take_data() {
        data_[0].pop();
        data_[1].pop();
    }
    bool step(WordUnpacker& words, BurstEnds& ends);
    void ask(WordUnpacker& words, Cycles cycle);
    void granted(unsigned lane, Cycles now, WordUnpacker& words);
    [[nodiscard]] bool is_asking(unsigned lane) const { return requests_[lane].is_asking; }
    void tick();
    void clear();

private:
    /// A word that was read and has not found its place in the queue.
    struct Response {
        OpenBurst* burst = nullptr;
        bool is_last = false;
        bool is_held = false;  ///< found the queue full before
    };

    bool step_lane(unsigned lane, Fifo<Word>& words, BurstEnds& ends);

    Surroundings& surroundings_;
    std::array<Fifo<Token>, kLanes> data_;
    std::array<BankRequest, kLanes> requests_{};
    std::array<Response, kLanes> responses_{};
};

}  // namespace flexv::dma
