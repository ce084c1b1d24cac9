// SPDX-License-Identifier: Apache-2.0
#include "core/counters.hpp"

#include <fmt/format.h>

#include <numeric>
#include <utility>

namespace flexv::core {

namespace {

constexpr auto kStallNames =
    enum_names<Stall>("load_use", "jump", "tcdm", "misaligned", "event_unit", "dma", "peripheral",
                      "fetch", "execute", "flush");

/// A counter as reports and energy profiles know it, in the order of reports. Behind these stands
/// one for each cause of stalls.
struct Reported {
    const char* name;
    const char* doc;
    u64 (*value)(const Counters&);
};

constexpr std::array kReported = {
    Reported{"active_cycles", "cycles with the clock on",
             [](const Counters& core) { return u64(core.active()); }},
    Reported{"sleep_cycles", "cycles with the clock gated",
             [](const Counters& core) { return u64(core.asleep()); }},
    Reported{"instructions", "retired instructions",
             [](const Counters& core) { return core.instructions.total(); }},
    Reported{"fetched_words",
             "32-bit words of the instructions retired, two compressed ones a word",
             [](const Counters& core) {
                 return core.instructions.total() - core.instructions.compressed() / 2;
             }},
    Reported{"alu", "ALU, branch and CSR instructions",
             [](const Counters& core) { return core.instructions.with(isa::Energy::alu); }},
    Reported{"multiply", "multiplications and scalar multiply-accumulates",
             [](const Counters& core) { return core.instructions.with(isa::Energy::multiply); }},
    Reported{"dot_products", "dot products, Mac&Load included",
             [](const Counters& core) {
                 return core.instructions.with(isa::Energy::dot_product) - core[Event::load_only];
             }},
    Reported{"mixed_dot_products", "dot products with operands of different widths",
             [](const Counters& core) -> u64 { return core.hart().mixed_dot_products; }},
    Reported{"mac_load_refills", "words loaded into the NN register file",
             [](const Counters& core) { return core[Event::refill]; }},
    Reported{"loads_stores", "explicit loads and stores, Mac&Load without a product included",
             [](const Counters& core) {
                 return core.instructions.with(isa::Energy::load) +
                        core.instructions.with(isa::Energy::store) + core[Event::load_only];
             }},
    Reported{"loads", "explicit loads",
             [](const Counters& core) { return core.instructions.with(isa::Energy::load); }},
    Reported{"stores", "explicit stores",
             [](const Counters& core) { return core.instructions.with(isa::Energy::store); }},
    Reported{"divisions", "divisions and remainders",
             [](const Counters& core) { return core.instructions.with(isa::Energy::divide); }},
    Reported{"divide_cycles", "cycles of the divider",
             [](const Counters& core) { return core[Event::divide_cycle]; }},
    Reported{"macs", "multiplications, or lanes of dot products",
             [](const Counters& core) -> u64 { return core.hart().macs; }},
    Reported{"branches_taken", "taken conditional branches",
             [](const Counters& core) { return core[Event::taken_branch]; }},
};

/// What the performance counters of the hardware count, [number of the event] (docs/spec/isa.md
/// 3.4). Event 16, contention at the TCDM, is tied to 0.
constexpr std::array<u64 (*)(const Counters&), 16> kPerformanceEvents = {
    [](const Counters& core) { return u64(core.elapsed()); },
    [](const Counters& core) { return core.instructions.total(); },
    [](const Counters& core) { return core[Stall::load_use] - core[Event::jump_register_wait]; },
    [](const Counters& core) { return core[Event::jump_register_wait]; },
    [](const Counters& core) { return core[Stall::fetch]; },
    [](const Counters& core) {
        return core.instructions.with(isa::Energy::load) + core[Event::refill] +
               core[Event::split_load];
    },
    [](const Counters& core) {
        return core.instructions.with(isa::Energy::store) + core[Event::split_store];
    },
    [](const Counters& core) {
        return core.instructions.with(isa::Timing::jump) +
               core.instructions.with(isa::Timing::jump_register);
    },
    [](const Counters& core) { return core.instructions.with(isa::Timing::branch); },
    [](const Counters& core) { return core[Event::taken_branch]; },
    [](const Counters& core) { return core.instructions.compressed(); },
    [](const Counters& core) { return core[Stall::event_unit]; },
    [](const Counters& core) { return core[Event::external_load]; },
    [](const Counters& core) { return core[Event::external_store]; },
    [](const Counters& core) {
        return core[Event::external_load_cycle] + core[Event::external_load];
    },
    [](const Counters& core) {
        return core[Event::external_store_cycle] + core[Event::external_store];
    },
};

}  // namespace

std::string_view name_of(Stall cause) { return kStallNames[cause]; }

// Instructions.

void InstructionCounts::reset() {
    sum_up();
    rows_ = {};
}

void InstructionCounts::serialize(StateArchive& archive) {
    sum_up();
    archive(rows_);
}

void InstructionCounts::sum_up() const {
    for (BasicBlock* const block : blocks_) {
        const u64 runs = std::exchange(block->use(user_).runs, 0);
        const Slot* slot = &block->first();
        for (unsigned i = 0; i < block->length(); ++i, slot += slot->step)
            rows_[slot->row] += runs;
    }
    blocks_.clear();
}

u64 InstructionCounts::total() const {
    const Rows& rows = this->rows();
    return std::accumulate(rows.begin(), rows.end(), u64{0});
}

template <typename Predicate>
u64 InstructionCounts::sum_if(Predicate predicate) const {
    const Rows& rows = this->rows();
    u64 sum = 0;
    for (const isa::Instruction& row : isa::all_instructions())
        if (predicate(row))
            sum += rows[isa::index_of(row)];
    return sum;
}

u64 InstructionCounts::with(isa::Timing timing) const {
    return sum_if([timing](const isa::Instruction& row) { return row.timing == timing; });
}

u64 InstructionCounts::with(isa::Energy energy) const {
    return sum_if([energy](const isa::Instruction& row) { return row.energy == energy; });
}

u64 InstructionCounts::compressed() const {
    return sum_if([](const isa::Instruction& row) { return row.extension == isa::Extension::c; });
}

// All counts.

void Counters::add_to(Module& module) const {
    for (const Reported& counter : kReported)
        DerivedCounter(module, counter.name, counter.doc,
                       [this, &counter] { return counter.value(*this); });
    for (unsigned cause = 0; cause < kStallCauses; ++cause)
        DerivedCounter(module, fmt::format("{}_stalls", kStallNames[Stall(cause)]),
                       "cycles lost to this cause",
                       [this, cause]() -> u64 { return stalls_[cause]; });
}

void Counters::reset() {
    instructions.reset();
    stalls_ = {};
    events_ = {};
    asleep_ = started_ = 0;
}

void Counters::serialize(StateArchive& archive) {
    archive(instructions, stalls_, asleep_, events_, started_);
}

Cycles Counters::active() const {
    return Cycles{std::accumulate(stalls_.begin(), stalls_.end(), instructions.total())};
}

u64 Counters::count(unsigned event) const {
    return event < kPerformanceEvents.size() ? kPerformanceEvents[event](*this) : 0;
}

}  // namespace flexv::core
