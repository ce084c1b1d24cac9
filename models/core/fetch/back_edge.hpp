// SPDX-License-Identifier: Apache-2.0
// A hardware loop's way back while every fetch hits: what the fetch stage does from its last
// instruction to its first, computed once for each of the few cases that there are.
#pragma once

#include "base/state_archive.hpp"
#include "core/fetch/fetch_stage.hpp"
#include "core/fetch/lead.hpp"

#include <algorithm>
#include <array>

namespace flexv::core {

class BackEdge {
public:
    /// Everything that matters of the two instructions and of the stage before.
    struct Case {
        Lead lead;        ///< when the last instruction has become the one in front
        Cycles wait = 0;  ///< cycles from then until decode takes it, 1 or more
        Address last = 0;
        bool is_last_compressed = false;
        Address start = 0;
        bool is_start_compressed = false;
    };

    /// The same case again is a look-up.
    static BackEdge of(const Case& edge) {
        static std::array<BackEdge, kCases> known;
        BackEdge& found = known[index_of(edge)];
        if (!found.is_known_)
            found = follow(edge);
        return found;
    }

    /// Decode can take the first instruction in this cycle behind that of the last one.
    [[nodiscard]] Cycles cycles() const { return Cycles{cycles_ + 1U}; }
    /// In the cycle before.
    [[nodiscard]] Lead lead() const { return lead_; }
    void serialize(StateArchive& archive) { archive(lead_, cycles_, is_known_); }

private:
    static constexpr unsigned kLongest = 8;  // cycles, behind which the stage changes no more
    static constexpr std::size_t kCases = Lead::kStates * kLongest * 16;

    static std::size_t index_of(const Case& edge) {
        const std::size_t wait = std::size_t(std::min(edge.wait, Cycles{kLongest})) - 1;
        return (edge.lead.index() * kLongest + wait) * 16 + (edge.last & 2) * 4 +
               (edge.start & 2) * 2 + (edge.is_last_compressed ? 2U : 0U) +
               (edge.is_start_compressed ? 1U : 0U);
    }
    static BackEdge follow(const Case& edge) {
        FetchStage stage = edge.lead.stage(edge.last);
        for (Cycles left = std::min(edge.wait, Cycles{kLongest}); left != 0; --left)
            (void)stage.clock({.decode_takes = left == 1,
                               .is_compressed = edge.is_last_compressed,
                               .loop_target = edge.start,
                               .word_arrives = stage.is_waiting()});
        BackEdge way;
        for (; way.cycles_ < kLongest; ++way.cycles_) {
            const std::optional<Lead> lead = Lead::of(stage);
            if (lead && stage.has_front(edge.is_start_compressed, stage.is_waiting())) {
                way.lead_ = *lead;
                break;
            }
            (void)stage.clock(
                {.is_compressed = edge.is_start_compressed, .word_arrives = stage.is_waiting()});
        }
        way.is_known_ = true;
        return way;
    }

    Lead lead_ = Lead::behind_redirect();
    u8 cycles_ = 0;
    bool is_known_ = false;
};

}  // namespace flexv::core
