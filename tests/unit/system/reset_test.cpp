// SPDX-License-Identifier: Apache-2.0
// Reset in the midst of a run: whatever a cluster or the whole chip is doing, behind the reset a
// program takes the cycles and counts the events that it does on a fresh one.
#include "energy/counters.hpp"
#include "platform/config/configuration_reader.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/system/soc.hpp"

#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <unistd.h>
#include <string>
#include <vector>

using namespace flexv;
using namespace flexv::platform;

namespace {

enum class Part { nothing, cluster, chip };

/// What is under way where the reset comes.
struct Scene {
    bool dma_runs = false;
    bool has_sleepers = false;
    bool has_pending_interrupts = false;
};

struct Result {
    Scene scene;
    u64 exit_code = ~u64{0};  ///< ~0: the run has not ended by itself
    Cycles cycles = 0;        ///< from the reset to the end
    std::vector<u64> counts;  ///< of the same time
};

Scene scene_of(Soc& soc) {
    constexpr Address kPending = 0x1020'0824;  // EVT_BUFFER_IRQ_MASKED of core 0
    Scene scene{.dma_runs = !soc.cluster.dma.is_idle()};
    for (unsigned index = 0; index < soc.cluster.core_count(); ++index) {
        scene.has_sleepers |= soc.cluster.core(index).state_letter() == 'S';
        scene.has_pending_interrupts |= soc.peek(kPending + 0x40 * index).value() != 0;
    }
    return scene;
}

/// Lets `image` run, resets `part` in cycle `reset_at`, loads and starts the image again.
Result simulate(const std::string& path, const Configuration& configuration, Part part,
                Cycles reset_at) {
    const ElfImage image = ElfImage::read(path);
    Soc soc("soc", configuration);
    const energy::CounterSet counters(soc);
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    soc.load(image);
    Result result;
    energy::Counts before(counters.paths().size());
    ClusterCycles start = 0;
    soc.sample_probe.attach([&](ClusterCycles now) {
        if (start != 0)
            return;
        start = now;
        result.scene = scene_of(soc);
        part == Part::cluster ? soc.reset_cluster() : soc.reset();
        before = counters.read();
        soc.load(image);
        soc.boot(image.entry());
    });
    if (part != Part::nothing)
        soc.sample_every(ClusterCycles(reset_at));
    soc.boot(image.entry());
    sc_core::sc_start();
    result.exit_code = soc.exit_code() ? u64{*soc.exit_code()} : ~u64{0};
    result.cycles = Cycles(soc.end() - start);
    energy::accumulate(result.counts, counters.read(), before);
    return result;
}

void send(int pipe, const std::vector<u64>& words) {
    for (std::size_t sent = 0; sent < words.size() * sizeof(u64);) {
        const ssize_t done = ::write(pipe, reinterpret_cast<const char*>(words.data()) + sent,
                                     words.size() * sizeof(u64) - sent);
        if (done <= 0)
            ::_exit(1);
        sent += std::size_t(done);
    }
}

std::vector<u64> receive(int pipe) {
    std::vector<u64> words;
    std::string bytes(4096, '\0');
    std::string all;
    for (ssize_t done = 0; (done = ::read(pipe, bytes.data(), bytes.size())) > 0;)
        all.append(bytes.data(), std::size_t(done));
    words.resize(all.size() / sizeof(u64));
    std::copy(all.begin(), all.begin() + long(words.size() * sizeof(u64)),
              reinterpret_cast<char*>(words.data()));
    return words;
}

/// SystemC elaborates once per process, so each run is a process of its own.
Result run(const std::string& path, const Configuration& configuration, Part part = Part::nothing,
           Cycles reset_at = 0) {
    int ends[2] = {};
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const Result result = simulate(path, configuration, part, reset_at);
        std::vector<u64> words = {result.exit_code, u64(result.cycles), result.scene.dma_runs,
                                  result.scene.has_sleepers, result.scene.has_pending_interrupts};
        words.insert(words.end(), result.counts.begin(), result.counts.end());
        send(ends[1], words);
        ::_exit(0);
    }
    ::close(ends[1]);
    const std::vector<u64> words = receive(ends[0]);
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(status == 0);
    REQUIRE(words.size() > 5);
    return {.scene = {.dma_runs = words[2] != 0,
                      .has_sleepers = words[3] != 0,
                      .has_pending_interrupts = words[4] != 0},
            .exit_code = words[0],
            .cycles = Cycles{words[1]},
            .counts = {words.begin() + 5, words.end()}};
}

void check_equal(const Result& again, const Result& fresh) {
    CHECK(again.exit_code == fresh.exit_code);
    CHECK(again.cycles == fresh.cycles);
    REQUIRE(again.counts.size() == fresh.counts.size());
    for (std::size_t i = 0; i < fresh.counts.size(); ++i) {
        INFO("counter " << i);
        CHECK(again.counts[i] == fresh.counts[i]);
    }
}

Configuration configured(const char* name, double soc_mhz = 0) {
    Configuration configuration = load_configuration(name, {}).values;
    configuration.simulation.max_cycles = 3'000'000;
    configuration.clock.soc_mhz = soc_mhz;
    return configuration;
}

std::string program(const std::string& name) { return std::string{FLEXV_PROGRAMS} + "/" + name; }

}  // namespace

TEST_CASE("behind a reset of the cluster, or of the chip, a program runs as on a fresh one",
          "[reset]") {
    const std::string image = program("reset_scene.elf");
    const Configuration configuration = configured("");
    const Result fresh = run(image, configuration);
    REQUIRE(fresh.exit_code == 0);
    unsigned with_everything = 0;

    for (Cycles reset_at = 37; reset_at < 35'000; reset_at += 401) {
        const Part part = reset_at % 2 == 0 ? Part::cluster : Part::chip;
        CAPTURE(reset_at);
        const Result again = run(image, configuration, part, reset_at);
        check_equal(again, fresh);
        const Scene& scene = again.scene;
        with_everything += scene.dma_runs && scene.has_sleepers && scene.has_pending_interrupts;
    }

    CHECK(with_everything >= 3);
}

TEST_CASE("behind a reset of all clusters they start and meet as on a fresh chip", "[reset]") {
    const std::string image = std::string{FLEXV_PREBUILT} + "/hello_clusters.elf";
    Configuration configuration = configured("");
    configuration.soc.clusters = 3;
    configuration.soc.cluster.core_count = 2;
    const Result fresh = run(image, configuration);
    REQUIRE(fresh.exit_code == 0);

    const Cycles step = fresh.cycles / 12;
    for (Cycles reset_at = step; reset_at < fresh.cycles; reset_at += step) {
        CAPTURE(reset_at);
        for (const Part part : {Part::cluster, Part::chip})
            check_equal(run(image, configuration, part, reset_at), fresh);
    }
}

TEST_CASE("clusters that are reset in the midst of their first line start again", "[reset]") {
    const std::string image = std::string{FLEXV_PREBUILT} + "/hello_clusters.elf";
    Configuration configuration = configured("");
    configuration.soc.clusters = 3;
    configuration.soc.cluster.core_count = 2;
    const Result fresh = run(image, configuration);

    check_equal(run(image, configuration, Part::chip, 3), fresh);
    const Result again = run(image, configuration, Part::cluster, 3);
    CHECK(again.exit_code == 0);
    CHECK(again.cycles >= fresh.cycles);
    CHECK(again.cycles <= fresh.cycles + 16);  // what L2 has begun for them it ends
}

TEST_CASE("a chip whose fabric controller works takes the same cycles behind a reset", "[reset]") {
    const std::string image = program("cluster_reset.elf");
    const Configuration configuration = configured("pulp_open");
    const Result fresh = run(image, configuration);
    REQUIRE(fresh.exit_code == 0);

    for (const Cycles reset_at : std::vector<Cycles>{11, 2222, 9999, 33'333, 80'000}) {
        CAPTURE(reset_at);
        const Result again = run(image, configuration, Part::chip, reset_at);
        CHECK(again.exit_code == 0);
        CHECK(again.cycles == fresh.cycles);
    }
}

TEST_CASE("a chip that is reset in the middle of its devices' work works again", "[reset]") {
    const Configuration configuration = configured("pulp_open", 173);  // clocks that never meet
    for (const Cycles reset_at : std::vector<Cycles>{1000, 5000, 20'000}) {
        CAPTURE(reset_at);
        CHECK(run(program("pulp_open.elf"), configuration, Part::chip, reset_at).exit_code == 0);
    }
}
