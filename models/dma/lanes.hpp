// SPDX-License-Identifier: Apache-2.0
// The TCDM side of a direction: bursts become groups of 32-bit words, two as wide as the hardware's
// bus is. Each word of a group goes to the bank through its own port, and a burst is done when all
// ports have finished theirs. One port may run ahead of the others as far as the queues reach.
#pragma once

#include "base/units.hpp"
#include "dma/burst.hpp"
#include "dma/fifo.hpp"
#include "dma/surroundings.hpp"

#include <array>

namespace flexv::dma {

/// One of the words of a group.
struct Word {
    OpenBurst* burst = nullptr;
    Address address = 0;   ///< of the whole word
    u32 first = 0;         ///< byte of the burst
    u32 bytes = 0;         ///< of the burst in this word; 0: the word is skipped when writing
    bool is_last = false;  ///< of the burst

    void serialize(StateArchive& archive) { archive(burst, address, first, bytes, is_last); }
};

/// Gives one group of words a cycle (tcdm_cmd_unpack of the RTL).
class WordUnpacker {
public:
    explicit WordUnpacker(unsigned lanes) : lanes_(lanes) {}

    [[nodiscard]] bool has_room() const { return bursts_.has_room(); }
    void add(OpenBurst& burst) { bursts_.push(&burst); }
    bool step();
    Fifo<Word>& lane(unsigned lane) { return words_[lane]; }
    void tick();
    void clear();
    void serialize(StateArchive& archive) { archive(bursts_, burst_, done_, words_); }

private:
    const unsigned lanes_;
    Fifo<OpenBurst*> bursts_;
    OpenBurst* burst_ = nullptr;  // that is being unpacked
    u32 done_ = 0;                // groups of it
    std::array<Fifo<Word>, DataPath::kMaxLanes> words_;
};

/// Tells when all ports have finished a burst.
class BurstEnds {
public:
    explicit BurstEnds(unsigned lanes) : lanes_(lanes) {}

    void add(unsigned lane, OpenBurst& burst) { ends_[lane].push(&burst); }
    /// The burst that all have finished, or null.
    OpenBurst* take();
    void tick();
    void clear();
    void serialize(StateArchive& archive) { archive(ends_); }

private:
    const unsigned lanes_;
    std::array<Fifo<OpenBurst*>, DataPath::kMaxLanes> ends_;
};

/// A request at a bank.
struct BankRequest {
    bool is_asking = false;
    bool is_granted = false;  ///< in this cycle
    Cycles since = 0;

    void serialize(StateArchive& archive) { archive(is_asking, is_granted, since); }
};

/// Writes words as their data come (tcdm_rx_if).
class WriteLanes {
public:
    WriteLanes(Surroundings& surroundings, unsigned lanes)
        : surroundings_(surroundings), lanes_(lanes) {}

    [[nodiscard]] bool has_room() const;
    void add_data();
    bool step(WordUnpacker& words, BurstEnds& ends);
    /// Asks for the banks of `cycle`, the one that begins.
    void ask(WordUnpacker& words, Cycles cycle);
    void granted(unsigned lane, Cycles now, WordUnpacker& words);
    [[nodiscard]] bool is_asking(unsigned lane) const { return requests_[lane].is_asking; }
    void tick();
    void clear();
    void serialize(StateArchive& archive) { archive(data_, requests_); }

private:
    bool step_lane(unsigned lane, Fifo<Word>& words, BurstEnds& ends);

    Surroundings& surroundings_;
    const unsigned lanes_;
    std::array<Fifo<Token>, DataPath::kMaxLanes> data_;
    std::array<BankRequest, DataPath::kMaxLanes> requests_{};
};

/// Reads words; a word that finds its queue full is held and stops its port (tcdm_tx_if).
class ReadLanes {
public:
    ReadLanes(Surroundings& surroundings, unsigned lanes)
        : surroundings_(surroundings), lanes_(lanes) {}

    [[nodiscard]] bool has_data() const;
    void take_data();
    bool step(WordUnpacker& words, BurstEnds& ends);
    void ask(WordUnpacker& words, Cycles cycle);
    void granted(unsigned lane, Cycles now, WordUnpacker& words);
    [[nodiscard]] bool is_asking(unsigned lane) const { return requests_[lane].is_asking; }
    void tick();
    void clear();
    void serialize(StateArchive& archive) { archive(data_, requests_, responses_); }

private:
    /// A word that was read and has not found its place in the queue.
    struct Response {
        OpenBurst* burst = nullptr;
        bool is_last = false;
        bool is_held = false;  ///< found the queue full before

        void serialize(StateArchive& archive) { archive(burst, is_last, is_held); }
    };

    bool step_lane(unsigned lane, Fifo<Word>& words, BurstEnds& ends);

    Surroundings& surroundings_;
    const unsigned lanes_;
    std::array<Fifo<Token>, DataPath::kMaxLanes> data_;
    std::array<BankRequest, DataPath::kMaxLanes> requests_{};
    std::array<Response, DataPath::kMaxLanes> responses_{};
};

}  // namespace flexv::dma
