// SPDX-License-Identifier: Apache-2.0
// What couples two neighbouring stages of the DMA: a queue of two entries whose flags are
// registers. All stages of a cycle see it as it was when the cycle began, so their order does not
// matter.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <array>

namespace flexv::dma {

/// An entry of a queue that only counts.
struct Token {
    void serialize(StateArchive& /*archive*/) {}
};

/// An entry that is pushed in a cycle can be taken from the next one on, and so can room that is
/// made. One push and one pop per cycle. Source: generic_fifo of the RTL.
template <typename T>
class Fifo {
public:
    static constexpr unsigned kDepth = 2;

    [[nodiscard]] bool has_data() const { return count_ != 0; }
    [[nodiscard]] bool has_room() const { return count_ != kDepth; }
    [[nodiscard]] const T& front() const { return entries_[head_]; }
    void push(const T& entry) {
        entries_[(head_ + count_) % kDepth] = entry;
        pushed_ = 1;
    }
    T pop() {
        popped_ = 1;
        return entries_[head_];
    }
    /// The edge between two cycles.
    void tick() {
        head_ = (head_ + popped_) % kDepth;
        count_ += pushed_ - popped_;
        pushed_ = popped_ = 0;
    }
    void clear() { head_ = count_ = pushed_ = popped_ = 0; }
    void serialize(StateArchive& archive) { archive(entries_, head_, count_, pushed_, popped_); }

private:
    std::array<T, kDepth> entries_{};
    unsigned head_ = 0;
    unsigned count_ = 0;  // when the cycle began
    unsigned pushed_ = 0;
    unsigned popped_ = 0;
};

}  // namespace flexv::dma
