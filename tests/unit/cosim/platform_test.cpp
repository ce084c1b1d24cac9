// SPDX-License-Identifier: Apache-2.0
// The public interface out of order: too early, too late, and from within the simulation.
#include "flexv/flexv.hpp"
#include "isa/tools/assembler.hpp"
#include "support/scratch_folder.hpp"
#include "support/unwound_frames.hpp"
#include "unit/firmware/elf_builder.hpp"

#include <fcntl.h>
#include <tlm_utils/simple_target_socket.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <chrono>
#include <cmath>
#include <csignal>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace flexv;
using namespace flexv::test;
using sc_core::SC_MS;
using sc_core::SC_US;

namespace {

/// The path of a firmware of these instructions.
std::string firmware(const ScratchFolder& folder, const std::vector<const char*>& lines) {
    std::vector<u8> bytes;
    for (const char* const line : lines) {
        const u32 word = isa::assemble(line);
        for (unsigned shift = 0; shift < 32; shift += 8)
            bytes.push_back(u8(word >> shift));
    }
    platform::ElfBuilder builder;
    builder.load(".text", 0x1c00'0080, bytes, u32(bytes.size()));
    const std::vector<std::byte> image = builder.build();
    return folder.write("code.elf", {reinterpret_cast<const char*>(image.data()), image.size()});
}

/// Sleeps until line 12, then ends with 3; each core.
std::string sleeper(const ScratchFolder& folder) {
    return firmware(folder, {"lui t0, 0x204", "lui t1, 1", "sw t1, 8(t0)", "p.elw a0, 60(t0)",
                             "lui t6, 0x10200", "addi a0, x0, 3", "sw a0, 0x100(t6)",
                             "addi t5, x0, 1", "sw t5, 0(t6)", "jal x0, 0"});
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

/// What `act` writes to `stream`.
std::string told_by(const ScratchFolder& folder, const std::function<void()>& act,
                    int stream = STDERR_FILENO) {
    const std::string path = folder.write("stream", {});
    const int before = dup(stream);
    const int file = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    dup2(file, stream);
    act();
    dup2(before, stream);
    close(file);
    close(before);
    return folder.read("stream");
}

/// A Ctrl-C after some time of the host.
class Impatience {
public:
    explicit Impatience(std::chrono::milliseconds patience)
        : thread_([patience] {
              std::this_thread::sleep_for(patience);
              kill(getpid(), SIGINT);
          }) {}
    ~Impatience() { thread_.join(); }
    Impatience(const Impatience&) = delete;
    Impatience& operator=(const Impatience&) = delete;

private:
    std::thread thread_;
};

/// A target that never answers.
struct Mute final : sc_core::sc_module {
    tlm_utils::simple_target_socket<Mute> in{"in"};
    bool was_asked = false;

    explicit Mute(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &Mute::b_transport);
    }
    void b_transport(tlm::tlm_generic_payload&, sc_core::sc_time&) {
        was_asked = true;
        sc_core::wait(never_);
    }

private:
    sc_core::sc_event never_;
};

struct Scene {
    ScratchFolder folder;
    Platform chip{"chip", Configuration().set("soc.cluster.core_count", "1"), sleeper(folder)};
    Other other{"other"};

    void wake() { chip.raise_line(12); }
    /// The chip ends 20 us after the start, and the user wants an end of all 20 us later.
    void end_and_interrupt() {
        other.program = [this] {
            sc_core::wait(20, SC_US);
            wake();
            sc_core::wait(20, SC_US);
            std::raise(SIGINT);
        };
    }
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

TEMPLATE_TEST_CASE_SIG("run() waits as long as nothing happens", "[cosim]",
                       ((double milliseconds), milliseconds), 0.5, 1.5, 20.0) {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] {
        sc_core::wait(milliseconds, SC_MS);
        scene.wake();
    };

    CHECK(scene.chip.run() == 3);
    CHECK(scene.chip.result().time_ns == Approx(milliseconds * 1e6).epsilon(1e-3));
}

TEST_CASE("what is asked for later comes on top", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.chip.ask({"--report", scene.folder.file("report.json")});
    scene.other.program = [&] { scene.wake(); };

    CHECK(told_by(scene.folder, [&] { CHECK(scene.chip.run() == 3); }).empty());
    CHECK(scene.folder.read("report.json").find("\"exit\"") != std::string::npos);
}

TEST_CASE("a port that nobody has bound is a mistake of the integrator", "[cosim]") {
    Scene scene;
    scene.chip.line_in(13);

    const std::string told = told_by(scene.folder, [&] { CHECK(scene.chip.run() == 101); });
    CHECK_THAT(told, Catch::StartsWith("flexv: error: chip: the simulation cannot start: ") &&
                         Catch::Contains("line13_in"));
}

TEST_CASE("a counter has a name and a price that can be", "[cosim]") {
    Scene scene;
    const auto count = [] { return 0; };
    CHECK_THROWS_WITH(scene.chip.add_counter("end_out", "x", "", count),
                      Catch::Contains("the platform has a part end_out there; take another name"));
    forget_unwound_frames();
    for (const double price : {HUGE_VAL, 1e300, -1.0}) {
        CHECK_THROWS_WITH(scene.chip.add_counter("camera", "x", "", count, price, "guess"),
                          Catch::Contains("must be 0..1e12"));
        forget_unwound_frames();
    }
}

TEST_CASE("a time resolution that bends the clock is refused", "[cosim]") {
    sc_core::sc_set_time_resolution(1, sc_core::SC_NS);
    const ScratchFolder folder;

    CHECK_THROWS_WITH(Platform("chip", Configuration(), sleeper(folder)),
                      Catch::Contains("the time resolution of SystemC, 1 ns, is too coarse for a "
                                      "period of 2.160 ns"));
}

TEST_CASE("run() is for once", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] { scene.wake(); };

    CHECK(scene.chip.run() == 3);
    const std::string told = told_by(scene.folder, [&] { CHECK(scene.chip.run() == 101); });
    CHECK(told == "flexv: error: chip: run: the simulation has ended; a process has one\n");
}

TEST_CASE("one Ctrl-C ends run() beside a clock of others, however slow that is", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    sc_core::sc_clock clock("clock", 10, sc_core::SC_PS);  // a millisecond of it takes minutes
    const auto start = std::chrono::steady_clock::now();
    const Impatience user(std::chrono::milliseconds(300));

    CHECK(scene.chip.run() == 128 + SIGINT);
    CHECK(scene.chip.result().exit_status == 128 + SIGINT);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(30));
    CHECK(scene.chip.result().outcome == "interrupted");
}

TEST_CASE("one Ctrl-C ends run() when the platform has ended and others go on", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.chip.keep_simulating();
    sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
    scene.end_and_interrupt();

    CHECK(scene.chip.run() == 128 + SIGINT);
    CHECK(scene.chip.result().outcome == "exit");
}

TEST_CASE("one Ctrl-C ends run() of a platform when another one sleeps for ever", "[cosim]") {
    Scene scene;
    Platform second("second", Configuration().set("soc.cluster.core_count", "1"),
                    sleeper(scene.folder));
    second.ask({"--quiet"});
    scene.chip.ask({"--quiet"});
    sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
    scene.end_and_interrupt();

    CHECK(scene.chip.run() == 128 + SIGINT);
    CHECK(second.finish() == 128 + SIGINT);
    CHECK(second.result().outcome == "interrupted");
}

TEST_CASE("one Ctrl-C ends run() while a target never answers", "[cosim]") {
    const ScratchFolder folder;
    Platform chip("chip",
                  Configuration()
                      .set("soc.cluster.core_count", "1")
                      .set("soc.external_out",
                           R"([{"name": "mute", "base": "0x20000000", "size_bytes": "4 KiB"}])"),
                  firmware(folder, {"lui t0, 0x20000", "lw a0, 0(t0)", "jal x0, 0"}));
    Mute mute("mute");
    chip.external_out("mute").bind(mute.in);
    chip.ask({"--quiet"});
    sc_core::sc_clock clock("clock", 10, sc_core::SC_NS);
    const Impatience user(std::chrono::milliseconds(300));

    CHECK(chip.run() == 128 + SIGINT);
    CHECK(mute.was_asked);
}

TEST_CASE("memory can be looked at and changed once the simulation has started", "[cosim]") {
    Scene scene;
    u32 word = 0;
    const u32 jump_to_itself = isa::assemble("jal x0, 0");
    CHECK_THROWS_WITH(scene.chip.debug_write(0x1c00'0080, &word, 4),
                      "chip: debug_write: the simulation has not started; call "
                      "sc_start(sc_core::SC_ZERO_TIME) before, which loads the firmware and no "
                      "more");
    forget_unwound_frames();
    CHECK_THROWS_WITH(scene.chip.debug_read(0x1c00'0080, &word, 4),
                      Catch::Contains("debug_read: the simulation has not started"));

    sc_core::sc_start(sc_core::SC_ZERO_TIME);

    CHECK(scene.chip.debug_read(0x1c00'0080, &word, 4) == 4);
    CHECK(word == isa::assemble("lui t0, 0x204"));
    CHECK(scene.chip.debug_write(0x1c00'0080, &jump_to_itself, 4) == 4);
    sc_core::sc_start(20, SC_US);
    scene.wake();
    sc_core::sc_start(20, SC_US);
    CHECK(scene.chip.is_running());  // round its first instruction
    CHECK(scene.chip.result().instructions > 1000);
}

TEST_CASE("the kernel's last word does not stand between what the firmware prints", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] { scene.wake(); };

    CHECK(told_by(
              scene.folder, [&] { CHECK(scene.chip.run() == 3); }, STDOUT_FILENO)
              .empty());
}

TEST_CASE("who has said what becomes of the kernel's last word gets it", "[cosim]") {
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] { scene.wake(); };
    sc_core::sc_report_handler::set_actions("/OSCI/SystemC", sc_core::SC_INFO, sc_core::SC_DISPLAY);

    const std::string told = told_by(
        scene.folder, [&] { CHECK(scene.chip.run() == 3); }, STDOUT_FILENO);
    CHECK_THAT(told, Catch::Contains("Simulation stopped by user"));
}

TEST_CASE("a report handler of others is called as without the platform", "[cosim]") {
    static std::vector<std::string> told;
    Scene scene;
    scene.chip.ask({"--quiet"});
    scene.other.program = [&] { scene.wake(); };
    sc_core::sc_report_handler::set_handler(
        [](const sc_core::sc_report& report, const sc_core::sc_actions&) {
            told.emplace_back(report.get_msg());
        });

    CHECK(scene.chip.run() == 3);
    CHECK(told == std::vector<std::string>{"Simulation stopped by user."});
}

TEST_CASE("components of others have columns in power traces and waves", "[cosim]") {
    Scene scene;
    u64 frames = 0;
    const auto file = [&](const char* name) { return scene.folder.file(name); };
    scene.chip.ask({"--quiet", "--power-trace", file("power.csv"), "--wave", file("run.vcd"),
                    "--power-window", "1000"});
    scene.chip.add_counter(
        "camera", "frames", "that were taken", [&] { return frames; }, 2.5, "data sheet");
    scene.chip.add_counter("camera", "errors", "that were not", [] { return 0; });
    scene.other.program = [&] {
        frames = 4;
        sc_core::wait(20, SC_US);
        frames = 6;
        scene.wake();
    };

    CHECK(scene.chip.run() == 3);

    std::istringstream lines(scene.folder.read("power.csv"));
    std::string line;
    std::getline(lines, line);
    CHECK_THAT(line,
               Catch::EndsWith(",outside.camera_pj,outside.camera.frames,outside.camera.errors"));
    std::map<std::string, int> ends;
    while (std::getline(lines, line))
        ++ends[line.substr(line.rfind(',', line.rfind(',', line.rfind(',') - 1) - 1))];
    CHECK(ends[",10.000000,4,0"] == 1);
    CHECK(ends[",5.000000,2,0"] == 1);
    CHECK(ends.size() == 3);  // else nothing
    const std::string wave = scene.folder.read("run.vcd");
    CHECK_THAT(wave, Catch::Contains("$scope module outside $end\n$scope module camera $end\n"));
    CHECK_THAT(wave, Catch::Contains(" frames $end"));
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
    CHECK(scene.chip.report().find("\"platform\": \"chip\"") != std::string::npos);
    CHECK(second.report().find("\"platform\": \"second\"") != std::string::npos);
    CHECK_THAT(second.summary(), Catch::StartsWith("second:\ndeadlock after"));
}

TEST_CASE("a platform that is alone has no name in its report", "[cosim]") {
    Scene scene;
    sc_core::sc_start(1, SC_US);

    CHECK(scene.chip.report().find("\"platform\"") == std::string::npos);
    CHECK_THAT(scene.chip.summary(), !Catch::StartsWith("chip"));
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
