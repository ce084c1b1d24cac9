// SPDX-License-Identifier: Apache-2.0
// What a core counts. Each count has one declaration here: an enumerator for what is counted as it
// happens, a row of the tables in counters.cpp for what reports, energy and the performance
// counters of the hardware make of it.
#pragma once

#include "base/enum_names.hpp"
#include "base/event_count.hpp"
#include "base/module.hpp"
#include "base/state_archive.hpp"
#include "core/csr_file.hpp"
#include "core/decode/basic_block.hpp"
#include "core/pipeline/stall.hpp"
#include "isa/decoder.hpp"
#include "isa/hart.hpp"

#include <array>
#include <vector>

namespace flexv::core {

/// What is counted as it happens, beside instructions and stalls.
enum class Event : u8 {
    taken_branch,
    refill,              ///< a word loaded by Mac&Load
    load_only,           ///< a Mac&Load with rd = x0
    divide_cycle,        ///< a cycle in which the divider works
    jump_register_wait,  ///< a cycle of Stall::load_use in front of a jalr
    split_load,          ///< a misaligned load of two requests
    split_store,
    external_load,  ///< a request behind the peripheral interconnect
    external_store,
    external_load_cycle,  ///< a cycle that such a load waits
    external_store_cycle,
};
inline constexpr unsigned kEvents = unsigned(kEnumerators<Event>);

/// How often each instruction was executed. What executes in blocks is counted by blocks;
/// the sums are made when somebody asks.
class InstructionCounts {
public:
    using Rows = std::array<EventCount, isa::kMaxRows>;

    /// \param user of the blocks, an index of BasicBlock::use()
    explicit InstructionCounts(unsigned user) : user_(user) {}
    [[nodiscard]] unsigned user() const { return user_; }
    void reset();
    void serialize(StateArchive& archive);

    [[gnu::always_inline]] void add(unsigned row) { ++rows_[row]; }
    [[gnu::always_inline]] void add(BasicBlock& block) {
        if (block.use(user_).runs++ == 0) [[unlikely]]
            blocks_.push_back(&block);
    }
    /// A block that was added has not been executed to its end.
    void take_back(BasicBlock& block) { --block.use(user_).runs; }
    /// Blocks are about to be forgotten.
    void sum_up() const;

    /// [row]
    [[nodiscard]] const Rows& rows() const {
        sum_up();
        return rows_;
    }
    [[nodiscard]] u64 total() const;
    [[nodiscard]] u64 with(isa::Timing timing) const;
    [[nodiscard]] u64 with(isa::Energy energy) const;
    [[nodiscard]] u64 compressed() const;

private:
    template <typename Predicate>
    [[nodiscard]] u64 sum_if(Predicate predicate) const;

    const unsigned user_;
    mutable Rows rows_{};                      // but for what blocks_ have executed since
    mutable std::vector<BasicBlock*> blocks_;  // that have been executed and not summed up
};

class Counters final : public PerformanceEvents {
public:
    using Stalls = std::array<EventCount, kStallCauses>;

    InstructionCounts instructions;

    /// \param hart counts what depends on formats; both references outlive the counters
    /// \param now the core's own time
    Counters(const isa::Hart& hart, const Cycles& now, unsigned code_user)
        : instructions(code_user), hart_(hart), now_(now) {}
    /// Makes them known to reports and energy.
    void add_to(Module& module) const;
    void reset();
    /// The core begins in `cycle`.
    void start(Cycles cycle) { started_ = cycle; }
    void serialize(StateArchive& archive);

    [[gnu::always_inline]] void add(Event event, u64 count = 1) {
        events_[unsigned(event)] += count;
    }
    [[gnu::always_inline]] void stall(Stall cause, Cycles cycles) {
        stalls_[unsigned(cause)] += cycles;
    }
    void sleep(Cycles cycles) { asleep_ += cycles; }

    [[nodiscard]] u64 operator[](Event event) const { return events_[unsigned(event)]; }
    [[nodiscard]] u64 operator[](Stall cause) const { return stalls_[unsigned(cause)]; }
    /// [Stall], cycles.
    [[nodiscard]] const Stalls& stalls() const { return stalls_; }
    /// Cycles with the clock gated.
    [[nodiscard]] Cycles asleep() const { return asleep_; }
    /// Cycles with the clock on.
    [[nodiscard]] Cycles active() const;
    [[nodiscard]] const isa::Hart& hart() const { return hart_; }
    /// From the first instruction on, with the clock on, by the core's own time.
    [[nodiscard]] Cycles elapsed() const { return now_ - started_ - asleep_; }

    u64 count(unsigned event) const override;

private:
    const isa::Hart& hart_;
    const Cycles& now_;
    Stalls stalls_{};
    std::array<EventCount, kEvents> events_{};
    Cycles asleep_ = 0;
    Cycles started_ = 0;
};

}  // namespace flexv::core
