// SPDX-License-Identifier: Apache-2.0
// The clocks of the chip from outside.
#include "unit/cosim/chip.hpp"

using namespace flexv;
using namespace flexv::test;
using flexv::platform::Clock;
using sc_core::SC_US;

namespace {

constexpr const char* kOneCore = R"({"soc": {"cluster": {"core_count": 1}}})";

struct ClockBench {
    Chip chip;
    sc_core::sc_signal<sc_time> period{"period"};

    explicit ClockBench(Clock clock = Clock::cluster, u64 quantum = 1000)
        : chip(chip_configuration(kOneCore, quantum)) {
        chip.soc.outside.add_period_input(clock).bind(period);
    }
    /// Of the clusters, in ns.
    [[nodiscard]] double present_period() const {
        tlm::tlm_global_quantum::instance().set(sc_time(1, SC_US));
        return 1000 / double(chip.soc.quantum());
    }
};

constexpr platform::ClusterCycles kLoopEnd = 1'560'013;  // whatever the clock
/// 40000 turns.
std::vector<std::vector<std::string>> loop() {
    return {load_constant("t0", 40'000), {"addi t0, t0, -1", "bne t0, x0, -4"}, end_with_a0()};
}

}  // namespace

TEMPLATE_TEST_CASE_SIG("a period from outside holds from the next edge on, within the quantum",
                       "[cosim]", ((u64 quantum), quantum), 1, 50, 1000) {
    ClockBench bench(Clock::cluster, quantum);
    platform::Soc& soc = bench.chip.soc;

    bench.chip.start(loop());
    sc_core::sc_start(sc_time(10'001, SC_NS));  // in the midst of cycle 5000
    bench.period.write(sc_time(10, SC_NS));
    sc_core::sc_start();

    CHECK(soc.end() == kLoopEnd);
    const double slow_cycles = (soc.end_ns() - 2 * double(soc.end())) / 8;
    CHECK(slow_cycles <= double(soc.end() - 5001));
    CHECK(slow_cycles > double(soc.end() - 5001 - platform::ClusterCycles{quantum}));
    CHECK(soc.cluster_clocks().clocks() == std::vector<double>{500, 100});
    CHECK(sc_core::sc_time_stamp() >= sc_time(soc.end_ns(), SC_NS));
}

TEST_CASE("without a value the clock is as configured", "[cosim]") {
    ClockBench bench;

    bench.chip.start(loop());
    sc_core::sc_start();

    CHECK(bench.chip.soc.end() == kLoopEnd);
    CHECK(bench.chip.soc.end_ns() == 2 * double(kLoopEnd));
    CHECK_FALSE(bench.chip.soc.cluster_clocks().has_changed());
}

TEST_CASE("a clock from outside is neither its FLL's nor that of the configuration", "[cosim]") {
    ClockBench bench;
    bench.period.write(sc_time(4, SC_NS));
    bench.chip.start({load_constant("t0", 0x1a10'0020),
                      load_constant("t1", 0x8400'2000),
                      {"sw t1, 4(t0)"},
                      loop()[0],
                      loop()[1],
                      end_with_a0()});
    sc_core::sc_start();

    CHECK(bench.present_period() == 4);
    bench.chip.soc.reset();
    CHECK(bench.present_period() == 4);
}

TEST_CASE("the clock around the clusters is another one", "[cosim]") {
    ClockBench bench(Clock::soc);
    bench.period.write(sc_time(20, SC_NS));

    bench.chip.start({load_constant("a1", 0x1c01'0000),
                      load_constant("t0", 1000),
                      {"lw a0, 0(a1)", "addi t0, t0, -1", "bne t0, x0, -8"},
                      end_with_a0()});
    sc_core::sc_start();

    CHECK(bench.present_period() == 2);
    CHECK(bench.chip.soc.end() > 100'000);  // some 10 of the clock around, 20 ns each, a load
}

TEMPLATE_TEST_CASE_SIG("a period that is none ends the run", "[cosim]", ((u64 ps), ps), 0, 499,
                       1'000'001) {
    ClockBench bench;
    const sc_time period = sc_time::from_value(ps);  // of 1 ps

    bench.chip.start(loop());
    bench.period.write(sc_time(2, SC_NS));
    sc_core::sc_start(1, SC_US);
    bench.period.write(period);
    sc_core::sc_start(1, SC_US);

    CHECK(bench.chip.soc.traffic.failure() ==
          "soc.outside.cluster_period_in: a period of " + period.to_string() +
              ": must be 500 ps to 1 us; to hold the chip use the reset");
}

TEST_CASE("a clock has one driver", "[cosim]") {
    ClockBench bench;

    CHECK_THROWS_WITH(bench.chip.soc.outside.add_period_input(Clock::cluster),
                      Catch::Contains("cluster_period_in is there already"));
}
