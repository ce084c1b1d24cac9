// SPDX-License-Identifier: Apache-2.0
// The law of the DMA through the whole model: ports, queues, crossbar and external memory.
#include "dma_bench.hpp"
#include "random_command.hpp"

#include <catch2/catch.hpp>

namespace flexv::dma {
namespace {

/// Keeps banks busy: asks for a random word whenever the last one was granted.
class Disturber final : public DataInitiator, public Agent {
public:
    Disturber(TcdmTarget& tcdm, unsigned port) : tcdm_(tcdm), port_(port), random_(port) {}

    void act(Cycles now) override {
        left_ = 400;
        ask(now + 1);
    }
    void granted(Cycles now, u32 /*data*/) override {
        if (--left_ != 0)
            ask(now + 1 + Cycles{random_() % 2});
    }
    void refused(Cycles /*now*/, const std::string& /*what*/) override {}
    [[nodiscard]] unsigned port() const override { return port_; }

private:
    void ask(Cycles cycle) { tcdm_.request(*this, random_() & 0x1fffc, false, cycle); }

    TcdmTarget& tcdm_;
    const unsigned port_;
    std::minstd_rand random_;
    unsigned left_ = 0;
};

constexpr Windows kWindows{.size_bytes = 0x4000,
                           .tcdm_source = 0x1000'0000,
                           .tcdm_target = 0x1000'4000,
                           .external_source = 0x0000,
                           .external_target = 0x4000};

/// One list, split over a few harts that program it at the same time. Transfers of one direction
/// that meet in the target window would depend on the order of the harts, so each list that is
/// spread keeps to one hart per direction.
void run_list(Bench& bench, RandomCommands& commands, std::vector<u8>& tcdm,
              std::vector<u8>& external) {
    std::vector<Command> lists[2];
    for (u32 length = 1 + commands.below(6); length != 0; --length) {
        Command command = commands.next(kWindows);
        lists[command.is_receive].push_back(command);
        command.tcdm -= 0x1000'0000;
        copy_bytes(command, tcdm, external);
    }
    const Cycles start = bench.clock.timeline.now() + 1;
    for (unsigned direction = 0; direction < 2; ++direction) {
        std::vector<Step> steps = {{.offset = kCmd}};
        for (const Command& command : lists[direction])
            std::ranges::copy(steps_for(command), std::back_inserter(steps));
        Programmer& hart = *bench.harts[direction];
        hart.poll_every(9);
        hart.grants.clear();
        hart.start(bench.dma.core_in, steps, start + Cycles{commands.below(10)});
    }
    REQUIRE(bench.run());
    for (unsigned direction = 0; direction < 2; ++direction) {
        const u32 id = bench.harts[direction]->grants.front().second;
        bench.host.write32(kStatus, 1U << id);
    }
}

void check_law(const Mchan::Config& config, unsigned lists) {
    const unsigned seed = random_seed();
    CAPTURE(seed, config.bus_bytes, config.target_bytes, config.outstanding_bursts);
    RandomCommands commands(seed);
    Bench bench(config);
    std::vector<std::unique_ptr<Disturber>> disturbers;
    for (unsigned port = 2; port < 8; ++port) {
        disturbers.push_back(std::make_unique<Disturber>(bench.tcdm, port));
        bench.clock.timeline.add(*disturbers.back());
    }
    std::vector<u8> tcdm(0x8000);
    std::vector<u8> external(0x8000);
    for (u32 i = 0; i < tcdm.size(); ++i) {
        tcdm[i] = u8(commands.below(256));
        external[i] = u8(commands.below(256));
    }
    bench.set_tcdm(0, tcdm);
    std::ranges::copy(external, bench.memory.bytes.begin());

    for (unsigned list = 0; list < lists; ++list) {
        bench.memory.latency_cycles = Cycles{commands.below(60)};
        if (list % 2 == 0)
            for (const auto& disturber : disturbers)
                bench.clock.timeline.schedule(*disturber, bench.clock.timeline.now() + 1);
        run_list(bench, commands, tcdm, external);
        CAPTURE(list);
        if (bench.get_tcdm(0, tcdm.size()) != tcdm ||
            !std::equal(external.begin(), external.end(), bench.memory.bytes.begin()))
            FAIL("a byte differs");
    }
    CHECK(bench.faults.empty());
    CHECK(bench.dma.is_idle());
}

TEST_CASE("any list of transfers through the whole DMA equals memcpy", "[dma][property]") {
    check_law({}, 10'000);
}

TEMPLATE_TEST_CASE_SIG("so it does with another bus and memory, few channels and bursts",
                       "[dma][property]", ((u32 bus, u32 target), bus, target), (4, 4), (4, 16),
                       (8, 4), (16, 4), (16, 16)) {
    check_law({.id_count = 2,
               .queue_depth = 1,
               .outstanding_bursts = 1,
               .bus_bytes = bus,
               .target_bytes = target},
              500);
}

TEST_CASE("so it does with a wide bus and many bursts", "[dma][property]") {
    check_law({.outstanding_bursts = 16, .bus_bytes = 16}, 500);
}

}  // namespace
}  // namespace flexv::dma
