// SPDX-License-Identifier: Apache-2.0
// The two-level instruction cache of the cluster and its control registers. It models time and
// counts; the bytes come from the core's decode cache, which reads memory.
#pragma once

#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/fetch_port.hpp"
#include "base/module.hpp"
#include "base/register.hpp"
#include "icache/private_cache.hpp"
#include "icache/shared_cache.hpp"
#include "icache/statistics.hpp"

#include <deque>
#include <functional>
#include <vector>

namespace flexv::icache {

class InstructionCache final : public Module,
                               public FetchTarget,
                               private Agent,
                               private Refills,
                               private RefillClient {
public:
    struct Config {
        unsigned core_count = 8;           ///< 1..16
        bool is_ideal = false;             ///< every fetch hits and nothing is counted
        u32 l1_bytes = 512;                ///< private, per core
        unsigned l1_ways = 4;              ///< power of two
        u32 line_bytes = kFetchLineBytes;  ///< 16: the width of the fetch port
        u32 l15_bytes = 4096;              ///< shared
        unsigned l15_banks = 2;            ///< power of two
        unsigned l15_ways = 4;             ///< power of two
        Cycles memory_latency_cycles =
            10;  ///< m: refill address to the first 64-bit beat: bus and L2
        bool is_enabled_at_reset = false;  ///< hardware: bypass until firmware enables
        bool prefetches_at_reset = false;  ///< next-line prefetch of all cores
    };

    /// Fetches of core i; all cores share the export.
    sc_core::sc_export<FetchTarget> fetch_in{"fetch_in"};
    BusTarget::Socket bus_in{"bus_in"};
    sc_core::sc_export<DataTarget> registers_in{"registers_in"};

    /// Lines may have gone, by a flush or because the cache is switched: a core that holds one must
    /// ask again.
    CallPort<void()> flush_out{"flush_out"};

    InstructionCache(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    void reset() override;
    void serialize(StateArchive& archive) override;

    FetchPort& fetch_port(unsigned core) override { return private_[core]; }
    [[nodiscard]] const RegisterBank& registers() const { return bank_; }

private:
    static const Config& checked(const Config& config);

    // Agent: the shared level decides behind all who ask in a cycle.
    void act(Cycles now) override;

    // Refills: the private caches ask
    void refill(unsigned core, Address line, Cycles cycle, bool is_cached) override;
    [[nodiscard]] Cycles now() const override { return clock_.timeline.now(); }

    // RefillClient: the shared one answers
    void answer(unsigned core, Cycles cycle) override { private_[core].answer(cycle); }
    void promise(unsigned core, Cycles cycle) override { private_[core].promise(cycle); }

    void switch_modes();
    void flush_all();
    void flush_private();
    void flush_line(Address address);

    void count_statistics(bool is_on);
    void clear_statistics();
    [[nodiscard]] CoreEvents shown(unsigned core) const;
    [[nodiscard]] CoreEvents shown_total() const;
    [[nodiscard]] SharedEvents shown_shared() const;
    [[nodiscard]] SharedEvents shared_events() const;
    [[nodiscard]] CoreEvents events_of(unsigned core) const;
    [[nodiscard]] u64 total(u64 PrivateCache::Events::*event) const;

    const Config config_;
    ClockDomain& clock_;
    std::deque<PrivateCache> private_;  // [core]; cores keep references
    SharedCache shared_;
    Cycles clocked_ =
        kNever;  // the shared level is known up to here; kNever before its first cycle
    std::vector<StatisticsWindow<CoreEvents>> core_windows_;
    StatisticsWindow<SharedEvents> shared_window_;

    static constexpr Field kEnable{.name = "EN",
                                   .doc = "1: cached; 0: every line comes from memory."};
    static constexpr Field kTrigger{.name = "TRIGGER", .doc = "Write 1 to act; reads 0."};
    static constexpr Field kCountEnable{.name = "EN", .doc = "Counts while 1."};
    static constexpr Field kPrefetchCores{
        .name = "CORES", .width = 16, .doc = "Bit i: next-line prefetch of core i."};

    RegisterBank bank_;
    Register enable_{bank_,
                     {.offset = 0x00,
                      .name = "ENABLE",
                      .doc = "Switches both levels on. Resets to bypass.",
                      .fields = {kEnable},
                      .on_write = [this](u32, u32) { switch_modes(); }}};
    Register flush_{bank_,
                    {.offset = 0x04,
                     .name = "FLUSH",
                     .doc = "Empties both levels.",
                     .access = Access::write_only,
                     .fields = {kTrigger},
                     .on_write = [this](u32, u32 now) {
                         if ((now & 1) != 0)
                             flush_all();
                     }}};
    Register flush_l1_{bank_,
                       {.offset = 0x08,
                        .name = "FLUSH_L1_ONLY",
                        .doc = "Any write empties the private caches.",
                        .access = Access::write_only,
                        .fields = {whole_word},
                        .on_write = [this](u32, u32) { flush_private(); }}};
    Register flush_line_{bank_,
                         {.offset = 0x0c,
                          .name = "SEL_FLUSH",
                          .doc = "Drops the line that holds this address from both levels.",
                          .access = Access::write_only,
                          .fields = {whole_word},
                          .on_write = [this](u32, u32 now) { flush_line(now); }}};
    Register clear_counters_{bank_,
                             {.offset = 0x10,
                              .name = "CLEAR_CNTS",
                              .doc = "Any write clears the statistics.",
                              .access = Access::write_only,
                              .fields = {whole_word},
                              .on_write = [this](u32, u32) { clear_statistics(); }}};
    Register enable_counters_{bank_,
                              {.offset = 0x14,
                               .name = "ENABLE_CNTS",
                               .doc = "Lets the statistics count.",
                               .fields = {kCountEnable},
                               .on_write = [this](u32 old, u32 now) {
                                   if (old != now)
                                       count_statistics(now != 0);
                               }}};
    Register prefetch_{bank_,
                       {.offset = 0x1c,
                        .name = "PREFETCH_L1_L15",
                        .doc = "Next-line prefetch, one line ahead.",
                        .fields = {kPrefetchCores},
                        .on_write = [this](u32, u32) { switch_modes(); }}};
    RegisterArray constants_{bank_,
                             {.offset = 0x20,
                              .name = "ID",
                              .doc = "Constant.",
                              .count = 4,
                              .access = Access::read_only,
                              .fields = {whole_word_reset(0xf1cab01a)}}};
    Register l1_hits_{bank_, statistic(0x30, "L1_HIT", "Look-ups found in a private cache.",
                                       [this] { return shown_total().hits; })};
    Register l1_lookups_{bank_,
                         statistic(0x34, "L1_TRANS", "Look-ups in the private caches.",
                                   [this] { return shown_total().hits + shown_total().misses; })};
    Register l1_misses_{bank_, statistic(0x38, "L1_MISS", "Look-ups not found in a private cache.",
                                         [this] { return shown_total().misses; })};
    Register l1_waits_{bank_, statistic(0x3c, "L1_CONG", "Cycles lost to busy banks behind.",
                                        [this] { return u64(shown_total().congestion); })};
    Register l15_hits_{bank_, statistic(0x40, "L15_HIT", "Lines found in the second level.",
                                        [this] { return shown_shared().hits; })};
    Register l15_lookups_{
        bank_, statistic(0x44, "L15_TRANS", "Lines asked of the second level.",
                         [this] { return shown_shared().hits + shown_shared().misses; })};
    Register l15_misses_{bank_, statistic(0x48, "L15_MISS", "Lines not found in the second level.",
                                          [this] { return shown_shared().misses; })};
    RegisterArray core_hits_{bank_,
                             core_statistic(0x50, "CORE#_HIT", "L1_HIT of one core.",
                                            [this](unsigned core) { return shown(core).hits; })};
    RegisterArray core_lookups_{
        bank_, core_statistic(0x54, "CORE#_TRANS", "L1_TRANS of one core.", [this](unsigned core) {
            return shown(core).hits + shown(core).misses;
        })};
    RegisterArray core_misses_{
        bank_, core_statistic(0x58, "CORE#_MISS", "L1_MISS of one core.",
                              [this](unsigned core) { return shown(core).misses; })};
    RegisterArray core_waits_{
        bank_, core_statistic(0x5c, "CORE#_CONG", "L1_CONG of one core.",
                              [this](unsigned core) { return u64(shown(core).congestion); })};

    [[nodiscard]] static RegisterSpec statistic(u32 offset, std::string name, std::string doc,
                                                std::function<u64()> value);
    [[nodiscard]] RegisterArraySpec core_statistic(u32 offset, std::string name, std::string doc,
                                                   std::function<u64(unsigned)> value) const;

    DerivedCounter l1_hit_count_{*this, "l1_hits", "lines found in a private cache",
                                 [this] { return total(&PrivateCache::Events::hits); }};
    DerivedCounter l1_miss_count_{*this, "l1_misses", "lines not found in a private cache",
                                  [this] { return total(&PrivateCache::Events::misses); }};
    DerivedCounter l15_hit_count_{*this, "l15_hits",
                                  "lines found in the shared cache, or under way to it",
                                  [this] { return shared_.events().hits; }};
    DerivedCounter l15_miss_count_{*this, "l15_misses", "lines not found in the shared cache",
                                   [this] { return shared_.events().misses; }};
    DerivedCounter refill_count_{*this, "refills", "16-byte lines read from memory",
                                 [this] { return shared_.events().refills; }};
    DerivedCounter bypass_count_{*this, "bypassed_lines", "lines fetched while the caches are off",
                                 [this] { return total(&PrivateCache::Events::bypassed); }};
    DerivedCounter prefetch_count_{*this, "prefetches", "next lines that a private cache asked for",
                                   [this] { return total(&PrivateCache::Events::prefetches); }};
    DerivedCounter conflict_count_{*this, "conflicts", "core-cycles spent waiting for a busy bank",
                                   [this] { return shared_.events().conflicts; }};
    Counter flush_count_{*this, "flushes", "flushes of everything, a level or a line"};
};

}  // namespace flexv::icache
