// SPDX-License-Identifier: Apache-2.0
#include "platform/results/report.hpp"
#include "platform/results/report_reader.hpp"

#include "platform/files/output_file.hpp"

#include "base/error.hpp"
#include "unit/results/sample_run.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <cmath>

using namespace flexv;
using namespace flexv::platform;
using namespace flexv::platform::test;
using Catch::Contains;
using Json = nlohmann::ordered_json;

namespace {

std::vector<std::string> keys(const Json& object) {
    std::vector<std::string> names;
    for (const auto& item : object.items())
        names.push_back(item.key());
    return names;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("the report has the keys of its schema", "[report]") {
    const Json report = Json::parse(report_text(sample_run()));

    CHECK(report["schema"] == "flexv-report-1");
    CHECK(keys(report) == Names{"schema", "result", "exit_code", "exit_code_unsigned", "cycles",
                                "time_ns", "instructions", "host", "clock", "architecture", "harts",
                                "regions", "warnings", "counters", "energy"});
    CHECK(keys(report["host"]) == Names{"seconds", "mips"});
    CHECK(keys(report["clock"]) == Names{"mhz", "vdd"});
    CHECK(keys(report["harts"][0]) == Names{"name", "hartid", "instructions", "active_cycles",
                                            "sleep_cycles", "stalls", "energy_pj"});
    CHECK(keys(report["regions"][0]) ==
          Names{"id", "name", "visits", "cycles", "instructions", "macs", "mac_per_cycle",
                "energy_pj", "mean_mw", "tops_per_watt", "gops", "own_energy_pj", "own_cycles",
                "components", "counters", "own_counters"});
    CHECK(keys(report["energy"]) ==
          Names{"profile", "vdd", "mhz", "total_pj", "mean_mw", "components", "outside_components",
                "coefficient_kinds", "unpriced", "profile_source", "profile_meaning",
                "uncertainty_percent", "valid_vdd", "max_mhz", "warnings", "rest_pj",
                "instruction_classes", "coefficients", "extrapolations"});
}

TEST_CASE("the report shows all bits of the exit code, and warnings", "[report]") {
    RunResult run = sample_run();
    run.exit_code = 0xffff'ffff;
    run.warnings = {"region 1 is odd"};

    const Json report = Json::parse(report_text(run));
    const RunResult again = parse_report(report_text(run), "report.json");

    CHECK(report["exit_code"] == -1);
    CHECK(report["exit_code_unsigned"] == 4294967295U);
    CHECK(report["warnings"] == Json::array({"region 1 is odd"}));
    CHECK(again.exit_code == 0xffff'ffff);
    CHECK(again.exit_status() == 99);
    CHECK(again.warnings == run.warnings);
}

TEST_CASE("the report holds what the run has brought", "[report]") {
    const Json report = Json::parse(report_text(sample_run()));

    CHECK(report["result"] == "exit");
    CHECK(report["cycles"] == 1000);
    CHECK(report["host"]["mips"] == 1.5);
    CHECK(report["harts"][0]["stalls"] == Json{{"load_use", 200}});
    CHECK(report["harts"][1]["sleep_cycles"] == 300);
    CHECK(report["counters"]["cluster.core1"]["macs"] == 2000);
    const Json& conv = report["regions"][0];
    CHECK(conv["name"] == "conv");
    CHECK(conv["cycles"] == 200);
    CHECK(conv["instructions"] == 200);
    CHECK(conv["macs"] == 3000);
    CHECK(conv["mac_per_cycle"] == 15.0);
}

TEST_CASE("the report prices the run and its regions", "[report]") {
    const Json report = Json::parse(report_text(sample_run()));

    // 6000 MAC x 0.5 pJ, and 1000 cycles x 0.1 mW / 100 MHz = 1 pJ.
    CHECK(report["energy"]["total_pj"] == 4000.0);
    CHECK(report["energy"]["components"] ==
          Json{{"cluster.core0", 2000.0}, {"cluster.core1", 1000.0}, {"cluster.leakage", 1000.0}});
    CHECK(report["energy"]["outside_components"]["l2"].get<double>() == Approx(89.6));
    CHECK(report["energy"]["mean_mw"].get<double>() == Approx(0.4));  // 4 nJ in 10 us
    const Json& conv = report["regions"][0];
    CHECK(conv["energy_pj"] == 1700.0);                    // 3000 MAC x 0.5 pJ + 200 cycles x 1 pJ
    CHECK(conv["mean_mw"].get<double>() == Approx(0.85));  // 1.7 nJ in 2 us
    CHECK(conv["tops_per_watt"].get<double>() == Approx(6000 / 1700.0));
}

TEST_CASE("regions and the rest of the run make up the total", "[report][law]") {
    const RunResult run = sample_run();
    energy::Counts rest = run.counts;
    Cycles rest_cycles = run.cycles;
    u64 of_regions = 0;
    for (const RegionResult& entry : run.regions) {
        of_regions += entry.attojoules;
        rest_cycles -= entry.region.cycles;
        for (std::size_t i = 0; i < rest.size(); ++i)
            rest[i] -= entry.region.counts[i];
    }

    const energy::PriceList prices(sample_profile(), run.energy.point, run.architecture,
                                   run.counter_paths);

    CHECK(of_regions + prices.price(rest, rest_cycles).total == run.energy.bill.total);
}

TEST_CASE("a region that lies in no other owns all of itself", "[report][law]") {
    const RunResult run = sample_run();
    u64 own = 0;
    for (const RegionResult& entry : run.regions) {
        CHECK(entry.own_attojoules == entry.attojoules);
        own += entry.own_attojoules;
    }

    CHECK(own + run.energy.rest_attojoules == run.energy.bill.total);
}

TEST_CASE("functions and what the cores share make up the total", "[report][law]") {
    RunResult run = sample_run();
    const std::vector<CoreCounters> cores = core_counters(run.counter_paths);
    run.functions = {function_result("dot", cores, {300, 400, 0, 3000, 0, 0, 0, 0}),
                     function_result("main", cores, {100, 90, 0, 0, 50, 300, 7, 0})};

    price_run(run, sample_profile(), "sample.json");

    CHECK(run.functions[0].macs == 3000);
    CHECK(run.functions[0].attojoules == 3000 * u64{500'000});
    CHECK(run.functions[1].instructions == 150);
    CHECK(run.functions[1].sleep_cycles == 300);
    CHECK(run.functions[0].attojoules + run.functions[1].attojoules +
              run.energy.shared_attojoules ==
          run.energy.bill.total);
    const std::string text = report_text(run);
    RunResult again = parse_report(text, "report.json");
    price_run(again, sample_profile(), "sample.json");
    CHECK(report_text(again) == text);
}

TEST_CASE("the report says where every number of the profile comes from", "[report]") {
    const Json energy = Json::parse(report_text(sample_run()))["energy"];

    REQUIRE(energy["coefficients"].size() == 3);
    const Json& mac = energy["coefficients"][0];
    CHECK(mac["symbol"] == "mac");
    CHECK(mac["counter"] == "cluster.core*.macs");
    CHECK(mac["value"] == 0.5);
    CHECK(mac["kind"] == "assumed");
    CHECK(mac["source"] == "test");
    CHECK(mac["events"] == 6000);
    CHECK(mac["energy_pj"] == 3000.0);
    const Json& leakage = energy["coefficients"][2];
    CHECK(leakage["unit"] == "mW");
    CHECK(leakage["events"] == 1000);
    CHECK(energy["uncertainty_percent"] == Json{{"total", 10.0}, {"component", 30.0}});
}

TEST_CASE("equal runs write equal reports but for the host's part", "[report]") {
    RunResult first = sample_run();
    RunResult second = sample_run();
    CHECK(report_text(first) == report_text(second));

    second.host_seconds = 7;

    Json with_host = Json::parse(report_text(first));
    Json other_host = Json::parse(report_text(second));
    CHECK(with_host != other_host);
    with_host.erase("host");
    other_host.erase("host");
    CHECK(with_host.dump() == other_host.dump());
}

TEST_CASE("a report that was read and priced again is the same report", "[report]") {
    const std::string text = report_text(sample_run());

    RunResult again = parse_report(text, "report.json");
    price_run(again, sample_profile(), "sample.json");

    CHECK(report_text(again) == text);
}

TEST_CASE("a report can be priced for another voltage without another run", "[report]") {
    RunResult again = parse_report(report_text(sample_run()), "report.json");

    set_clock(again, {.vdd = 2.0, .mhz = 100});
    price_run(again, sample_profile(), "sample.json");

    CHECK(again.energy.bill.components[0].attojoules == 4 * u64{2'000'000'000});
    CHECK(again.regions[0].attojoules > 4 * u64{1'500'000'000});
}

TEST_CASE("a report carries the sizes that its prices follow", "[report][size]") {
    RunResult run = sample_run();
    CHECK(Json::parse(report_text(run))["energy"]["extrapolations"].empty());
    run.architecture = {{"cores", u64{8}}, {"core.isa", std::string{"flexv"}}};
    price_run(run, sample_profile(), "sample.json");

    const std::string text = report_text(run);
    const Json json = Json::parse(text);
    RunResult again = parse_report(text, "report.json");
    price_run(again, sample_profile(), "sample.json");

    CHECK(json["architecture"] == Json{{"cores", 8}, {"core.isa", "flexv"}});
    const Json& energy = json["energy"];
    CHECK(energy["components"]["cluster.leakage"] == 4000.0);  // four times two cores
    CHECK(energy["coefficients"][2]["scale"] == 4.0);
    CHECK(energy["extrapolations"] ==
          Json::array({{{"size", "cores"}, {"value", 8}, {"reference", 2}, {"outside", false}}}));
    CHECK(energy["uncertainty_percent"]["total"].get<double>() == Approx(std::sqrt(200.0)));
    CHECK(report_text(again) == text);
}

TEST_CASE("a report without sizes, or with senseless ones, is refused", "[report][size]") {
    Json json = Json::parse(report_text(sample_run()));
    const auto answer = [](const Json& report) {
        try {
            RunResult run = parse_report(report.dump(), "old.json");
            price_run(run, sample_profile(), "sample.json");
        } catch (const UserError& error) {
            return std::string(error.what());
        }
        return std::string{};
    };

    json["architecture"] = {{"cores", -1}};
    CHECK_THAT(answer(json), Contains("old.json.architecture.cores = -1: must be a whole number"));
    json["architecture"] = {{"core", 2}};
    CHECK_THAT(answer(json),
               Contains("architecture.cores: is missing") && Contains("nearest: core"));
    json.erase("architecture");
    CHECK_THAT(answer(json), Contains("report old.json: has no `architecture`") &&
                                 Contains("run the firmware again"));
}

TEST_CASE("a report with numbers that nobody can have counted is refused", "[report]") {
    struct Row {
        const char* pointer;
        Json value;
        const char* expected;
    };
    const std::vector<Row> rows = {
        {"/cycles", -1, "r.json.cycles = -1: must be a whole number from 0 to"},
        {"/cycles", 1.5, "r.json.cycles = 1.5: must be a whole number"},
        {"/cycles", 1e300, "r.json.cycles = 1e+300: must be a whole number"},
        {"/cycles", "7", "r.json.cycles = \"7\": must be a whole number"},
        {"/cycles", Json::array(), "r.json.cycles = a list: must be a whole number"},
        {"/exit_code", 0.5, "r.json.exit_code = 0.5: must be a whole number"},
        {"/exit_code", 1e10, "r.json.exit_code = 10000000000: must be a number from"},
        {"/time_ns", -1, "r.json.time_ns = -1: must be a number from 0 to"},
        {"/host/seconds", nullptr, "r.json.host.seconds: must be a number, not null"},
        {"/clock/mhz", 0, "r.json.clock.mhz = 0: must be a number from 1e-06 to 10000"},
        {"/clock/mhz", 1e-300, "r.json.clock.mhz = 1e-300: must be a number"},
        {"/clock/vdd", -0.7, "r.json.clock.vdd = -0.7: must be a number"},
        {"/harts/0/hartid", -1, "r.json.harts[0].hartid = -1: must be a whole number"},
        {"/harts/1/stalls/x", -2, "r.json.harts[1].stalls.x = -2: must be a whole number"},
        {"/harts/0", 3, "r.json.harts[0]: must be an object"},
        {"/counters/cluster.core0/macs", -3, "counters.cluster.core0.macs = -3: must be a whole"},
        {"/counters/cluster.core0/macs", 2.5, "counters.cluster.core0.macs = 2.5: must be a"},
        {"/counters/cluster.core0/a.b", 1, "cluster.core0.a.b: an event has no dot in its name"},
        {"/counters/l2", 4, "r.json.counters.l2: must be an object"},
        {"/regions/0/id", 4294967296, "r.json.regions[0].id = 4294967296: must be a whole"},
        {"/regions/0/cycles", 1001,
         "regions[0].cycles = 1001: must be a whole number from 0 to 1000"},
        {"/regions/1/own_cycles", 900, "regions[1].own_cycles = 900: must be a whole number from"},
        {"/regions/0/counters/cluster.core0/macs", -1, "core0.macs = -1: must be a whole number"},
        {"/regions/0/counters/cluster.core0/macs", 4001,
         "macs = 4001: must be a whole number from 0 to 4000"},
        {"/regions/0/counters/cluster.core0/mac", 1,
         "regions[0].counters.cluster.core0: `counters` of the run have no cluster.core0.mac; "
         "nearest: cluster.core0.macs"},
        {"/regions/1/own_counters/cluster.core0/macs", 2001,
         "cluster.core0.macs = 2001: with the parts before it more than the 4000 of the run"},
        {"/regions/0/name", 7, "r.json.regions[0].name: must be a string, not 7"},
    };
    for (const Row& row : rows) {
        Json json = Json::parse(report_text(sample_run()));
        json[Json::json_pointer(row.pointer)] = row.value;
        CHECK_THROWS_WITH(parse_report(json.dump(), "r.json"), Contains(row.expected));
    }
}

TEST_CASE("a report that lacks a key, or has one twice, is refused", "[report]") {
    const Json whole = Json::parse(report_text(sample_run()));
    for (const char* key : {"schema", "result", "exit_code", "cycles", "time_ns", "instructions",
                            "host", "clock", "harts", "regions", "counters", "energy"}) {
        Json json = whole;
        json.erase(key);
        CHECK_THROWS_WITH(parse_report(json.dump(), "r.json"),
                          Contains(std::string("r.json.") + key + ": is missing"));
    }
    std::string text = whole.dump();
    const std::string counter = "\"macs\":4000";
    text.insert(text.find(counter), counter + ",");

    CHECK_THROWS_WITH(parse_report(text, "r.json"),
                      Contains("r.json.counters.cluster.core0.macs: is given twice"));
}

TEST_CASE("an energy that 64 bits do not hold is refused instead of wrapping", "[report]") {
    Json json = Json::parse(report_text(sample_run()));
    json["counters"]["cluster.core0"]["macs"] = ~u64{0};
    RunResult run = parse_report(json.dump(), "r.json");

    CHECK_THROWS_WITH(price_run(run, sample_profile(), "sample.json"),
                      Contains("18446744073709551615 events") && Contains("18 J"));
}

TEST_CASE("a core outside of the cluster has the energy that is charged to it", "[report]") {
    energy::Bill bill;
    bill.by_origin = {{"cluster.core0", 5}, {"fc.core", 0}};
    bill.outside = {{"fc.core", 7}};

    CHECK(attojoules_of(bill, "cluster.core0") == 5);
    CHECK(attojoules_of(bill, "fc.core") == 7);
    CHECK(attojoules_of(bill, "nobody") == 0);
}

TEST_CASE("a profile that knows no sizes says so", "[report][size]") {
    RunResult run = sample_run();
    energy::Profile profile = sample_profile();
    profile.architecture.clear();
    profile.size_laws.clear();
    for (energy::Standing& standing : profile.standing)
        standing.scales.clear();

    price_run(run, profile, "sample.json");

    REQUIRE(run.energy.doubts.size() == 1);
    CHECK_THAT(run.energy.doubts[0], Contains("has no reference.architecture"));
}

TEST_CASE("a file that is no report is refused with its name", "[report]") {
    CHECK_THROWS_WITH(parse_report("{", "a.json"), Contains("a.json"));
    CHECK_THROWS_WITH(parse_report("{}", "a.json"), Contains("schema"));
    CHECK_THROWS_WITH(parse_report(R"({"schema": "other"})", "a.json"), Contains("flexv-report-1"));
    CHECK_THROWS_AS(load_report("/nowhere/report.json"), UserError);
    CHECK_THROWS_AS(OutputFile("--report", "/nowhere/report.json"), UserError);
}
