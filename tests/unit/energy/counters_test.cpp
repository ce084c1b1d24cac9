// SPDX-License-Identifier: Apache-2.0
#include "energy/counters.hpp"

#include "base/error.hpp"
#include "base/module.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::energy;

namespace {

struct Block : Module {
    using Module::Module;
    Counter events{*this, "events", "things that happened"};
    DerivedCounter twice{*this, "twice", "two for each", [this] { return 2 * events.value(); }};
};

struct Group : sc_core::sc_module {
    explicit Group(const sc_core::sc_module_name& name) : sc_module(name) {}
    Block b{"b"};
    Block a{"a"};
};

struct Top : sc_core::sc_module {
    explicit Top(const sc_core::sc_module_name& name) : sc_module(name) {}
    Group group{"group"};
    Block last{"last"};
};

}  // namespace

TEST_CASE("counters are found by their place in the hierarchy, in order of elaboration",
          "[energy][counters]") {
    Top top("soc");
    ++top.group.a.events;
    top.last.events += 5;

    const CounterSet counters(top);

    CHECK(counters.paths() == std::vector<std::string>{"group.b.events", "group.b.twice",
                                                       "group.a.events", "group.a.twice",
                                                       "last.events", "last.twice"});
    CHECK(counters.docs().front() == "things that happened");
    CHECK(counters.read() == Counts{0, 0, 1, 2, 5, 10});
}

TEST_CASE("a difference of snapshots is added up", "[energy][counters]") {
    Counts sum;

    accumulate(sum, {5, 7}, {1, 7});
    accumulate(sum, {9, 9}, {8, 7});

    CHECK(sum == Counts{5, 2});
    CHECK_THROWS_AS(accumulate(sum, {1, 1}, {2, 1}), InternalError);
}

TEST_CASE("a path is that of a component and the name of an event", "[energy][counters]") {
    CHECK(component_of("cluster.core0.alu") == "cluster.core0");
    CHECK(event_of("cluster.core0.alu") == "alu");
    CHECK(component_of("alone").empty());
    CHECK(event_of("alone") == "alone");
}
