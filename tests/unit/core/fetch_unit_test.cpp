// SPDX-License-Identifier: Apache-2.0
// The fetch unit in front of its caches: when decode gets an instruction does not depend on whether
// the cache is left alone over hits.
#include "core/pipeline/fetch_unit.hpp"
#include "icache/private_cache.hpp"
#include "icache/shared_cache.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <memory>
#include <random>
#include <utility>
#include <vector>

namespace flexv::test {

namespace {

using core::FetchUnit;
using core::Front;
using icache::PrivateCache;
using icache::SharedCache;

constexpr Address kCode = 0x1c00'8000;
constexpr unsigned kCores = 2;

/// Two private caches before a shared one, on a timeline.
class Caches final : public Agent, private icache::Refills, private icache::RefillClient {
public:
    explicit Caches(Timeline& timeline)
        : timeline_(timeline), shared_({.cores = kCores, .memory_latency = 10}, *this) {
        for (unsigned core = 0; core < kCores; ++core) {
            private_.push_back(std::make_unique<PrivateCache>(
                PrivateCache::Config{.core = core}, static_cast<icache::Refills&>(*this)));
            private_.back()->set_mode(true, false);
        }
        timeline.add(*this, Phase::arbitrate);
    }
    [[nodiscard]] PrivateCache& at(unsigned core) { return *private_[core]; }
    void flush() {
        shared_.flush();
        for (const auto& cache : private_)
            cache->flush();
    }

private:
    void act(Cycles now) override {
        clocked_ = now;
        if (const Cycles next = shared_.clock(now); next != kNever)
            timeline_.schedule(*this, next);
    }
    void refill(unsigned core, Address line, Cycles cycle, bool is_cached) override {
        const Cycles now = timeline_.now();
        const Cycles first = std::max(cycle, clocked_ == now ? now + 1 : now);
        shared_.request(core, line, first, is_cached);
        timeline_.schedule(*this, first);
    }
    [[nodiscard]] Cycles now() const override { return timeline_.now(); }
    void answer(unsigned core, Cycles cycle) override { at(core).answer(cycle); }
    void promise(unsigned core, Cycles cycle) override { at(core).promise(cycle); }

    Timeline& timeline_;
    SharedCache shared_;
    std::vector<std::unique_ptr<PrivateCache>> private_;
    Cycles clocked_ = kNever;
};

/// A private cache that counts its clocks. It may keep the core from leaving it alone over hits:
/// then it does not look calm where the core asks first, yet lets it stop clocking later.
class CountedPort final : public FetchPort {
public:
    CountedPort(PrivateCache& cache, bool may_be_left_alone)
        : cache_(cache), may_be_left_alone_(may_be_left_alone) {}
    [[nodiscard]] unsigned clocks() const { return clocks_; }

    void attach(FetchClient& client) override { cache_.attach(client); }
    LineFilter& filter() override { return cache_.filter(); }
    bool is_settled(Address line) override { return cache_.is_settled(line); }
    void resume(Address requested, bool is_waiting) override {
        cache_.resume(requested, is_waiting);
        hides_ = !may_be_left_alone_;
    }
    [[nodiscard]] Cycles known_until() const override { return cache_.known_until(); }
    bool begin(Cycles cycle) override {
        ++clocks_;
        const bool comes = cache_.begin(cycle);
        hides_ = comes && !may_be_left_alone_;
        return comes;
    }
    [[nodiscard]] bool grants() const override { return cache_.grants(); }
    void end(bool requests, Address address) override { cache_.end(requests, address); }
    [[nodiscard]] bool is_calm() const override {
        return !std::exchange(hides_, false) && cache_.is_calm();
    }
    [[nodiscard]] bool is_static() const override { return cache_.is_static(); }

private:
    PrivateCache& cache_;
    bool may_be_left_alone_;
    unsigned clocks_ = 0;
    mutable bool hides_ = false;
};

/// Compressed or not, anywhere.
Front instruction_at(Address pc) {
    return {.pc = pc, .is_compressed = pc * 2654435761U >> 31 != 0};
}

struct Instruction {
    Front front;
    Cycles stays = 0;  ///< in EX, beyond one
    bool branches = false;
};

/// Straight pieces between branches over code that is half as large again as a private cache.
std::vector<Instruction> random_program(std::mt19937& random) {
    std::vector<Instruction> program;
    Address pc = kCode;
    while (program.size() < 1000) {
        Instruction instruction{.front = instruction_at(pc)};
        pc = instruction.front.next();
        if (random() % 8 == 0)
            instruction.stays = Cycles{random() % 6};
        else if (random() % 10 == 0) {
            instruction.branches = true;
            pc = kCode + 2 * Address(random() % 384);
        }
        program.push_back(instruction);
    }
    return program;
}

/// What the fetch unit sees of a core that executes `program`.
class FetchingCore final : public Agent, private FetchUnit::Owner {
public:
    FetchingCore(Timeline& timeline, FetchPort& port, std::vector<Instruction> program)
        : timeline_(timeline), program_(std::move(program)), unit_(*this, timeline) {
        timeline.add(*this);
        unit_.join_timeline();
        unit_.bind(port);
        unit_.start(now_);
        timeline.schedule(*this, now_);
    }
    [[nodiscard]] FetchUnit& unit() { return unit_; }
    /// [instruction], the cycle in which it entered EX
    [[nodiscard]] const std::vector<Cycles>& entered() const { return entered_; }

private:
    static constexpr Cycles kAhead = 6;

    void act(Cycles /*now*/) override {
        if (std::exchange(is_in_ex_, false))
            leave_ex(program_[entered_.size() - 1]);
        go_on();
    }
    [[nodiscard]] bool waits_for_front() const override { return waits_; }
    void front_has_come() override { go_on(); }

    void go_on() {
        waits_ = false;
        while (entered_.size() < program_.size() && now_ < timeline_.now() + kAhead) {
            const Instruction& instruction = program_[entered_.size()];
            const std::optional<Cycles> taken = unit_.prepare(instruction.front, now_ - 1);
            if (!taken) {
                waits_ = true;
                return unit_.keep_going();
            }
            now_ = std::max(now_, *taken + 2);
            if (unit_.is_clocked())
                clock_behind(instruction.front);
            if (instruction.stays != 0)
                unit_.keep_going();
            enter_ex(instruction.front);
            if (instruction.stays != 0) {
                is_in_ex_ = true;
                return timeline_.schedule(*this, now_ + instruction.stays);
            }
            leave_ex(instruction);
        }
        unit_.keep_going();
        if (entered_.size() < program_.size())
            timeline_.schedule(*this, now_);
    }
    void clock_behind(const Front& front) {
        const Front next = instruction_at(front.next());
        unit_.set_ready(now_ - 1);
        if (unit_.may_stop_clock() && unit_.holds(core::FetchStage::reach_behind(next.pc + 4)) &&
            unit_.stops_clock(next.pc))
            return;
        unit_.expect(next, instruction_at(next.next()), now_);
    }
    void enter_ex(const Front& front) {
        unit_.take(front.pops());
        unit_.set_ready(now_ - 1);
        entered_.push_back(now_);
    }
    void leave_ex(const Instruction& instruction) {
        const Cycles left = now_ + instruction.stays;
        now_ = left + 1;
        if (!instruction.branches || entered_.size() == program_.size())
            return;
        const Front& target = program_[entered_.size()].front;
        const Front behind = instruction_at(instruction.front.next());
        const Cycles decoded = unit_.may_leave_for(target.pc, left, behind.pc)
                                   ? unit_.leave(left, target.needs_two_words())
                                   : unit_.redirect(left, target, behind, true);
        now_ = std::max(now_, decoded + 2);
    }

    Timeline& timeline_;
    std::vector<Instruction> program_;
    FetchUnit unit_;
    Cycles now_ = 3;
    bool waits_ = false;
    bool is_in_ex_ = false;
    std::vector<Cycles> entered_;
};

constexpr std::ptrdiff_t kNone = -1;

/// The first instruction that enters EX in different cycles.
std::ptrdiff_t first_difference(const std::vector<Cycles>& one, const std::vector<Cycles>& other) {
    const auto [at, other_at] = std::ranges::mismatch(one, other);
    return at == one.end() && other_at == other.end() ? kNone : at - one.begin();
}

/// Two cores that share the second level.
struct Cluster {
    Timeline timeline;
    Caches caches{timeline};
    std::deque<CountedPort> ports;
    std::vector<std::unique_ptr<FetchingCore>> cores;

    Cluster(const std::vector<std::vector<Instruction>>& programs, bool may_be_left_alone) {
        for (unsigned core = 0; core < kCores; ++core) {
            CountedPort& port = ports.emplace_back(caches.at(core), may_be_left_alone);
            cores.push_back(std::make_unique<FetchingCore>(timeline, port, programs[core]));
        }
    }
    void flush() {
        caches.flush();
        for (const auto& core : cores)
            core->unit().drop_line();
    }
};

}  // namespace

TEST_CASE("the cache may be left alone over hits: decode gets everything in the same cycle",
          "[core]") {
    std::mt19937 random(4);
    for (unsigned round = 0; round < 40; ++round) {
        const std::vector<std::vector<Instruction>> programs = {random_program(random),
                                                                random_program(random)};
        Cluster always(programs, false);
        Cluster seldom(programs, true);

        always.timeline.run_until(20'000);
        seldom.timeline.run_until(20'000);

        for (unsigned core = 0; core < kCores; ++core) {
            INFO("round " << round << ", core " << core);
            REQUIRE(seldom.cores[core]->entered().size() == programs[core].size());
            REQUIRE(first_difference(seldom.cores[core]->entered(),
                                     always.cores[core]->entered()) == kNone);
            REQUIRE(seldom.caches.at(core).events().misses ==
                    always.caches.at(core).events().misses);
            REQUIRE(seldom.ports[core].clocks() < always.ports[core].clocks());
        }
    }
}

TEST_CASE("words asked for before a flush come, and the lines behind are asked for again",
          "[core]") {
    std::mt19937 random(5);
    for (unsigned round = 0; round < 60; ++round) {
        const std::vector<std::vector<Instruction>> programs = {random_program(random),
                                                                random_program(random)};
        const Cycles flushed = 200 + Cycles{random() % 2000};
        Cluster always(programs, false);
        Cluster seldom(programs, true);

        for (Cluster* const cluster : {&always, &seldom}) {
            cluster->timeline.run_until(flushed);
            cluster->flush();
            cluster->timeline.run_until(20'000);
        }

        for (unsigned core = 0; core < kCores; ++core) {
            INFO("round " << round << ", core " << core << ", flush before " << flushed);
            REQUIRE(first_difference(seldom.cores[core]->entered(),
                                     always.cores[core]->entered()) == kNone);
        }
    }
}

}  // namespace flexv::test
