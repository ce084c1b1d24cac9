// SPDX-License-Identifier: Apache-2.0
// The public interface out of order: too early, too late, and from within the simulation.
#include "flexv/flexv.hpp"
#include "isa/assembler.hpp"
#include "support/scratch_folder.hpp"
#include "support/unwound_frames.hpp"
#include "unit/platform/elf_builder.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <csignal>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

using namespace flexv;
using namespace flexv::test;
using sc_core::SC_MS;
using sc_core::SC_US;

namespace {

/// Sleeps until line 12, then ends with 3; each core.
std::string sleeper(const ScratchFolder& folder) {
    std::vector<u8> bytes;
    for (const char* const line :
         {"lui t0, 0x204", "lui t1, 1", "sw t1, 8(t0)", "p.elw a0, 60(t0)", "lui t6, 0x10200",
          "addi a0, x0, 3", "sw a0, 0x100(t6)", "addi t5, x0, 1", "sw t5, 0(t6)", "jal x0, 0"}) {
        const u32 word = isa::assemble(line);
        for (unsigned shift = 0; shift < 32; shift += 8)
            bytes.push_back(u8(word >> shift));
    }
    platform::ElfBuilder builder;
    builder.load(".text", 0x1c00'0080, bytes, u32(bytes.size()));
    const std::vector<std::byte> image = builder.build();
    return folder.write("sleeper.elf", {reinterpret_cast<const char*>(image.data()), image.size()});
}

/// Another module, whose process a test writes.
struct Other final : sc_core::sc_module {
    std::function<void()> program;

    explicit Other(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        SC_HAS_PROCESS(Other);
        SC_THREAD(run);
    }
    void run() {
        if (program)
            program();
    }
};

/// What `act` writes to stderr.
std::string told_by(const ScratchFolder& folder, const std::function<void()>& act) {
    const std::string path = folder.write("stderr", {});
    const int before = dup(STDERR_FILENO);
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    dup2(file, STDERR_FILENO);
    act();
    dup2(before, STDERR_FILENO);
    close(file);
    close(before);
    return folder.read("stderr");
}

struct Scene {
    ScratchFolder folder;
    Platform chip{"chip", Configuration().set("soc.cluster.core_count", "1"), sleeper(folder)};
    Other other{"other"};

    void wake() { chip.raise_line(12); }
};

}  // namespace

TEST_CASE("a platform that has not started has no result yet, and says so", "[cosim]") {
    Scene scene;

    CHECK(scene.chip.result().outcome == "running");
    CHECK(scene.chip.result().cycles == 0);
    CHECK_THROWS_WITH(scene.chip.report(),
                      "chip: report: the simulation has not started; call sc_start() before");
    CHECK_THROWS_WITH(scene.chip.summary(), Catch::Contains("has not started"));
    CHECK_THROWS_WITH(scene.chip.finish(), Catch::Contains("has not started"));
}

TEST_CASE("what is too late behind the start is refused", "[cosim]") {
    Scene scene;
    sc_core::sc_start(1, SC_US);

    CHECK_THROWS_WITH(scene.chip.ask({"--quiet"}),
                      "chip: ask: the simulation has started; call it before");
    forget_unwound_frames();
    CHECK_THROWS_WITH(scene.chip.external_in("late"), Catch::Contains("external_in: the simul"));
    forget_unwound_frames();
    CHECK_THROWS_WITH(scene.chip.line_in(12), Catch::Contains("line_in: the simulation has"));
    forget_unwound_frames();
    CHECK_THROWS_WITH(scene.chip.add_counter("late", "events", "", [] { return 0; }),
                      Catch::Contains("add_counter: the simulation has started"));
    forget_unwound_frames();
    CHECK_THROWS_WITH(scene.chip.raise_line(3), Catch::Contains("line 3 of the event unit"));
}

TEST_CASE("a result that is looked at within the simulation changes nothing", "[cosim]") {
    Scene scene;
    scene.other.program = [&] {
        sc_core::wait(20, SC_US);  // nothing else is pending
        CHECK(scene.chip.result().outcome == "running");
        CHECK(scene.chip.report().find("\"instructions\"") != std::string::npos);
        scene.wake();
    };

    sc_core::sc_start();

    CHECK(scene.chip.result().outcome == "exit");
    CHECK(scene.chip.result().exit_code == 3);
}

TEST_CASE("run() goes on behind a pause of others", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] {
        sc_core::wait(20, SC_US);
        sc_core::sc_pause();
        sc_core::wait(20, SC_US);
        scene.wake();
    };

    CHECK(scene.chip.run() == 3);
}

TEST_CASE("the user stops a platform that sleeps while others act", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [] {
        sc_core::wait(20, SC_US);
        std::raise(SIGINT);
        sc_core::wait(100, SC_MS);
        sc_core::sc_stop();
    };

    CHECK(scene.chip.run() == 128 + SIGINT);
    CHECK_THAT(scene.chip.result().problem, Catch::StartsWith("interrupted by signal 2"));
}

TEST_CASE("a reset that is held for ever is what the deadlock names, at its time", "[cosim]") {
    Scene scene;
    sc_core::sc_signal<bool> reset("reset");
    scene.chip.ask({"--quiet"});
    scene.chip.reset_in().bind(reset);
    scene.other.program = [&] {
        sc_core::wait(20, SC_US);
        reset.write(true);
    };

    CHECK(scene.chip.run() == 105);
    CHECK(scene.chip.result().time_ns == Approx(20'000).epsilon(1e-3));
    CHECK_THAT(scene.chip.result().problem, Catch::Contains("reset_in is high"));
}

TEST_CASE("of several platforms each is named where it tells something", "[cosim]") {
    Scene scene;
    Platform second("second", Configuration().set("soc.cluster.core_count", "1"),
                    sleeper(scene.folder));
    second.ask({"--quiet"});
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] {
        sc_core::wait(20, SC_US);
        scene.wake();
    };
    sc_core::sc_start();

    const std::string told = told_by(scene.folder, [&] {
        CHECK(scene.chip.finish() == 3);
        CHECK(second.finish() == 105);
    });
    CHECK_THAT(told, Catch::StartsWith("second:\nflexv: deadlock at cycle"));
}

TEST_CASE("what a process of others throws ends the run with its name and a report", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet", "--report", scene.folder.file("report.json")});
    scene.other.program = [] {
        sc_core::wait(20, SC_US);
        throw std::runtime_error("out of film");
    };

    CHECK(scene.chip.run() == 101);
    const std::string report = scene.folder.read("report.json");
    CHECK(report.find("\"result\": \"interrupted\"") != std::string::npos);
    CHECK_THAT(scene.chip.result().problem,
               Catch::Contains("process other.run throws") && Catch::Contains("out of film"));
}

TEST_CASE("between steps a platform that sleeps goes on, and its accounts with it", "[cosim]") {
    Scene scene;
    u64 cycles = 0;
    double energy = 0;
    for (int step = 1; step <= 3; ++step) {
        sc_core::sc_start(100, SC_US);  // 46300 cycles
        const Result result = scene.chip.result();
        CHECK(result.outcome == "running");
        CHECK(result.time_ns == Approx(100'000 * step).epsilon(1e-3));
        CHECK(result.cycles > cycles + 46'000);
        CHECK(result.energy_pj > energy);
        cycles = result.cycles;
        energy = result.energy_pj;
    }
    scene.wake();
    sc_core::sc_start(1, SC_US);

    CHECK(scene.chip.result().outcome == "exit");
    CHECK(scene.chip.result().cycles > cycles);
}

TEMPLATE_TEST_CASE_SIG("a run that nobody ends is over with finish()", "[cosim]",
                       ((bool others_act), others_act), true, false) {
    Scene scene;
    scene.chip.ask({"--quiet", "--power-trace", scene.folder.file("power.csv"), "--power-window",
                    "1000", "--report", scene.folder.file("report.json")});
    scene.other.program = [&] {
        while (others_act)
            sc_core::wait(10, SC_US);
    };

    sc_core::sc_start(400, SC_US);
    const u64 cycles = scene.chip.result().cycles;

    CHECK(scene.chip.finish() == (others_act ? 101 : 105));
    CHECK(scene.chip.result().cycles == cycles);
    CHECK(scene.folder.read("report.json").find(others_act ? "\"interrupted\"" : "\"deadlock\"") !=
          std::string::npos);
}
