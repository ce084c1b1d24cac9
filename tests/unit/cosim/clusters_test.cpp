// SPDX-License-Identifier: Apache-2.0
// Several clusters beside each other: each has windows, lines and sleeping cores of its own.
#include "unit/cosim/chip.hpp"

using namespace flexv;
using namespace flexv::test;

namespace {

constexpr const char* kTwoClusters = R"({"soc": {"clusters": 2, "cluster": {"core_count": 1,
    "external_out": [{"name": "slot", "base": "0x10202400", "size_bytes": "1 KiB"}]}}})";
constexpr Address kFurther = 0x0040'0000;  // from a cluster to the next one
constexpr Address kSecondEntry = 0x1c00'1000;

/// Starts the second cluster.
std::vector<std::string> start_second() {
    auto lines = load_constant("t0", 0x1020'0000 + kFurther);
    for (const std::string& line : load_constant("t1", kSecondEntry))
        lines.push_back(line);
    lines.insert(lines.end(), {"sw t1, 0x40(t0)", "addi t1, x0, 1", "sw t1, 8(t0)"});
    return lines;
}

/// The end of the second cluster, with 0.
std::vector<std::string> end_second() {
    return {"lui t6, 0x10600", "sw x0, 0x100(t6)", "addi t5, x0, 1", "sw t5, 0(t6)", "jal x0, 0"};
}

}  // namespace

TEST_CASE("each cluster has its own window, which the other one reaches over the bus", "[cosim]") {
    Chip chip(chip_configuration(kTwoClusters));
    Device first("first");
    Device second("second");
    chip.soc.outside.window("slot").bind(first.checker.in);
    chip.soc.outside.window("slot", 1).bind(second.checker.in);
    first.set_word(0, 5);
    second.set_word(0, 3);
    second.set_word(4, 7);

    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    chip.put(
        kSecondEntry,
        {load_constant("a1", kSlot + kFurther), {"lw a0, 4(a1)", "sw a0, 8(a1)"}, end_second()});
    chip.start({start_second(),
                load_constant("a1", kSlot),
                load_constant("a3", kSlot + kFurther),
                {"lw a0, 0(a1)", "lw a2, 0(a3)", "slli a2, a2, 4", "add a0, a0, a2"},
                end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 0x35U);
    CHECK(second.word(8) == 7);
    CHECK(first.checker.transactions == 1);
    CHECK(second.checker.transactions == 3);
}

TEST_CASE("a line wakes the cores of its cluster alone", "[cosim]") {
    Chip chip(chip_configuration(kTwoClusters));
    sc_core::sc_signal<bool> wire("wire"), sleeps("sleeps"), sleeps_too("sleeps_too");
    chip.soc.outside.add_line_input(12, 1).bind(wire);
    chip.soc.outside.sleep_out(0).out.bind(sleeps);
    chip.soc.outside.sleep_out(0, 1).out.bind(sleeps_too);
    const std::vector<std::string> sleep = {"lui t0, 0x204", "lui t1, 1", "sw t1, 8(t0)",
                                            "p.elw a0, 60(t0)"};

    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    chip.put(kSecondEntry, {sleep, {"jal x0, 0"}});
    chip.start({start_second(), sleep, {"addi a0, x0, 3"}, end_with_a0()});
    sc_core::sc_start(100, sc_core::SC_US);
    CHECK(sleeps.read());
    CHECK(sleeps_too.read());
    wire.write(true);
    sc_core::sc_start(100, sc_core::SC_US);

    CHECK(chip.soc.is_running());
    CHECK(sleeps.read());
    CHECK_FALSE(sleeps_too.read());
}

TEST_CASE("what a cluster that is not there would have is refused", "[cosim]") {
    Chip chip(chip_configuration(kTwoClusters));
    auto& outside = chip.soc.outside;

    CHECK_THROWS_WITH(outside.window("slot", 2),
                      "soc: cluster 2: must be 0..1, because soc.clusters = 2");
    CHECK_THROWS_WITH(outside.window("device", 1),
                      "soc: no window of cluster 1 is called device; there is slot: add it to "
                      "soc.cluster.external_out");
    CHECK_THROWS_WITH(outside.add_line_input(12, 4), Catch::Contains("cluster 4: must be 0..1"));
    CHECK_THROWS_WITH(outside.sleep_out(1, 1), Catch::Contains("the cluster has 1 cores"));
    CHECK_THROWS_WITH(outside.raise_line(12, 2), Catch::Contains("cluster 2"));
    CHECK_THROWS_WITH(outside.raise_line(3), Catch::Contains("line 3 of the event unit"));
}

TEST_CASE("an interrupt of a device may go to the event unit of a further cluster", "[cosim]") {
    using flexv::platform::interrupts_of;
    CHECK(interrupts_of({.json = R"(["cluster1.line13"])"}) ==
          std::vector<flexv::platform::Interrupt>{
              {.kind = flexv::platform::Interrupt::Kind::event_unit_line,
               .number = 13,
               .cluster = 1}});
    CHECK_THROWS_WITH(Chip(chip_configuration(R"({"soc": {"remotes": [
        {"name": "far", "socket": "unix:none", "irq": ["cluster1.line12"]}]}})")),
                      Catch::Contains("soc.remotes.far.irq: soc: cluster 1: must be 0..0"));
}
