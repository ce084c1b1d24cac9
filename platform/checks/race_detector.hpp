// SPDX-License-Identifier: Apache-2.0
// Finds two accesses to the same byte, one of them a write, that nothing orders: each agent has a
// vector clock, each object through which agents meet another one (happens-before; Lamport 1978,
// in the form of FastTrack, Flanagan and Freund 2009). Plain logic: it knows neither cores nor
// memories, and it finds what nothing orders also when it went well this time.
#pragma once

#include "base/units.hpp"
#include "platform/probes/synchronisation.hpp"
#include "platform/system/clocks.hpp"

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace flexv::platform {

class RaceDetector {
public:
    static constexpr unsigned kWordBytes = 4;

    /// Agents are numbered from 0 on.
    explicit RaceDetector(unsigned agents);

    /// Within one word.
    struct Access {
        unsigned agent = 0;
        Address address = 0;
        unsigned bytes = 4;
        bool is_write = false;
        Address pc = 0;
        ClusterCycles cycle = 0;
        /// What a write leaves there, lowest byte first. Two that leave the same are no race, in
        /// whichever order they come.
        std::optional<u32> value = std::nullopt;
        u32 number = 0;  ///< of a read, as its agent counts them; 0: not counted
    };
    /// What an earlier read has brought is asked for when a write meets it; the write's bytes.
    /// False: it has made no difference, so there is no race.
    std::function<bool(const Access& read, const Access& write)> mattered;
    /// Accesses come in the order of time. \returns the earlier one that nothing orders with this
    /// one
    [[nodiscard]] std::optional<Access> access(const Access& access);

    /// What `agent` has done so far is known to whoever takes from `object`.
    void signal(unsigned agent, const SyncObject& object);
    /// `agent` knows what was signalled there. An object with index kAll stands for all of its
    /// kind.
    void take(unsigned agent, const SyncObject& object);
    /// Everything that was signalled anywhere.
    void take_all(unsigned agent);
    /// `agent` has been told by `by` to begin, and knows what that one knows.
    void begin(unsigned agent, unsigned by);

private:
    using Clock = std::vector<u32>;  // [agent]

    /// The last access of an agent to some bytes of a word.
    struct Cell {
        u8 agent = 0;
        u8 bytes = 0;  // bit i: byte i of the word
        bool is_write = false;
        u32 time = 0;  // of the agent's own clock
        Address pc = 0;
        ClusterCycles cycle = 0;
        std::optional<u32> value = std::nullopt;  // in the place of its bytes
        u32 number = 0;
    };
    using Word = std::vector<Cell>;
    static constexpr unsigned kPageWords = 1024;
    using Page = std::array<Word, kPageWords>;

    [[nodiscard]] Word& word_at(Address address);
    [[nodiscard]] bool is_before(const Cell& cell, unsigned agent) const {
        return cell.time <= clocks_[agent][cell.agent];
    }
    [[nodiscard]] static Access access_of(const Cell& cell, const Access& at);
    [[nodiscard]] static bool leave_the_same(const Cell& one, const Cell& other);
    void merge(unsigned agent, const Clock& other);

    std::vector<Clock> clocks_;  // [agent]
    std::map<SyncObject, Clock> objects_;
    std::unordered_map<Address, std::unique_ptr<Page>> pages_;
};

}  // namespace flexv::platform
