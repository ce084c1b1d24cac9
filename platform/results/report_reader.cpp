// SPDX-License-Identifier: Apache-2.0
#include "platform/results/report_reader.hpp"

#include "base/edit_distance.hpp"
#include "base/error.hpp"
#include "base/strict_json.hpp"
#include "energy/json_view.hpp"
#include "platform/files/input_file.hpp"
#include "platform/files/printable.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace flexv::platform {

namespace {

using energy::JsonView;

constexpr u64 kMax32 = std::numeric_limits<u32>::max();
constexpr double kMaxNs = 1e18;      // 30 years
constexpr double kMaxSeconds = 1e9;  // the same
constexpr double kMaxMhz = 10'000;   // 64-bit energy of any cycle in between
constexpr double kMinMhz = 1e-6;

Outcome read_outcome(JsonView& report) {
    const std::string text = report.text("result");
    for (const Outcome outcome :
         {Outcome::exit, Outcome::fault, Outcome::limit, Outcome::deadlock, Outcome::interrupted})
        if (text == name_of(outcome))
            return outcome;
    throw UserError("{}.result = \"{}\": must be exit, fault, limit, deadlock or interrupted",
                    report.where(), text);
}

energy::Architecture read_architecture(JsonView& report) {
    if (!report.has("architecture"))
        throw UserError(
            "{}: has no `architecture`, the sizes that prices follow; it is of an older version\n"
            "  hint: run the firmware again with --report",
            report.where());
    JsonView view = report.object("architecture");
    energy::Architecture sizes;
    for (const std::string& name : view.keys())
        sizes.emplace_back(name, view.size(name));
    return sizes;
}

HartResult read_hart(JsonView hart) {
    HartResult result{.name = hart.text("name"),
                      .hartid = u32(hart.count("hartid", kMax32)),
                      .instructions = hart.count("instructions"),
                      .active_cycles = hart.cycles("active_cycles"),
                      .sleep_cycles = hart.cycles("sleep_cycles"),
                      .stalls = {}};
    JsonView stalls = hart.object("stalls");
    for (const std::string& cause : stalls.keys())
        result.stalls.emplace_back(cause, stalls.cycles(cause));
    return result;
}

/// `cycles` by clock: one number for each clock of the run, which make up `cycles`.
energy::Elapsed read_elapsed(JsonView& view, const std::string& key, const RunResult& run,
                             Cycles cycles) {
    if (run.clocks.empty())
        return {};
    const std::vector<u64> counts = view.counts(key);
    const energy::Elapsed elapsed(counts.begin(), counts.end());
    Cycles left = cycles;
    for (const Cycles part : elapsed)
        left -= std::min(left, part);
    if (elapsed.size() > run.clocks.size() || left != 0 || energy::cycles_of(elapsed) != cycles)
        throw UserError("{}.{}: must be up to {} whole numbers that make up {} cycles",
                        view.where(), key, run.clocks.size(), cycles);
    return elapsed;
}

void read_clock(JsonView clock, RunResult& result) {
    result.clock = {.vdd = clock.number("vdd", 0, 10),
                    .mhz = clock.number("mhz", kMinMhz, kMaxMhz)};
    if (!clock.has("mhz_of_clock"))
        return;
    result.clocks = clock.numbers("mhz_of_clock", kMinMhz, kMaxMhz);
    if (result.clocks.size() < 2)
        throw UserError("{}.mhz_of_clock: must be two clocks or more", clock.where());
    result.elapsed = read_elapsed(clock, "cycles_by_clock", result, result.cycles);
}

void read_counters(JsonView components, RunResult& result) {
    for (const std::string& component : components.keys()) {
        JsonView events = components.object(component);
        for (const std::string& event : events.keys()) {
            if (event.find('.') != std::string::npos)
                throw UserError("{}.{}: an event has no dot in its name", events.where(), event);
            result.counter_paths.push_back(component + "." + event);
            result.counts.push_back(events.count(event));
        }
    }
}

/// Reads counters of a part of the run, which are counters of the run, too.
class PartReader {
public:
    explicit PartReader(const RunResult& run) : run_(run) {
        for (std::size_t i = 0; i < run.counter_paths.size(); ++i)
            index_.emplace(run.counter_paths[i], i);
    }

    [[nodiscard]] energy::Counts read(JsonView components) const {
        energy::Counts counts(run_.counter_paths.size());
        for (const std::string& component : components.keys()) {
            JsonView events = components.object(component);
            for (const std::string& event : events.keys()) {
                const std::size_t i = index_of(component + "." + event, events);
                counts[i] = events.count(event, run_.counts[i]);
            }
        }
        return counts;
    }
    /// The same of one of several parts that do not overlap; `sum` is what they have had so far.
    [[nodiscard]] energy::Counts read(const JsonView& components, energy::Counts& sum) const {
        energy::Counts counts = read(components);
        sum.resize(counts.size());
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] > run_.counts[i] - sum[i])
                throw UserError("{}.{} = {}: with the parts before it more than the {} of the run",
                                components.where(), run_.counter_paths[i], counts[i],
                                run_.counts[i]);
            sum[i] += counts[i];
        }
        return counts;
    }

private:
    [[nodiscard]] std::size_t index_of(const std::string& path, const JsonView& events) const {
        const auto found = index_.find(path);
        if (found == index_.end())
            throw UserError("{}: `counters` of the run have no {}; nearest: {}", events.where(),
                            path, nearest_name(path, run_.counter_paths));
        return found->second;
    }

    const RunResult& run_;
    std::map<std::string, std::size_t> index_;
};

void read_regions(JsonView& report, const PartReader& parts, RunResult& result) {
    energy::Counts owned;
    Cycles owned_cycles = 0;
    for (JsonView& item : report.objects("regions")) {
        RegionResult entry;
        entry.region = {.id = u32(item.count("id", kMax32)),
                        .name = printable(item.text("name")),
                        .visits = item.count("visits"),
                        .cycles = item.cycles("cycles", result.cycles),
                        .counts = parts.read(item.object("counters")),
                        .own_cycles = item.cycles("own_cycles", result.cycles - owned_cycles),
                        .own_counts = parts.read(item.object("own_counters"), owned)};
        owned_cycles += entry.region.own_cycles;
        Region& region = entry.region;
        region.elapsed = read_elapsed(item, "cycles_by_clock", result, region.cycles);
        region.own_elapsed = read_elapsed(item, "own_cycles_by_clock", result, region.own_cycles);
        entry.instructions = item.count("instructions");
        entry.macs = item.count("macs");
        result.regions.push_back(std::move(entry));
    }
}

void read_functions(JsonView& report, const PartReader& parts, RunResult& result) {
    if (!report.has("functions"))
        return;
    const std::vector<CoreCounters> cores = core_counters(result.counter_paths);
    energy::Counts owned;
    for (JsonView& item : report.objects("functions")) {
        FunctionResult function = function_result(printable(item.text("name")), cores,
                                                  parts.read(item.object("counters"), owned));
        function.file = item.text("file");
        function.line = unsigned(item.count("line", kMax32));
        result.functions.push_back(std::move(function));
    }
}

u32 read_exit_code(JsonView& report) {
    constexpr double kMin = std::numeric_limits<i32>::min();
    const double code = report.number("exit_code", kMin, double(kMax32));
    if (code != double(i64(code)))
        throw UserError("{}.exit_code = {}: must be a whole number", report.where(), code);
    return u32(i64(code));
}

RunResult read_run(JsonView report) {
    if (const std::string schema = report.text("schema"); schema != "flexv-report-1")
        throw UserError("{}.schema = \"{}\": must be flexv-report-1", report.where(), schema);
    RunResult result;
    if (report.has("platform"))
        result.platform = printable(report.text("platform"));
    result.outcome = read_outcome(report);
    result.exit_code = read_exit_code(report);
    if (report.has("warnings"))
        result.warnings = report.texts("warnings");
    result.cycles = report.cycles("cycles");
    result.time_ns = report.number("time_ns", 0, kMaxNs);
    result.instructions = report.count("instructions");
    if (report.has("restored")) {
        JsonView restored = report.object("restored");
        result.restored = {.cycle = restored.cycles("cycle", result.cycles),
                           .instructions = restored.count("instructions", result.instructions)};
    }
    result.host_seconds = report.object("host").number("seconds", 0, kMaxSeconds);
    read_clock(report.object("clock"), result);
    result.architecture = read_architecture(report);
    result.energy.profile_source = report.object("energy").text("profile_source");
    for (JsonView& hart : report.objects("harts"))
        result.harts.push_back(read_hart(hart));
    read_counters(report.object("counters"), result);
    const PartReader parts(result);
    read_regions(report, parts, result);
    read_functions(report, parts, result);
    return result;
}

}  // namespace

RunResult load_report(const std::string& path) {
    constexpr u64 kMaxBytes = 256_MiB;  // 1000 times that of a run with 1000 functions
    return parse_report(read_input(path, kMaxBytes, "report " + path), path);
}

RunResult parse_report(const std::string& text, const std::string& origin) {
    const std::string where = "report " + origin;
    const nlohmann::ordered_json json = parse_strictly(text, where);
    return read_run(JsonView(json, where));
}

}  // namespace flexv::platform
