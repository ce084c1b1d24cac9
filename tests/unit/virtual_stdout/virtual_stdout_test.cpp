// SPDX-License-Identifier: Apache-2.0
// Lines of several cores stay whole; addresses are those of docs/spec/firmware_abi.md, section 5.
#include "virtual_stdout/virtual_stdout.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::test::BusMaster;
using flexv::test::DataMaster;
using flexv::virtual_stdout::LineBuffers;
using flexv::virtual_stdout::VirtualStdout;

namespace {

struct Bench {
    Bench() {
        master.out.bind(window.bus_in);
        test::elaborate();
    }
    void print(Address offset, std::string_view text) {
        for (const char character : text)
            master.write32(offset, u32(u8(character)));
    }
    ClockDomain clock;
    std::string printed;
    VirtualStdout window{
        "window", clock, {.sink = [this](std::string_view text) { printed += text; }}};
    BusMaster master{"master"};
};

}  // namespace

TEST_CASE("a line appears when it is finished", "[virtual_stdout]") {
    Bench bench;

    bench.print(0, "hello");
    CHECK(bench.printed.empty());
    bench.print(0, "\n");

    CHECK(bench.printed == "hello\n");
}

TEST_CASE("lines of two cores and the fabric controller do not mix", "[virtual_stdout]") {
    Bench bench;

    bench.print(0x08, "one");
    bench.print(0x10, "two");
    bench.print(0xf80, "fc\n");
    bench.print(0x10, "\n");
    bench.print(0x08, "\n");

    CHECK(bench.printed == "fc\ntwo\none\n");
}

TEST_CASE("flush passes on unfinished lines once, in the order of the cores", "[virtual_stdout]") {
    Bench bench;
    bench.print(0x10, "two");
    bench.print(0x08, "one");

    bench.window.flush();
    bench.window.flush();

    CHECK(bench.printed == "one\ntwo");
}

TEST_CASE("a store of any width is one character, a load gives zero", "[virtual_stdout]") {
    Bench bench;
    DataMaster core;

    bench.master.write8(0, 'a');
    bench.master.write16(0, 'b' | 0x4100);
    core.access(bench.window.data_in,
                {.address = 0x1a10'f000, .data = '\n', .bytes = 1, .is_write = true}, 5);

    CHECK(bench.printed == "ab\n");
    CHECK(core.read32(bench.window.data_in, 0x1a10'f000, 6) == 0);
    CHECK(bench.window.counters().at(0).value() == 3);
}

TEST_CASE("a line without end is passed on in pieces", "[virtual_stdout]") {
    std::string printed;
    LineBuffers lines([&](std::string_view text) { printed += text; });

    for (std::size_t i = 0; i < LineBuffers::kMaxLineBytes + 1; ++i)
        lines.put({0, 0}, '.');

    CHECK(printed.size() == LineBuffers::kMaxLineBytes);
}

TEST_CASE("reset in mid-line forgets the line", "[virtual_stdout]") {
    Bench bench;
    bench.print(0, "lost");

    bench.window.reset();
    bench.print(0, "kept\n");

    CHECK(bench.printed == "kept\n");
}

TEST_CASE("the window keeps the contract of every bus target", "[virtual_stdout]") {
    Bench bench;

    test::check_bus_contract(bench.master, {.size_bytes = 0x1000}, bench.window);
    bench.master.debug_write(0, {'x', '\n'});

    CHECK(bench.printed.empty());
}
