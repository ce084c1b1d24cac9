// SPDX-License-Identifier: Apache-2.0
// The order of acts: registration order within a cycle, far events, the wrap of the ring, stop and
// reset; random schedules are compared with a sorted set.
#include "base/timeline.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <functional>
#include <random>
#include <set>

using namespace flexv;

namespace {

struct Act {
    Cycles cycle = 0;
    unsigned agent = 0;

    auto operator<=>(const Act&) const = default;
};

/// Writes down when it acts; may then do more.
class Recorder final : public Agent {
public:
    Recorder(Timeline& timeline, unsigned name, std::vector<Act>& acts,
             Phase phase = Phase::request)
        : name_(name), acts_(acts) {
        timeline.add(*this, phase);
    }
    void act(Cycles now) override {
        acts_.push_back({now, name_});
        if (then)
            then(now);
    }
    std::function<void(Cycles now)> then;

private:
    const unsigned name_;
    std::vector<Act>& acts_;
};

struct Bench {
    explicit Bench(unsigned count, unsigned group_agents = ~0U) {
        for (unsigned i = 0; i < count; ++i) {
            if (i != 0 && i % group_agents == 0)
                timeline.begin_group();
            agents.emplace_back(timeline, i, acts);
        }
    }
    Timeline timeline;
    std::vector<Act> acts;
    std::deque<Recorder> agents;
};

std::ostream& operator<<(std::ostream& out, const Act& act) {
    return out << "agent " << act.agent << " in cycle " << act.cycle;
}

/// The same contract with a sorted set, and nothing else.
class ReferenceTimeline {
public:
    void schedule(unsigned agent, Cycles cycle) { pending_.insert({cycle, agent}); }
    [[nodiscard]] Cycles next_event(Cycles now) const {
        const auto next = pending_.lower_bound({now + 1, 0});
        return next == pending_.end() ? kNever : next->cycle;
    }
    template <typename ActOf>
    void run_until(Cycles end, ActOf act_of) {
        while (!pending_.empty() && pending_.begin()->cycle < end) {
            const Act act = *pending_.begin();
            act_of(act);
            pending_.erase(act);
        }
    }
    [[nodiscard]] bool is_idle() const { return pending_.empty(); }

private:
    std::set<Act> pending_;
};

/// Distances around every boundary of the ring, and far ones.
Cycles random_distance(std::mt19937_64& random) {
    switch (random() % 4) {
        case 0:
            return Cycles{1 + random() % 3};
        case 1:
            return Cycles{1 + random() % 70};
        case 2:
            return Cycles{250 + random() % 12};
        default:
            return Cycles{1 + random() % 3000};
    }
}

}  // namespace

TEST_CASE("agents of one cycle act in the order of their registration", "[timeline]") {
    Bench bench(3);
    for (const unsigned agent : {2U, 0U, 1U})
        bench.timeline.schedule(bench.agents[agent], 5);

    CHECK(bench.timeline.run_until(10) == 10);

    CHECK(bench.acts == std::vector<Act>{{5, 0}, {5, 1}, {5, 2}});
}

TEST_CASE("scheduling the same cycle twice lets the agent act once", "[timeline]") {
    Bench bench(1);
    const Cycles cycle = GENERATE(Cycles{0}, Cycles{3}, Cycles{1000});
    bench.timeline.schedule(bench.agents[0], cycle);
    bench.timeline.schedule(bench.agents[0], cycle);

    bench.timeline.run_until(2000);

    CHECK(bench.acts == std::vector<Act>{{cycle, 0}});
}

TEST_CASE("an event before the end acts, one at the end waits for the next run", "[timeline]") {
    Bench bench(1);
    bench.timeline.schedule(bench.agents[0], 9);
    bench.timeline.schedule(bench.agents[0], 10);

    CHECK(bench.timeline.run_until(10) == 10);
    CHECK(bench.acts == std::vector<Act>{{9, 0}});
    CHECK(bench.timeline.now() == 10);

    bench.timeline.run_until(11);
    CHECK(bench.acts == std::vector<Act>{{9, 0}, {10, 0}});
}

TEST_CASE("near and far events act in cycle order across the edge of the ring", "[timeline]") {
    Bench bench(1);
    const std::vector<Cycles> cycles = {0, 1, 63, 64, 255, 256, 257, 511, 512, 513, 100'000};
    for (auto cycle = cycles.rbegin(); cycle != cycles.rend(); ++cycle)
        bench.timeline.schedule(bench.agents[0], *cycle);

    bench.timeline.run_until(200'000);

    std::vector<Act> expected;
    for (const Cycles cycle : cycles)
        expected.push_back({cycle, 0});
    CHECK(bench.acts == expected);
    CHECK(bench.timeline.is_idle());
}

TEST_CASE("an event far away stays pending when a run ends just before it", "[timeline]") {
    Bench bench(1);
    bench.timeline.schedule(bench.agents[0], 300);

    bench.timeline.run_until(300);
    CHECK(bench.acts.empty());
    CHECK_FALSE(bench.timeline.is_idle());

    bench.timeline.run_until(301);
    CHECK(bench.acts == std::vector<Act>{{300, 0}});
}

TEST_CASE("how far an agent may run ahead depends on its cycle, not on the end of the run",
          "[timeline]") {
    Bench bench(1);
    const Cycles end = GENERATE(Cycles{8}, Cycles{50}, Cycles{100'000});
    bench.timeline.schedule(bench.agents[0], 7);
    Cycles now = 0;
    Cycles limit = 0;
    bench.agents[0].then = [&](Cycles) {
        now = bench.timeline.now();
        limit = bench.timeline.limit();
    };

    bench.timeline.run_until(end);

    CHECK(now == 7);
    CHECK(limit == 7 + Timeline::kRunAhead);
}

TEST_CASE("no agent runs past a cycle at which somebody looks", "[timeline]") {
    Bench bench(1);
    Cycles limit = 0;
    bench.agents[0].then = [&](Cycles) { limit = bench.timeline.limit(); };
    bench.timeline.schedule(bench.agents[0], 7);
    bench.timeline.look_at(20);

    bench.timeline.run_until(20);

    CHECK(limit == 20);
}

TEST_CASE("an agent that acts sees who is still due in its cycle", "[timeline]") {
    Bench bench(3);
    std::vector<Cycles> next;
    for (auto& agent : bench.agents)
        agent.then = [&](Cycles) { next.push_back(bench.timeline.next_act_beside(agent)); };
    for (const unsigned index : {0U, 2U})
        bench.timeline.schedule(bench.agents[index], 7);
    bench.timeline.schedule(bench.agents[1], 40);

    bench.timeline.run_until(30);

    CHECK(next == std::vector<Cycles>{7, 40});
}

TEST_CASE("whoever is called in the act of another one knows nothing of the next cycle",
          "[timeline]") {
    Bench bench(2);
    Cycles next = 0;
    bench.agents[1].then = [&](Cycles) { next = bench.timeline.next_act_beside(bench.agents[0]); };
    bench.timeline.schedule(bench.agents[1], 7);

    bench.timeline.run_until(30);

    CHECK(next == 8);
}

TEST_CASE("what is outside of the timeline counts as an act", "[timeline]") {
    Bench bench(1);
    Cycles next = 0;
    bench.agents[0].then = [&](Cycles) { next = bench.timeline.next_act_beside(bench.agents[0]); };
    bench.timeline.schedule(bench.agents[0], 7);
    bench.timeline.schedule(bench.agents[0], 60);
    bench.timeline.expect_outside(50);

    bench.timeline.run_until(30);

    CHECK(next == 50);
}

TEST_CASE("next_event skips the present cycle and sees the ring and what lies beyond",
          "[timeline]") {
    Bench bench(2);
    const Cycles next = GENERATE(Cycles{8}, Cycles{262}, Cycles{263}, Cycles{264}, Cycles{5000});
    Cycles seen = 0;
    bench.timeline.schedule(bench.agents[0], 7);
    bench.timeline.schedule(bench.agents[1], 7);
    bench.agents[0].then = [&](Cycles) {
        CHECK(bench.timeline.next_event() == kNever);
        bench.timeline.schedule(bench.agents[1], next);
        seen = bench.timeline.next_event();
        bench.timeline.stop();
    };

    bench.timeline.run_until(10'000);

    CHECK(seen == next);
}

TEST_CASE("an act may ask for an earlier cycle than the next known one, and for its own",
          "[timeline]") {
    Bench bench(3);
    bench.timeline.schedule(bench.agents[0], 5);
    bench.timeline.schedule(bench.agents[2], 100);
    bench.agents[0].then = [&](Cycles now) {
        bench.timeline.schedule(bench.agents[1], now);
        bench.timeline.schedule(bench.agents[2], now + 1);
        CHECK(bench.timeline.next_event() == 6);
    };

    bench.timeline.run_until(200);

    CHECK(bench.acts == std::vector<Act>{{5, 0}, {5, 1}, {6, 2}, {100, 2}});
}

TEST_CASE("stop lets the cycle finish and ends the run after it", "[timeline]") {
    Bench bench(2);
    bench.timeline.schedule(bench.agents[0], 4);
    bench.timeline.schedule(bench.agents[1], 4);
    bench.timeline.schedule(bench.agents[1], 5);
    bench.agents[0].then = [&](Cycles) { bench.timeline.stop(); };

    CHECK(bench.timeline.run_until(100) == 5);
    CHECK(bench.acts == std::vector<Act>{{4, 0}, {4, 1}});

    CHECK(bench.timeline.run_until(100) == 100);
    CHECK(bench.acts.back() == Act{5, 1});
}

TEST_CASE("between two runs the next act is known and idle cycles can be passed over",
          "[timeline]") {
    Bench bench(1);
    bench.timeline.schedule(bench.agents[0], 5000);

    CHECK(bench.timeline.next_act() == 5000);
    bench.timeline.skip_to(4990);
    CHECK(bench.timeline.now() == 4990);
    CHECK(bench.timeline.next_act() == 5000);
    bench.timeline.skip_to(10);
    CHECK(bench.timeline.now() == 4990);
    bench.timeline.skip_to(5000);
    CHECK(bench.timeline.next_act() == 5000);
    CHECK_THROWS_AS(bench.timeline.skip_to(5001), InternalError);
}

TEST_CASE("reset forgets what is pending and starts again at cycle 0", "[timeline]") {
    Bench bench(1);
    bench.timeline.run_until(77);
    bench.timeline.schedule(bench.agents[0], 80);
    bench.timeline.schedule(bench.agents[0], 8000);

    bench.timeline.reset();

    CHECK(bench.timeline.is_idle());
    CHECK(bench.timeline.now() == 0);
    CHECK(bench.timeline.next_event() == kNever);
    bench.timeline.schedule(bench.agents[0], 3);
    bench.timeline.run_until(10'000);
    CHECK(bench.acts == std::vector<Act>{{3, 0}});
}

TEST_CASE("an idle timeline jumps to the end of the run", "[timeline]") {
    Bench bench(1);
    const Cycles far{u64{1} << 40};

    CHECK(bench.timeline.run_until(far) == far);

    bench.timeline.schedule(bench.agents[0], far + 1);
    bench.timeline.run_until(far + 2);
    CHECK(bench.acts == std::vector<Act>{{far + 1, 0}});
}

TEST_CASE("scheduling in the past is a broken invariant", "[timeline]") {
    Bench bench(1);
    bench.timeline.run_until(1000);

    CHECK_THROWS_AS(bench.timeline.schedule(bench.agents[0], 999), InternalError);
}

TEST_CASE("a timeline has room for 48 agents that ask, 8 that arbitrate, 8 that settle",
          "[timeline]") {
    Bench bench(48);
    for (unsigned i = 48; i < 64; ++i)
        bench.agents.emplace_back(bench.timeline, i, bench.acts,
                                  i < 56 ? Phase::arbitrate : Phase::settle);
    for (const Recorder& agent : bench.agents)
        bench.timeline.schedule(agent, 2);

    bench.timeline.run_until(3);

    CHECK(bench.acts.size() == 64);
    CHECK(bench.acts.back() == Act{2, 63});
    for (const Phase phase : {Phase::request, Phase::arbitrate, Phase::settle})
        CHECK_THROWS_AS(Recorder(bench.timeline, 64, bench.acts, phase), InternalError);
}

TEST_CASE("who arbitrates acts behind who asks, whatever the order of registration", "[timeline]") {
    Bench bench(0);
    bench.agents.emplace_back(bench.timeline, 0U, bench.acts, Phase::settle);
    bench.agents.emplace_back(bench.timeline, 1U, bench.acts, Phase::arbitrate);
    bench.agents.emplace_back(bench.timeline, 2U, bench.acts, Phase::request);
    bench.agents[2].then = [&](Cycles now) { bench.timeline.schedule(bench.agents[1], now); };
    bench.agents[1].then = [&](Cycles now) { bench.timeline.schedule(bench.agents[0], now); };
    bench.timeline.schedule(bench.agents[2], 7);

    bench.timeline.run_until(10);

    CHECK(bench.acts == std::vector<Act>{{7, 2}, {7, 1}, {7, 0}});
}

TEST_CASE("who forgets in the course of a cycle is the last one to act", "[timeline]") {
    Bench bench(3);
    for (const Recorder& agent : bench.agents)
        for (const Cycles cycle : std::vector<Cycles>{5, 6, 4000})
            bench.timeline.schedule(agent, cycle);
    bench.agents[1].then = [&](Cycles) { bench.timeline.forget(); };

    bench.timeline.run_until(5000);

    CHECK(bench.acts == std::vector<Act>{{5, 0}, {5, 1}});
    CHECK(bench.timeline.is_idle());
    CHECK(bench.timeline.now() == 5000);
    bench.timeline.schedule(bench.agents[2], 5001);
    bench.timeline.run_until(6000);
    CHECK(bench.acts.back() == Act{5001, 2});
}

TEST_CASE("a cycle goes from group to group, in each phase by phase", "[timeline]") {
    Bench bench(0);
    for (unsigned group = 0; group < 4; ++group) {
        if (group != 0)
            bench.timeline.begin_group();
        for (const Phase phase : {Phase::settle, Phase::request})
            bench.agents.emplace_back(bench.timeline, unsigned(bench.agents.size()), bench.acts,
                                      phase);
    }
    for (const Recorder& agent : bench.agents)
        bench.timeline.schedule(agent, 300);

    bench.timeline.run_until(400);

    CHECK(bench.acts ==
          std::vector<Act>{
              {300, 1}, {300, 0}, {300, 3}, {300, 2}, {300, 5}, {300, 4}, {300, 7}, {300, 6}});
    CHECK_THROWS_AS(bench.timeline.begin_group(), InternalError);
}

TEST_CASE("what a group sets going in an earlier one acts in the same cycle", "[timeline]") {
    Bench bench(2, 1);
    bench.agents[1].then = [&](Cycles now) { bench.timeline.schedule(bench.agents[0], now); };
    bench.timeline.schedule(bench.agents[1], 7);

    bench.timeline.run_until(100);

    CHECK(bench.acts == std::vector<Act>{{7, 1}, {7, 0}});
}

TEST_CASE("an agent that acts sees who is still due in the groups behind its own", "[timeline]") {
    Bench bench(3, 1);
    std::vector<Cycles> next;
    for (auto& agent : bench.agents)
        agent.then = [&](Cycles) { next.push_back(bench.timeline.next_act_beside(agent)); };
    for (const unsigned index : {0U, 2U})
        bench.timeline.schedule(bench.agents[index], 7);
    bench.timeline.schedule(bench.agents[1], 40);

    bench.timeline.run_until(30);

    CHECK(next == std::vector<Cycles>{7, 40});
}

TEST_CASE("one group forgets, the others go on", "[timeline]") {
    Bench bench(3, 1);
    for (const Recorder& agent : bench.agents)
        for (const Cycles cycle : std::vector<Cycles>{5, 6, 4000})
            bench.timeline.schedule(agent, cycle);
    bench.agents[1].then = [&](Cycles) { bench.timeline.forget_group_of(bench.agents[1]); };

    bench.timeline.run_until(5000);

    CHECK(bench.acts ==
          std::vector<Act>{{5, 0}, {5, 1}, {5, 2}, {6, 0}, {6, 2}, {4000, 0}, {4000, 2}});
    CHECK(bench.timeline.is_idle());
}

TEST_CASE("a group that forgets alone leaves an idle timeline", "[timeline]") {
    Bench bench(2, 1);
    for (const Cycles cycle : std::vector<Cycles>{50, 5000})
        bench.timeline.schedule(bench.agents[1], cycle);

    bench.timeline.forget_group_of(bench.agents[1]);

    CHECK(bench.timeline.is_idle());
    bench.timeline.schedule(bench.agents[0], 60);
    CHECK(bench.timeline.next_act() == 60);
}

TEST_CASE("an agent that is alone makes a later cycle the present one", "[timeline][pass]") {
    Bench bench(2);
    Timeline& timeline = bench.timeline;
    timeline.schedule(bench.agents[0], 5);
    timeline.schedule(bench.agents[1], 9);
    bench.agents[0].then = [&](Cycles) {
        timeline.let_time_pass();
        CHECK(timeline.pass_to(bench.agents[0], 8));
        CHECK(timeline.now() == 8);
        CHECK(timeline.last_act() == 8);
        CHECK_FALSE(timeline.pass_to(bench.agents[0], 9));  // somebody else acts
        CHECK(timeline.now() == 8);
        timeline.schedule(bench.agents[1], 8);  // has not acted in this cycle
    };

    timeline.run_until(100);

    CHECK(bench.acts == std::vector<Act>{{5, 0}, {8, 1}, {9, 1}});
}

TEST_CASE("time passes for nobody who has not said so, or no longer", "[timeline][pass]") {
    Bench bench(1);
    Timeline& timeline = bench.timeline;
    timeline.schedule(bench.agents[0], 5);
    bench.agents[0].then = [&](Cycles) {
        CHECK_FALSE(timeline.pass_to(bench.agents[0], 6));
        timeline.let_time_pass();
        timeline.keep_time();
        CHECK_FALSE(timeline.pass_to(bench.agents[0], 6));
    };
    timeline.run_until(100);
    CHECK(bench.acts.size() == 1);
}

TEST_CASE(
    "time passes neither beyond the end of a run nor once it has been stopped, nor while "
    "others are due",
    "[timeline][pass]") {
    Bench bench(2);
    Timeline& timeline = bench.timeline;
    timeline.schedule(bench.agents[0], 5);
    timeline.schedule(bench.agents[1], 5);
    bench.agents[0].then = [&](Cycles) {
        timeline.let_time_pass();
        CHECK_FALSE(timeline.pass_to(bench.agents[0], 6));
    };
    bench.agents[1].then = [&](Cycles) {
        timeline.let_time_pass();
        CHECK_FALSE(timeline.pass_to(bench.agents[1], 20));
        CHECK(timeline.pass_to(bench.agents[1], 19));
        timeline.stop();
        CHECK_FALSE(timeline.pass_to(bench.agents[1], 19));
    };

    CHECK(timeline.run_until(20) == 20);
    CHECK(timeline.is_idle());
    CHECK_FALSE(timeline.pass_to(bench.agents[1], 25));  // nobody acts
}

TEST_CASE("random schedules act as a sorted set would", "[timeline][property]") {
    const u64 seed = std::random_device{}();
    CAPTURE(seed);
    constexpr unsigned kAgents = 9;
    constexpr Cycles kEnd = 20'000;

    // Both sides draw from an equal generator; as long as the acts agree, so do the draws.
    std::mt19937_64 random(seed);
    std::mt19937_64 reference_random(seed);
    Bench bench(kAgents, GENERATE(9U, 3U));
    ReferenceTimeline reference;
    std::vector<Act> expected;

    const auto follow_up = [](std::mt19937_64& source, Cycles now, auto schedule) {
        for (unsigned count = now < kEnd - 4000 ? unsigned(source() % 3) : 0; count > 0; --count) {
            const unsigned agent = unsigned(source() % kAgents);
            schedule(agent, now + random_distance(source));
        }
    };
    const auto schedule = [&](unsigned agent, Cycles cycle) {
        bench.timeline.schedule(bench.agents[agent], cycle);
    };
    const auto schedule_reference = [&](unsigned agent, Cycles cycle) {
        reference.schedule(agent, cycle);
    };
    std::vector<Cycles> next_events;
    std::vector<Cycles> expected_next_events;
    for (Recorder& agent : bench.agents)
        agent.then = [&](Cycles now) {
            follow_up(random, now, schedule);
            next_events.push_back(bench.timeline.next_event());
        };
    for (unsigned i = 0; i < 20; ++i) {
        schedule(i % kAgents, Cycles{i * 37});
        schedule_reference(i % kAgents, Cycles{i * 37});
    }

    for (Cycles end = 0; end < kEnd;) {
        end = std::min(kEnd, end + random_distance(random));
        (void)random_distance(reference_random);
        schedule(0, bench.timeline.now() + 40);
        schedule_reference(0, bench.timeline.now() + 40);
        bench.timeline.run_until(end);
        reference.run_until(end, [&](const Act& act) {
            expected.push_back(act);
            follow_up(reference_random, act.cycle, schedule_reference);
            expected_next_events.push_back(reference.next_event(act.cycle));
        });
        REQUIRE(bench.acts == expected);
        REQUIRE(next_events == expected_next_events);
        REQUIRE(bench.timeline.is_idle() == reference.is_idle());
    }
}
