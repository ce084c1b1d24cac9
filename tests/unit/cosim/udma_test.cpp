// SPDX-License-Identifier: Apache-2.0
// The uDMA at a target of somebody else that waits: the rest of the platform goes on meanwhile.
#include "unit/cosim/chip.hpp"

#include <utility>

using namespace flexv;
using namespace flexv::test;
using sc_core::SC_US;

namespace {

/// The other end of the serial line.
struct Line final : udma::Uart::Line {
    std::string sent;
    std::string coming;

    void send(std::string_view text) override { sent += text; }
    std::string receive(std::size_t most) override {
        return std::exchange(coming, coming.substr(std::min(most, coming.size())));
    }
};

struct UartBench {
    Chip chip{chip_configuration(kWindows)};
    Device device{"device"};
    Line line;

    UartBench() {
        chip.soc.outside.window("device").bind(device.checker.in);
        chip.soc.peripherals.uart.connect(line);
        device.on_access = [](tlm::tlm_generic_payload& /*trans*/, sc_time& delay) {
            sc_core::wait(20, SC_US);  // 10000 cycles
            delay += sc_time(2, SC_US);
            return true;
        };
    }
    /// Lets the channel whose registers begin at `channel` move four bytes of the window, and ends
    /// with how often STATUS said by `busy` that it runs.
    void run(unsigned channel, unsigned busy) {
        chip.start({load_constant("t0", 0x1a10'2080),
                    load_constant("t1", 0x0000'0306),  // 8 bits, both directions, a cycle per bit
                    load_constant("a1", kWindow),
                    {"sw t1, 0x24(t0)", fmt::format("sw a1, {}(t0)", channel), "addi t1, x0, 4",
                     fmt::format("sw t1, {}(t0)", channel + 4), "addi t1, x0, 16",
                     fmt::format("sw t1, {}(t0)", channel + 8), "addi a0, x0, 0", "lw t1, 0x20(t0)",
                     fmt::format("andi t1, t1, {}", busy), "addi a0, a0, 1", "bne t1, x0, -12"},
                    end_with_a0()});
        sc_core::sc_start();
    }
};

/// While the one access of the uDMA took its time.
void check_that_cores_went_on(UartBench& bench) {
    CHECK(bench.device.checker.transactions == 1);
    CHECK(bench.chip.soc.exit_code().value() > 200);
    CHECK(bench.chip.soc.end() > 11'040);
    CHECK(bench.chip.soc.end() < 11'300);
}

}  // namespace

TEST_CASE("while a target keeps the uDMA waiting for what it sends, cores go on", "[cosim]") {
    UartBench bench;
    std::copy_n("free", 4, bench.device.bytes.begin());

    bench.run(0x10, 1);

    CHECK(bench.line.sent == "free");
    check_that_cores_went_on(bench);
}

TEST_CASE("while a target keeps the uDMA waiting with what it received, cores go on", "[cosim]") {
    UartBench bench;
    bench.line.coming = "come";

    bench.run(0x00, 2);

    CHECK(std::string(bench.device.bytes.begin(), bench.device.bytes.begin() + 4) == "come");
    check_that_cores_went_on(bench);
}

TEST_CASE("what a target refuses the uDMA is a fault of the firmware", "[cosim]") {
    UartBench bench;
    bench.device.on_access = [](tlm::tlm_generic_payload& trans, sc_time& /*delay*/) {
        sc_core::wait(1, SC_US);
        trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
        return false;
    };

    bench.run(0x10, 1);

    REQUIRE(bench.chip.soc.fault());
    CHECK_THAT(bench.chip.soc.fault()->what,
               Catch::Contains("transfer of 4 bytes at 0x20000000") &&
                   Catch::Contains("soc.external_out.device: its target answers"));
    CHECK(bench.line.sent.empty());
}

TEST_CASE("a transfer that is cleared while a target keeps it waiting leaves nothing", "[cosim]") {
    UartBench bench;
    bench.chip.start({load_constant("t0", 0x1a10'2080),
                      load_constant("t1", 0x0000'0306),
                      load_constant("a1", kWindow),
                      {"sw t1, 0x24(t0)", "sw a1, 0x10(t0)", "addi t1, x0, 4", "sw t1, 0x14(t0)",
                       "addi t1, x0, 16", "sw t1, 0x18(t0)", "addi t1, x0, 32", "sw t1, 0x18(t0)",
                       "lw a0, 0x20(t0)"},
                      load_constant("t1", 20'000),
                      {"addi t1, t1, -1", "bne t1, x0, -4"},
                      end_with_a0()});
    sc_core::sc_start();

    CHECK(bench.chip.soc.exit_code() == 0U);
    CHECK(bench.line.sent.empty());
}
