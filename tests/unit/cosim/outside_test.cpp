// SPDX-License-Identifier: Apache-2.0
// What others do wrong in their code, and what they see of the end.
#include "unit/cosim/chip.hpp"

#include <stdexcept>

using namespace flexv;
using namespace flexv::test;
using sc_core::SC_US;

namespace {

constexpr const char* kOneCore = R"({"soc": {"cluster": {"core_count": 1}}})";

/// Looks at a wire.
struct Monitor final : sc_core::sc_module {
    sc_core::sc_in<bool> in{"in"};
    std::vector<sc_time> rises;

    explicit Monitor(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(Monitor);
        SC_METHOD(look);
        sensitive << in.pos();
        dont_initialize();
    }
    void look() { rises.push_back(sc_core::sc_time_stamp()); }
};

u64 value_of(const platform::Soc& soc, const std::string& component) {
    for (const sc_core::sc_object* const child : soc.outside.get_child_objects())
        if (const auto* const module = dynamic_cast<const Module*>(child);
            module != nullptr && module->basename() == component)
            return module->counters().at(0).value();
    throw std::out_of_range(component);
}

}  // namespace

TEMPLATE_TEST_CASE_SIG("others see what happened last before the kernel stops", "[cosim]",
                       ((u64 quantum), quantum), 1, 1000) {
    Chip chip(chip_configuration(kOneCore, quantum));
    Monitor end("end"), event("event");
    sc_core::sc_signal<bool> ended("ended"), raised("raised");
    chip.soc.outside.end_out.out.bind(ended);
    chip.soc.outside.event_out(160).out.bind(raised);
    end.in.bind(ended);
    event.in.bind(raised);

    chip.start({load_constant("t2", 0x1a10'6000),
                {"addi t3, x0, 1", "sw t3, 0(t2)", "addi a0, x0, 3"},
                end_with_a0()});
    sc_core::sc_start();

    REQUIRE(event.rises.size() == 1);
    REQUIRE(end.rises.size() == 1);
    CHECK(event.rises[0] < end.rises[0]);
    CHECK(end.rises[0] <= sc_time(chip.soc.end_ns(), SC_NS));
    CHECK(sc_core::sc_time_stamp() >= sc_time(chip.soc.end_ns(), SC_NS));
    CHECK(sc_core::sc_time_stamp() <= sc_time(chip.soc.end_ns(), SC_NS) + sc_time::from_value(1));
}

TEST_CASE("a target that throws ends the run in order, with the name of its window", "[cosim]") {
    Chip chip(chip_configuration(kWindows));
    Device device("device");
    chip.soc.outside.window("device").bind(device.checker.in);
    device.on_access = [](tlm::tlm_generic_payload&, sc_time&) -> bool {
        throw std::runtime_error("no supply");
    };

    chip.start({load_constant("a1", kWindow), {"lw a0, 0(a1)"}, end_with_a0()});
    sc_core::sc_start(10, SC_US);

    CHECK(chip.soc.traffic.failure() ==
          "soc.external_out.device: its target throws in b_transport: no supply");
}

TEST_CASE("code that a target changes itself is decoded again behind a flush", "[cosim]") {
    Chip chip(chip_configuration(kWindows));
    Device device("device");
    chip.soc.outside.window("device").bind(device.checker.in);
    device.set_word(0x100, isa::assemble("addi a0, x0, 7"));
    device.set_word(0x104, isa::assemble("jalr x0, 0(ra)"));
    device.on_access = [&](tlm::tlm_generic_payload&, sc_time&) {
        device.set_word(0x100, isa::assemble("addi a0, x0, 9"));
        return true;
    };

    chip.start(
        {load_constant("a1", kWindow + 0x100),
         load_constant("a2", 0x1020'1400),
         {"jalr ra, 0(a1)", "slli s0, a0, 4", "sw x0, -256(a1)", "jalr ra, 0(a1)", "add s0, s0, a0",
          "slli s0, s0, 4", "addi t0, x0, 1", "sw t0, 4(a2)", "jalr ra, 0(a1)", "add a0, a0, s0"},
         end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 0x779U);
}

TEMPLATE_TEST_CASE_SIG("a counter of others that throws or goes back stays where it was", "[cosim]",
                       ((bool goes_back), goes_back), true, false) {
    Chip chip(chip_configuration(kOneCore));
    auto& outside = chip.soc.outside;
    u64 count = 5;
    bool throws = false;
    const auto plain = [&] { return count; };
    const auto thrower = [&] { return throws ? throw std::runtime_error("no cable") : count; };
    outside.add_counter("one", "events", "that come", plain, 0, "");
    outside.add_counter("other", "events", "that come", thrower, 0, "");
    CHECK_THROWS_WITH(outside.add_counter("none", "events", "that come", {}, 0, ""),
                      "soc: counter none.events: there is no function that counts");

    CHECK(value_of(chip.soc, "one") == 5);
    CHECK(value_of(chip.soc, "other") == 5);
    count = goes_back ? 4 : 6;
    throws = !goes_back;
    CHECK(value_of(chip.soc, "one") == (goes_back ? 5 : 6));
    if (goes_back)
        CHECK(chip.soc.traffic.failure() ==
              "counter one.events of somebody else: goes back from 5 to 4");
    CHECK(value_of(chip.soc, "other") == 5);
    if (!goes_back)
        CHECK(chip.soc.traffic.failure() == "counter other.events of somebody else: no cable");
}

TEST_CASE("an entrance and the reset exist once", "[cosim]") {
    Chip chip(chip_configuration(kOneCore));
    auto& outside = chip.soc.outside;
    sc_core::sc_signal<bool> reset("reset");
    outside.add_entrance("camera");
    outside.add_reset_input(kEntry).bind(reset);

    CHECK_THROWS_WITH(outside.add_entrance("camera"),
                      Catch::Contains("there is an entrance camera already"));
    CHECK_THROWS_WITH(outside.add_entrance("a b"), Catch::Contains("entrance \"a b\": must be"));
    CHECK_THROWS_WITH(outside.add_reset_input(kEntry),
                      Catch::Contains("reset_in is there already"));
}

TEST_CASE("a reset that is held is named where nothing goes on", "[cosim]") {
    Chip chip(chip_configuration(kOneCore));
    sc_core::sc_signal<bool> reset("reset");
    chip.soc.outside.add_reset_input(kEntry).bind(reset);
    chip.start({{"jal x0, 0"}});
    CHECK(chip.soc.outside.obstacles().empty());

    reset.write(true);
    sc_core::sc_start(1, SC_US);

    CHECK(chip.soc.outside.obstacles() ==
          std::vector<std::string>{"soc.outside.reset_in is high: nothing starts until it falls"});
}
