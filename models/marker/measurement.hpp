// SPDX-License-Identifier: Apache-2.0
// What a timing program measures of one hart: the way from its last start marker to the first stop
// marker behind it. Plain C++.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

namespace flexv::marker {

/// What a hart has counted so far.
struct HartSample {
    u64 instructions = 0;  ///< retired; the store in EX is not yet among them
    u64 tcdm_stalls = 0;   ///< cycles in which a TCDM request was not granted

    void serialize(StateArchive& archive) { archive(instructions, tcdm_stalls); }
};

class Measurement {
public:
    /// A start marker was stored in cycle `now`; an earlier one without a stop does not count.
    void start(Cycles now, const HartSample& sample) {
        opened_at_ = now;
        opened_with_ = sample;
        is_open_ = is_started_ = true;
    }

    /// A stop marker was stored; without a start before it means nothing. Both samples lack the
    /// store that takes them, so their difference has the stop store and not the start store.
    void stop(Cycles now, const HartSample& sample) {
        if (!is_open_)
            return;
        is_open_ = false;
        start_ = opened_at_;
        stop_ = now;
        spent_ = {.instructions = sample.instructions - opened_with_.instructions,
                  .tcdm_stalls = sample.tcdm_stalls - opened_with_.tcdm_stalls};
    }

    [[nodiscard]] bool is_started() const { return is_started_; }
    /// Of the last complete measurement; 0 without one.
    [[nodiscard]] Cycles start_cycle() const { return start_; }
    [[nodiscard]] Cycles stop_cycle() const { return stop_; }
    [[nodiscard]] const HartSample& spent() const { return spent_; }
    void serialize(StateArchive& archive) {
        archive(is_started_, is_open_, opened_at_, opened_with_, start_, stop_, spent_);
    }

private:
    bool is_started_ = false;
    bool is_open_ = false;
    Cycles opened_at_ = 0;
    HartSample opened_with_;
    Cycles start_ = 0;
    Cycles stop_ = 0;
    HartSample spent_;
};

}  // namespace flexv::marker
