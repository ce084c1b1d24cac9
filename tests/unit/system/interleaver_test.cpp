// SPDX-License-Identifier: Apache-2.0
// Two clocks in one order of time: docs/decisions/0004-two-clock-domains.md.
#include "platform/system/interleaver.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace flexv;
using namespace flexv::platform;

namespace {

struct Bench;

/// Acts every cycle of its domain and writes down when.
struct Ticker final : Agent {
    Ticker(ClockDomain& domain, char name, std::vector<std::pair<char, u64>>& acts)
        : clock(domain), letter(name), log(acts) {
        clock.timeline.add(*this);
    }
    void act(Cycles now) override {
        log.emplace_back(letter, clock.time_of(now).value() / 1000);
        if (then)
            then(now);
        clock.timeline.schedule(*this, now + 1);
    }
    ClockDomain& clock;
    char letter;
    std::vector<std::pair<char, u64>>& log;
    std::function<void(Cycles)> then;
};

struct Bench {
    Bench(unsigned cluster_ns, unsigned soc_ns) {
        cluster.period = sc_core::sc_time(cluster_ns, sc_core::SC_NS);
        soc.period = sc_core::sc_time(soc_ns, sc_core::SC_NS);
    }
    /// "c0 s0 c2 ..": who acted at which nanosecond.
    [[nodiscard]] std::string text() const {
        std::string result;
        for (const auto& [letter, time] : acts)
            result += (result.empty() ? "" : " ") + std::string(1, letter) + std::to_string(time);
        return result;
    }
    ClusterDomain cluster;
    SocDomain soc;
    std::vector<std::pair<char, u64>> acts;
    Ticker of_cluster{cluster, 'c', acts};
    Ticker of_soc{soc, 's', acts};
    Interleaver interleaver{cluster, soc};
};

}  // namespace

TEST_CASE("acts of two clocks happen in the order of time, the cluster's first", "[interleaver]") {
    Bench bench(2, 3);
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.soc.timeline.schedule(bench.of_soc, 0);

    bench.interleaver.run_until(5);

    CHECK(bench.text() == "c0 s0 c2 s3 c4 c6 s6 c8 s9");
    CHECK(bench.cluster.timeline.now() == 5);
}

TEST_CASE("the length of the runs does not change the order", "[interleaver]") {
    Bench bench(2, 3);
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.soc.timeline.schedule(bench.of_soc, 0);

    for (ClusterCycles end = 1; end <= 5; ++end)
        bench.interleaver.run_until(end);

    CHECK(bench.text() == "c0 s0 c2 s3 c4 c6 s6 c8 s9");
}

TEST_CASE("a domain with nothing to do keeps up", "[interleaver]") {
    Bench bench(2, 3);

    bench.interleaver.run_until(9);

    CHECK(bench.cluster.timeline.now() == 9);
    CHECK(bench.soc.timeline.now() == 6);
    CHECK(bench.interleaver.is_idle());
}

TEST_CASE("what one domain sets off in the other happens in time", "[interleaver]") {
    Bench bench(1, 1);
    bench.soc.timeline.schedule(bench.of_soc, 0);
    bench.of_soc.then = [&](Cycles now) {
        if (now != 2)
            return;
        const Crossing crossing(bench.soc, bench.cluster);
        const ClusterCycles seen = crossing.arrival_of(SocCycles(now));
        bench.cluster.timeline.schedule(bench.of_cluster, Cycles(seen));
    };

    bench.interleaver.run_until(5);

    CHECK(bench.text() == "s0 s1 s2 c3 s3 c4 s4");
}

TEST_CASE("an event is not seen before the cycle in which it is sent", "[interleaver]") {
    Bench bench(1, 1);
    std::vector<ClusterCycles> arrivals;
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.of_cluster.then = [&](Cycles now) {
        // A store of the cluster reaches the SoC five cycles later and sets off an event there,
        // which comes back.
        const Crossing there(bench.cluster, bench.soc);
        const Crossing back(bench.soc, bench.cluster);
        arrivals.push_back(back.arrival_of(there.arrival_of(ClusterCycles(now) + 5)));
    };

    bench.interleaver.run_until(2);

    CHECK(arrivals == std::vector<ClusterCycles>{6, 7});
}

TEST_CASE("a change of frequency holds from the next cycle on", "[interleaver]") {
    Bench bench(2, 2);
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.soc.timeline.schedule(bench.of_soc, 0);
    bench.of_soc.then = [&](Cycles now) {
        if (now != 1)
            return;
        bench.soc.retune(sc_core::sc_time(4, sc_core::SC_NS));
        bench.interleaver.reconsider();
    };

    bench.interleaver.run_until(6);

    CHECK(bench.text() == "c0 s0 c2 s2 c4 c6 s6 c8 c10 s10");
}

TEST_CASE("stop ends both domains behind the present cycle", "[interleaver]") {
    Bench bench(2, 3);
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.soc.timeline.schedule(bench.of_soc, 0);
    bench.of_soc.then = [&](Cycles now) {
        if (now == 1)
            bench.interleaver.stop();
    };

    bench.interleaver.run_until(100);

    CHECK(bench.text() == "c0 s0 c2 s3");
    CHECK(bench.interleaver.end() == 3);  // 6 ns, where the next cycle of the SoC would begin
}

TEST_CASE("how far agents may run ahead does not depend on the length of the runs",
          "[interleaver]") {
    Bench bench(2, 3);
    const auto step = GENERATE(ClusterCycles{1}, ClusterCycles{7}, ClusterCycles{1000});
    std::vector<std::pair<Cycles, Cycles>> seen;  // limit and next act of anybody else
    bench.of_cluster.then = [&](Cycles) {
        const Timeline& timeline = bench.cluster.timeline;
        seen.emplace_back(timeline.limit(), timeline.next_act_beside(bench.of_cluster));
    };
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.soc.timeline.schedule(bench.of_soc, 10);  // at 30 ns, behind the cluster's cycle 15

    for (ClusterCycles end = step; seen.size() < 15; end += step)
        bench.interleaver.run_until(std::min<ClusterCycles>(end, 15));

    REQUIRE(seen.size() == 15);
    for (unsigned cycle = 0; cycle < 15; ++cycle)
        CHECK(seen[cycle] == std::pair{Cycles{cycle} + Timeline::kRunAhead, Cycles{16}});
}

TEST_CASE("nobody runs ahead past a cycle at which somebody looks, in either clock",
          "[interleaver]") {
    Bench bench(2, 3);
    std::vector<Cycles> limits;
    bench.of_cluster.then = [&](Cycles) { limits.push_back(bench.cluster.timeline.limit()); };
    bench.of_soc.then = [&](Cycles) { limits.push_back(bench.soc.timeline.limit()); };
    bench.cluster.timeline.schedule(bench.of_cluster, 0);
    bench.soc.timeline.schedule(bench.of_soc, 0);

    bench.interleaver.look_at(10);
    bench.interleaver.run_until(1);

    CHECK(limits == std::vector<Cycles>{10, 7});  // 20 ns are reached in cycle 7 of 3 ns
}
