// SPDX-License-Identifier: Apache-2.0
// Classes are told apart by the counters of the cores; prices come from the list alone, by pricing
// the events that an instruction causes.
#include "platform/results/instruction_classes.hpp"

#include "energy/cluster_path.hpp"
#include "platform/probes/core_counters.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace flexv::platform {

namespace {

constexpr const char* kAnyCore = "cluster.core";
constexpr const char* kOneCore = "cluster.core0";
constexpr const char* kReads = "cluster.tcdm.reads";
constexpr const char* kWrites = "cluster.tcdm.writes";

bool is_of_cluster(const CoreCounters& core) {
    return energy::in_first_cluster(core.core()).starts_with(kAnyCore);
}

/// Sums over the cores of all clusters.
class CoreCounts {
public:
    CoreCounts(std::vector<CoreCounters> cores, const energy::Counts& counts)
        : cores_(std::move(cores)), counts_(counts) {
        std::erase_if(cores_, [](const CoreCounters& core) { return !is_of_cluster(core); });
    }

    [[nodiscard]] u64 operator[](CoreCounter counter) const {
        return total_of(counter, cores_, counts_);
    }
    [[nodiscard]] u64 load_only() const {
        using enum CoreCounter;
        return (*this)[loads_stores] - (*this)[loads] - (*this)[stores];
    }
    [[nodiscard]] u64 mac_loads() const {
        return (*this)[CoreCounter::mac_load_refills] - load_only();
    }

private:
    std::vector<CoreCounters> cores_;
    const energy::Counts& counts_;
};

/// Where what one core causes is counted.
class Places {
public:
    Places(const CoreCounters& core, const std::vector<std::string>& paths)
        : core_(core), paths_(paths) {}

    [[nodiscard]] std::optional<std::size_t> operator()(CoreCounter counter) const {
        return core_.counts_it(counter) ? std::optional(core_.place_of(counter)) : std::nullopt;
    }
    [[nodiscard]] std::optional<std::size_t> operator()(const char* path) const {
        const auto found = std::ranges::find(paths_, path);
        return found == paths_.end() ? std::nullopt
                                     : std::optional(std::size_t(found - paths_.begin()));
    }

private:
    const CoreCounters& core_;
    const std::vector<std::string>& paths_;
};

/// `each` events of the counter at `place`; of none where nobody counts it.
struct Event {
    std::optional<std::size_t> place;
    u64 each = 1;
};

struct Row {
    const char* name;
    u64 instructions;
    std::vector<Event> events;  ///< beside those of every instruction
};

std::vector<Row> rows_of(const CoreCounts& cores, const Places& at) {
    using enum CoreCounter;
    const Event read{at(kReads)};
    const Event write{at(kWrites)};
    const u64 divided = cores[divisions];
    const u64 cycles = divided == 0 ? 1 : cores[divide_cycles] / divided;
    return {
        {"alu", cores[alu], {{at(alu)}}},
        {"multiply", cores[multiply], {{at(multiply)}}},
        {"divide", divided, {{at(divide_cycles), cycles}, {at(active_cycles), cycles - 1}}},
        {"load", cores[loads], {{at(loads_stores)}, read}},
        {"store", cores[stores], {{at(loads_stores)}, write}},
        {"dot product", cores[dot_products] - cores.mac_loads(), {{at(dot_products)}}},
        {"mac&load", cores.mac_loads(), {{at(dot_products)}, {at(mac_load_refills)}, read}},
        {"mac&load, load only",
         cores.load_only(),
         {{at(loads_stores)}, {at(mac_load_refills)}, read}},
    };
}

u64 price_of(std::vector<Event> events, const Places& at, std::size_t counters,
             const energy::PriceList& prices) {
    using enum CoreCounter;
    for (const CoreCounter of_all : {active_cycles, instructions, fetched_words})
        events.push_back({at(of_all)});
    energy::Counts counts(counters);
    for (const Event& event : events)
        if (event.place)
            counts[*event.place] += event.each;
    return prices.price(counts, 0).total;
}

}  // namespace

std::vector<InstructionClass> instruction_classes(const std::vector<std::string>& paths,
                                                  const energy::Counts& counts,
                                                  const energy::PriceList& prices) {
    std::vector<InstructionClass> classes;
    const std::vector<CoreCounters> cores = core_counters(paths);
    const auto one = std::ranges::find(cores, kOneCore, &CoreCounters::core);
    if (one == cores.end())
        return classes;
    const Places at(*one, paths);
    for (const Row& row : rows_of(CoreCounts(cores, counts), at))
        classes.push_back({.name = row.name,
                           .instructions = row.instructions,
                           .attojoules_each = price_of(row.events, at, paths.size(), prices)});
    return classes;
}

}  // namespace flexv::platform
