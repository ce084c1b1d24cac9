// SPDX-License-Identifier: Apache-2.0
// Classes are told apart by the counters of the cores; prices come from the list alone, by pricing
// the events that an instruction causes.
#include "platform/results/instruction_classes.hpp"

#include "energy/cluster_path.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr const char* kAnyCore = "cluster.core";
constexpr const char* kOneCore = "cluster.core0.";

/// Sums over the cores of all clusters.
class CoreCounts {
public:
    CoreCounts(const std::vector<std::string>& paths, const energy::Counts& counts)
        : paths_(paths), counts_(counts) {}

    [[nodiscard]] u64 operator[](std::string_view event) const {
        u64 sum = 0;
        for (std::size_t i = 0; i < paths_.size(); ++i)
            if (is_of_core(paths_[i]) && energy::event_of(paths_[i]) == event)
                sum += counts_[i];
        return sum;
    }
    [[nodiscard]] static bool is_of_core(const std::string& path) {
        return energy::in_first_cluster(path).starts_with(kAnyCore);
    }
    [[nodiscard]] u64 load_only() const {
        return (*this)["loads_stores"] - (*this)["loads"] - (*this)["stores"];
    }
    [[nodiscard]] u64 mac_loads() const { return (*this)["mac_load_refills"] - load_only(); }

private:
    const std::vector<std::string>& paths_;
    const energy::Counts& counts_;
};

struct Event {
    std::string path;
    u64 each = 1;
};

struct Row {
    const char* name;
    u64 instructions;
    std::vector<Event> events;  ///< beside those of every instruction
};

Event core(const char* event, u64 each = 1) { return {std::string(kOneCore) + event, each}; }

std::vector<Row> rows_of(const CoreCounts& cores) {
    const Event read{"cluster.tcdm.reads"};
    const Event write{"cluster.tcdm.writes"};
    const u64 divisions = cores["divisions"];
    const u64 divide_cycles = divisions == 0 ? 1 : cores["divide_cycles"] / divisions;
    return {
        {"alu", cores["alu"], {core("alu")}},
        {"multiply", cores["multiply"], {core("multiply")}},
        {"divide",
         divisions,
         {core("divide_cycles", divide_cycles), core("active_cycles", divide_cycles - 1)}},
        {"load", cores["loads"], {core("loads_stores"), read}},
        {"store", cores["stores"], {core("loads_stores"), write}},
        {"dot product", cores["dot_products"] - cores.mac_loads(), {core("dot_products")}},
        {"mac&load", cores.mac_loads(), {core("dot_products"), core("mac_load_refills"), read}},
        {"mac&load, load only",
         cores.load_only(),
         {core("loads_stores"), core("mac_load_refills"), read}},
    };
}

u64 price_of(std::vector<Event> events, const std::vector<std::string>& paths,
             const energy::PriceList& prices) {
    for (const char* of_all : {"active_cycles", "instructions", "fetched_words"})
        events.push_back(core(of_all));
    energy::Counts counts(paths.size());
    for (const Event& event : events)
        for (std::size_t i = 0; i < paths.size(); ++i)
            counts[i] += paths[i] == event.path ? event.each : 0;
    return prices.price(counts, 0).total;
}

}  // namespace

std::vector<InstructionClass> instruction_classes(const std::vector<std::string>& paths,
                                                  const energy::Counts& counts,
                                                  const energy::PriceList& prices) {
    std::vector<InstructionClass> classes;
    if (std::ranges::find(paths, std::string(kOneCore) + "instructions") == paths.end())
        return classes;
    for (const Row& row : rows_of(CoreCounts(paths, counts)))
        classes.push_back({.name = row.name,
                           .instructions = row.instructions,
                           .attojoules_each = price_of(row.events, paths, prices)});
    return classes;
}

}  // namespace flexv::platform
