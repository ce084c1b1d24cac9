// SPDX-License-Identifier: Apache-2.0
// The fetch stage while every fetch hits: an automaton of eight states (models/core/README.md,
// Fetch).
#pragma once

#include "base/state_archive.hpp"
#include "core/fetch/fetch_stage.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace flexv::core {

/// How far the fetch stage is ahead of decode while every fetch hits. Words stored and a word on
/// its way are all that matters of it then.
class Lead {
public:
    static constexpr unsigned kStates = 8;

    /// What happens to it with a number of instructions, one per cycle: a map of all states.
    class Path {
    public:
        constexpr Path() = default;
        /// \param pops the instruction is the last one in its word, or fills it.
        constexpr void append(bool pops) {
            u32 map = 0;
            for (unsigned state = 0; state < kStates; ++state)
                map |= u32{next(to(state), pops)} << (4 * state);
            map_ = map;
        }
        [[nodiscard]] constexpr u32 bits() const { return map_; }
        static constexpr Path from(u32 bits) { return Path(bits); }

    private:
        friend class Lead;
        constexpr explicit Path(u32 map) : map_(map) {}
        [[nodiscard]] constexpr unsigned to(unsigned state) const {
            return map_ >> (4 * state) & 15;
        }
        u32 map_ = 0x76543210;
    };

    /// The first word of a jump's target is on its way.
    static constexpr Lead behind_redirect() { return Lead(0); }
    /// A cycle later.
    static constexpr Lead one_behind_redirect() { return Lead(kIdle[0]); }
    static constexpr Lead at(unsigned index) { return Lead(u8(index)); }
    /// None where `stage` is not one that straight code over hits leads to.
    static constexpr std::optional<Lead> of(const FetchStage& stage) {
        for (unsigned state = 0; state < kStates; ++state)
            if (stage.is_plain() && stage.stored() == kWords[state] &&
                stage.is_waiting() == kWaits[state])
                return Lead(u8(state));
        return std::nullopt;
    }

    constexpr void take(bool pops) { state_ = next(state_, pops); }
    constexpr void follow(Path path) { state_ = u8(path.to(state_)); }
    constexpr void idle(Cycles cycles) {
        state_ = kIdleFor[state_][std::min(u64(cycles), u64{kSettles})];
    }
    /// The last word asked for, `front` being the instruction in front.
    [[nodiscard]] constexpr Address reach(Address front) const {
        return (front & ~Address{3}) + 4 * (kWords[state_] + (kWaits[state_] ? 1U : 0U)) - 4;
    }
    [[nodiscard]] constexpr FetchStage stage(Address front) const {
        return FetchStage::filled(front, kWords[state_], kWaits[state_]);
    }

    /// Below kStates.
    [[nodiscard]] constexpr unsigned index() const { return state_; }
    void serialize(StateArchive& archive) { archive(state_); }

private:
    static constexpr std::array<u8, kStates> kWords = {0, 1, 2, 3, 4, 3, 2, 1};
    static constexpr std::array<bool, kStates> kWaits = {true,  true,  true,  true,
                                                         false, false, false, false};
    // A cycle without and one with a word that leaves: FetchStage over hits, which
    // tests/unit/core/fetch_stage_test.cpp compares.
    static constexpr std::array<u8, kStates> kIdle = {1, 2, 3, 4, 4, 5, 2, 1};
    static constexpr std::array<u8, kStates> kPop = {0, 1, 2, 5, 5, 6, 1, 0};
    /// Cycles without anything, after which it changes no more.
    static constexpr unsigned kSettles = 4;
    /// [state][cycles], the state that these lead to.
    static constexpr auto kIdleFor = [] {
        std::array<std::array<u8, kSettles + 1>, kStates> after{};
        for (unsigned state = 0; state < kStates; ++state) {
            after[state][0] = u8(state);
            for (unsigned cycles = 1; cycles <= kSettles; ++cycles)
                after[state][cycles] = kIdle[after[state][cycles - 1]];
        }
        return after;
    }();

    constexpr explicit Lead(u8 state) : state_(state) {}
    static constexpr u8 next(unsigned state, bool pops) {
        return pops ? kPop[state] : kIdle[state];
    }

    u8 state_;
};

}  // namespace flexv::core
