// SPDX-License-Identifier: Apache-2.0
// The value change dump and what it shows of a run.
#include "platform/probes/wave.hpp"

#include "platform/files/output_file.hpp"
#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform;
using Catch::Contains;

namespace {

struct File {
    flexv::test::ScratchFolder folder;
    OutputFile output{"--wave", folder.file("run.vcd")};

    /// The whole file; nothing is written to it any more.
    [[nodiscard]] std::string text() {
        output.commit();
        return folder.read("run.vcd");
    }
    /// What follows the initial values.
    [[nodiscard]] std::string changes() {
        const std::string all = text();
        const std::string end = "$dumpvars";
        return all.substr(all.find("$end\n", all.find(end)) + 5);
    }
};

/// A picosecond a cycle.
u64 count_of(Cycles time) { return u64(time); }

}  // namespace

TEST_CASE("a dump declares its signals in their scopes", "[wave]") {
    File file;
    Vcd vcd(file.output, count_of);
    vcd.add("top.b", "state", Vcd::Kind::text, "off");
    vcd.add("top", "power", Vcd::Kind::real, "0");
    vcd.add("top.b.c", "id", Vcd::Kind::number, "5");
    vcd.start();
    vcd.finish(10);

    CHECK_THAT(file.text(), Contains("$timescale 1 ps $end\n"
                                     "$scope module top $end\n"
                                     "$var real 64 \" power $end\n"
                                     "$scope module b $end\n"
                                     "$var string 1 ! state $end\n"
                                     "$scope module c $end\n"
                                     "$var integer 32 # id $end\n"
                                     "$upscope $end\n$upscope $end\n$upscope $end\n"
                                     "$enddefinitions $end\n"
                                     "#0\n$dumpvars\nsoff !\nr0 \"\nb101 #\n$end\n#10\n"));
}

TEST_CASE("changes may come out of order, the last of one time counts", "[wave]") {
    File file;
    Vcd vcd(file.output, count_of);
    const Vcd::Signal state = vcd.add("top", "state", Vcd::Kind::text, "off");
    const Vcd::Signal id = vcd.add("top", "id", Vcd::Kind::number, "0");
    vcd.start();

    vcd.set_text(state, 30, "late");
    vcd.set_number(id, 20, 2);
    vcd.set_text(state, 20, "early");
    vcd.set_text(state, 30, "later");
    vcd.set_number(id, 30, 2);  // as before: no change
    vcd.finish(40);

    CHECK(file.changes() == "#20\nb10 \"\nsearly !\n#30\nslater !\n#40\n");
}

TEST_CASE("what is flushed is written, what lies behind waits", "[wave]") {
    File file;
    Vcd vcd(file.output, count_of);
    const Vcd::Signal power = vcd.add("top", "power", Vcd::Kind::real, "0");
    vcd.start();

    vcd.set_real(power, 50, 5.5);
    vcd.set_real(power, 10, 1);
    vcd.flush(50);
    vcd.set_real(power, 50, 6);
    vcd.finish(60);

    CHECK(file.changes() == "#10\nr1 !\n#50\nr6 !\n#60\n");
}

TEST_CASE("the wave shows states and regions of a core and power of windows", "[wave]") {
    File file;
    const energy::ClockHistory clocks(1000);  // 1 GHz: 1000 ps a cycle
    Wave wave(file.output, {"cluster.core0"}, {}, {"cluster.tcdm"}, clocks);

    wave.start(0, 1);
    wave.region(0, 7, "inner loop", true, 2);
    wave.wait(0, false, 3, 5);
    wave.wait(0, true, 5, 8);  // the same wait goes on asleep
    wave.region(0, 7, "inner loop", false, 9);
    PowerWindow window{.begin = 0, .end = 100, .mhz = 1000, .bill = {}, .counts = {}};
    window.bill.total = 300;
    window.bill.components = {{"cluster.tcdm", 200}};
    wave.add(window);
    wave.finish(100);

    CHECK(file.changes() ==
          "#0\nr3e-06 !\nr2e-06 %\n"
          "#1000\nsrunning \"\n"
          "#2000\nsinner_loop #\nb111 $\n"
          "#3000\nsstalled \"\n"
          "#5000\nsasleep \"\n"
          "#8000\nsrunning \"\n"
          "#9000\ns- #\nb0 $\n"
          "#100000\n");
}

TEST_CASE("regions of a core may be nested, the inner one is shown", "[wave]") {
    File file;
    const energy::ClockHistory clocks(1000);
    Wave wave(file.output, {"cluster.core0"}, {}, {}, clocks);

    wave.region(0, 1, "outer", true, 1);
    wave.region(0, 2, "inner", true, 2);
    wave.region(0, 2, "inner", false, 3);
    wave.region(0, 1, "outer", false, 4);
    wave.finish(5);

    CHECK(file.changes() ==
          "#1000\nsouter #\nb1 $\n#2000\nsinner #\nb10 $\n"
          "#3000\nsouter #\nb1 $\n#4000\ns- #\nb0 $\n#5000\n");
}

TEST_CASE("the wave shows where a core is, its event lines, channels and conflicts", "[wave]") {
    File file;
    const energy::ClockHistory clocks(1000);
    // Core: pc %, function &, lines '; channels ( ), conflicts *.
    Wave wave(file.output, {"cluster.core0"}, {"cluster.dma.channel0", "cluster.dma.channel1"}, {},
              clocks);

    wave.at(0, 0x1c00, 1);
    wave.function(0, "main<int, 4>", 1);
    wave.lines(0, 0x100, 2);
    wave.channel(1, "in_64_bytes", 3);
    wave.channel(1, "", 4);
    wave.function(0, "", 5);
    wave.conflicts({.begin = 0, .end = 6, .bill = {}, .counts = {}}, 3);
    wave.finish(6);

    CHECK(file.changes() ==
          "#0\nb11 *\n"
          "#1000\nb1110000000000 %\nsmain<int,_4> &\n"
          "#2000\nb100000000 '\n"
          "#3000\nsin_64_bytes )\n"
          "#4000\ns- )\n"
          "#5000\ns- &\n"
          "#6000\n");
}

TEST_CASE("an instruction that waited across a window is shown behind what is written", "[wave]") {
    File file;
    const energy::ClockHistory clocks(1000);
    Wave wave(file.output, {"cluster.core0"}, {}, {}, clocks);

    wave.add({.begin = 0, .end = 116, .bill = {}, .counts = {}});
    wave.at(0, 4, 50);
    wave.finish(120);

    CHECK(file.changes() == "#100000\nb100 %\n#120000\n");
}
