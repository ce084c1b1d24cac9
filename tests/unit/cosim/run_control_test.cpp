// SPDX-License-Identifier: Apache-2.0
// What a Soc asks and tells whoever runs it.
#include "chip.hpp"

#include <catch2/catch.hpp>

#include <string>
#include <vector>

namespace flexv::test {
namespace {

constexpr const char* kOneCore = R"({"soc": {"cluster": {"core_count": 1}}})";
constexpr const char* kErrorSlaves =
    R"({"soc": {"bus_errors": "respond", "cluster": {"core_count": 1}}})";
constexpr u64 kQuantum = 100;

const std::vector<std::string> kForEver = {"jal x0, 0"};

/// Sleeps until line 12 of the event unit, which nobody raises.
std::vector<std::vector<std::string>> sleeper() {
    return {load_constant("t0", 0x1020'4000),
            load_constant("t1", 1U << 12),
            {"sw t1, 8(t0)", "p.elw a0, 60(t0)"}};
}

struct Runner final : platform::RunControl {
    unsigned stops_behind = ~0U;  ///< questions
    bool has_people = false;
    unsigned asked = 0;
    unsigned inputs = 0;
    unsigned revivals = 0;
    unsigned ends = 0;
    std::vector<std::string> misuses;

    bool must_stop() override { return ++asked > stops_behind; }
    [[nodiscard]] bool has_input() const override { return has_people; }
    bool take_input(bool is_asleep) override {
        ++inputs;
        return !is_asleep;
    }
    bool revive() override {
        ++revivals;
        return false;
    }
    void report_misuse(const Cause& cause, const std::string& what) override {
        misuses.push_back(fmt::format("{} {}", cause.initiator, what));
    }
    void note_end() override {
        ++ends;
        RunControl::note_end();
    }
};

}  // namespace

TEST_CASE("a run ends where its control says", "[soc]") {
    Runner runner;
    runner.stops_behind = 4;
    Chip chip(chip_configuration(kOneCore, kQuantum), runner);

    chip.start({kForEver});
    sc_core::sc_start();

    CHECK(chip.soc.is_interrupted());
    CHECK(chip.soc.end() % kQuantum == 0);
    CHECK(chip.soc.end() > 0);
    CHECK(runner.ends == 1);
}

TEST_CASE("where everybody sleeps the control is asked before that is a deadlock", "[soc]") {
    Runner runner;
    Chip chip(chip_configuration(kOneCore, kQuantum), runner);

    chip.start(sleeper());
    sc_core::sc_start();

    CHECK(chip.soc.is_deadlocked());
    CHECK(runner.revivals == 1);
    CHECK(runner.inputs == 0);
    CHECK(runner.ends == 1);
}

TEST_CASE("input is taken between quanta where there may be some", "[soc]") {
    Runner runner;
    runner.has_people = true;
    runner.stops_behind = 9;
    Chip chip(chip_configuration(kOneCore, kQuantum), runner);

    chip.start({kForEver});
    sc_core::sc_start();

    const u64 quanta = u64(chip.soc.end()) / kQuantum;
    CHECK(quanta > 1);
    CHECK(runner.inputs == quanta - 1);
}

TEST_CASE("the control hears of what the hardware tolerates", "[soc]") {
    Runner runner;
    Chip chip(chip_configuration(kErrorSlaves), runner);

    chip.start({{"lui t0, 0x50000", "lw a0, 0(t0)", "addi a0, x0, 0"}, end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 0U);
    REQUIRE(runner.misuses.size() == 1);
    CHECK_THAT(runner.misuses[0], Catch::Matchers::StartsWith("soc.cluster.core0 "));
}

TEST_CASE("a Soc that nobody runs stops the kernel at its end", "[soc]") {
    Chip chip(chip_configuration(kOneCore));

    chip.start({{"addi a0, x0, 5"}, end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 5U);
    CHECK(sc_core::sc_get_status() == sc_core::SC_STOPPED);
}

}  // namespace flexv::test
