// SPDX-License-Identifier: Apache-2.0
#include "platform/report.hpp"

#include "base/error.hpp"
#include "unit/report/sample_run.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

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
    CHECK(keys(report) == Names{"schema", "result", "exit_code", "cycles", "time_ns",
                                "instructions", "host", "clock", "harts", "regions", "counters",
                                "energy"});
    CHECK(keys(report["host"]) == Names{"seconds", "mips"});
    CHECK(keys(report["clock"]) == Names{"mhz", "vdd"});
    CHECK(keys(report["harts"][0]) == Names{"name", "hartid", "instructions", "active_cycles",
                                            "sleep_cycles", "stalls", "energy_pj"});
    CHECK(keys(report["regions"][0]) ==
          Names{"id", "name", "visits", "cycles", "instructions", "macs", "mac_per_cycle",
                "energy_pj", "mean_mw", "tops_per_watt", "gops", "own_energy_pj", "own_cycles",
                "components", "counters", "own_counters"});
    CHECK(keys(report["energy"]) == Names{"profile", "vdd", "mhz", "total_pj", "mean_mw",
                                          "components", "outside_components", "coefficient_kinds",
                                          "unpriced", "profile_source", "profile_meaning",
                                          "uncertainty_percent", "valid_vdd", "max_mhz", "warnings",
                                          "rest_pj", "instruction_classes", "coefficients"});
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

    const energy::PriceList prices(sample_profile(), run.energy.point, run.counter_paths);

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
    run.functions = {function_result("dot", run.counter_paths, {300, 400, 0, 3000, 0, 0, 0, 0}),
                     function_result("main", run.counter_paths, {100, 90, 0, 0, 50, 300, 7, 0})};

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

TEST_CASE("a file that is no report is refused with its name", "[report]") {
    CHECK_THROWS_WITH(parse_report("{", "a.json"), Contains("a.json"));
    CHECK_THROWS_WITH(parse_report("{}", "a.json"), Contains("schema"));
    CHECK_THROWS_WITH(parse_report(R"({"schema": "other"})", "a.json"), Contains("flexv-report-1"));
    CHECK_THROWS_AS(load_report("/nowhere/report.json"), UserError);
    CHECK_THROWS_AS(save_report(sample_run(), "/nowhere/report.json"), UserError);
}
