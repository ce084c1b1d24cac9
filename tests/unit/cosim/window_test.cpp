// SPDX-License-Identifier: Apache-2.0
// The platform as an initiator: loads, stores and transfers to a target of somebody else.
#include "unit/cosim/chip.hpp"

using namespace flexv;
using namespace flexv::test;
using flexv::platform::Soc;

namespace {

/// A chip with a device behind each of its windows.
struct WindowBench {
    Chip chip;
    Device device{"device"};

    explicit WindowBench(const char* text = kWindows, u64 quantum = 1000)
        : chip(chip_configuration(text, quantum)) {
        chip.soc.outside.window("device").bind(device.checker.in);
    }
    void run(const std::vector<std::vector<std::string>>& parts) {
        chip.start(parts);
        sc_core::sc_start();
        chip.soc.starve();
    }
    /// Nanoseconds between two accesses of the device.
    [[nodiscard]] double between(std::size_t first, std::size_t second) const {
        return (device.seen.at(second).time - device.seen.at(first).time).to_seconds() * 1e9;
    }
};

const std::vector<std::string> kLoadAndTell = {"lw a0, 0(a1)", "sw a0, 16(a1)", "lw a0, 4(a1)",
                                               "sw a0, 20(a1)"};

}  // namespace

TEST_CASE("a load and a store reach the target with their bytes", "[cosim]") {
    WindowBench bench;
    bench.device.set_word(0, 0x1234'5678);

    bench.run({load_constant("a1", kWindow),
               {"lw a0, 0(a1)", "sw a0, 8(a1)", "sb a0, 13(a1)"},
               end_with_a0()});

    CHECK(bench.chip.soc.exit_code() == 0x1234'5678U);
    CHECK(bench.device.word(8) == 0x1234'5678);
    CHECK(bench.device.word(12) == 0x7800);
    CHECK(bench.device.checker.transactions == 3);
}

TEMPLATE_TEST_CASE_SIG("time that a target waits and that it annotates cost the same cycles",
                       "[cosim]", ((u64 quantum), quantum), 1, 7, 1000) {
    WindowBench bench(kWindows, quantum);
    bench.device.on_access = [](tlm::tlm_generic_payload& trans, sc_time& delay) {
        if (trans.get_address() == 0)
            delay += sc_time(101, SC_NS);
        if (trans.get_address() == 4)
            sc_core::wait(101, SC_NS);
        return true;
    };

    bench.run({load_constant("a1", kWindow), kLoadAndTell, end_with_a0()});

    REQUIRE(bench.device.seen.size() == 4);
    CHECK(bench.between(0, 1) == bench.between(2, 3));
    CHECK(bench.between(0, 1) >= 101);
    CHECK(bench.chip.soc.end() == 168);  // whatever the quantum
}

TEST_CASE("a cluster's window behind the peripheral interconnect does the same", "[cosim]") {
    WindowBench bench;
    Device slot("slot_device");
    bench.chip.soc.outside.window("slot").bind(slot.checker.in);
    slot.set_word(0x3fc, 99);
    slot.on_access = [](tlm::tlm_generic_payload& trans, sc_time& delay) {
        if (trans.get_address() == 0)
            delay += sc_time(50, SC_NS);
        if (trans.get_address() == 4)
            sc_core::wait(50, SC_NS);
        return true;
    };

    bench.run({load_constant("a1", kSlot), kLoadAndTell, {"lw a0, 0x3fc(a1)"}, end_with_a0()});

    CHECK(bench.chip.soc.exit_code() == 99U);
    REQUIRE(slot.seen.size() == 5);
    CHECK(slot.seen[1].time - slot.seen[0].time == slot.seen[3].time - slot.seen[2].time);
}

TEST_CASE("while one core waits for a target, another goes on and may set it free", "[cosim]") {
    WindowBench bench(kTwoCores);
    sc_core::sc_event freed;
    bench.device.on_access = [&](tlm::tlm_generic_payload& trans, sc_time& /*delay*/) {
        if (trans.is_read())
            sc_core::wait(freed);
        else
            freed.notify();
        return true;
    };

    // Core 0 loads; the other one stores some time later.
    bench.run({load_constant("a1", kWindow),
               {"csrrs t0, mhartid, x0", "bne t0, x0, 28", "lw a0, 0(a1)"},
               end_with_a0(),
               {"addi t1, x0, 77", "addi t2, x0, 100", "addi t2, t2, -1", "bne t2, x0, -4",
                "sw t1, 0(a1)", "jal x0, 0"}});

    CHECK(bench.chip.soc.exit_code() == 77U);
    CHECK(bench.chip.soc.end() > 200);
}

TEST_CASE("a target that never answers ends in a deadlock that names it", "[cosim]") {
    WindowBench bench;
    sc_core::sc_event never;
    bench.device.on_access = [&](tlm::tlm_generic_payload&, sc_time&) {
        sc_core::wait(never);
        return true;
    };

    bench.run({load_constant("a1", kWindow), {"lw a0, 0x24(a1)"}, end_with_a0()});

    CHECK(bench.chip.soc.is_deadlocked());
    const auto lines = bench.chip.soc.outside.obstacles();
    REQUIRE(lines.size() == 1);
    CHECK(
        lines[0].starts_with("soc.external_out.device: its target has not returned from "
                             "b_transport: read of 4 bytes at offset 0x24"));
    CHECK(bench.chip.soc.cluster.core(0).describe_wait().find("has not answered yet") !=
          std::string::npos);
}

TEMPLATE_TEST_CASE_SIG("what a target refuses is a fault of the firmware with the target's words",
                       "[cosim]", ((tlm::tlm_response_status status), status),
                       tlm::TLM_ADDRESS_ERROR_RESPONSE, tlm::TLM_COMMAND_ERROR_RESPONSE,
                       tlm::TLM_GENERIC_ERROR_RESPONSE) {
    WindowBench bench;
    bench.device.on_access = [](tlm::tlm_generic_payload& trans, sc_time&) {
        trans.set_response_status(status);
        return false;
    };
    tlm::tlm_generic_payload named;
    named.set_response_status(status);

    bench.run({load_constant("a1", kWindow), {"lw a0, 0(a1)"}, end_with_a0()});

    REQUIRE(bench.chip.soc.fault());
    CHECK(bench.chip.soc.fault()->pc == kEntry + 8);
    CHECK(bench.chip.soc.fault()->what.find("soc.external_out.device: its target answers " +
                                            named.get_response_string()) != std::string::npos);
}

TEMPLATE_TEST_CASE_SIG("a target that sets no status and a window without a target say so",
                       "[cosim]", ((bool uses_slot), uses_slot), false, true) {
    WindowBench bench;
    bench.device.checker.violations.clear();
    bench.device.on_access = [](tlm::tlm_generic_payload&, sc_time&) { return false; };

    bench.run({load_constant("a1", uses_slot ? kSlot : kWindow), {"lw a0, 0(a1)"}, end_with_a0()});

    REQUIRE(bench.chip.soc.fault());
    CHECK(bench.chip.soc.fault()->what.find(
              uses_slot ? "soc.cluster.external_out.slot: no target is bound"
                        : "TLM_INCOMPLETE_RESPONSE") != std::string::npos);
    if (!uses_slot)
        CHECK(bench.device.checker.violations.size() == 1);
    bench.device.checker.violations.clear();
}

TEST_CASE("a payload lives as long as the target refers to it", "[cosim]") {
    WindowBench bench;
    std::vector<tlm::tlm_generic_payload*> held;
    bench.device.on_access = [&](tlm::tlm_generic_payload& trans, sc_time&) {
        trans.acquire();
        held.push_back(&trans);
        return true;
    };

    bench.run({load_constant("a1", kWindow),
               {"addi a0, x0, 1", "sw a0, 0(a1)", "addi a0, x0, 2", "sw a0, 4(a1)"},
               end_with_a0()});

    REQUIRE(held.size() == 2);
    CHECK(held[0] != held[1]);
    CHECK(held[0]->get_ref_count() == 1);
    CHECK(*held[0]->get_data_ptr() == 1);
    for (tlm::tlm_generic_payload* trans : held)
        trans->release();
}

TEMPLATE_TEST_CASE_SIG("the DMA fills and reads a target that waits or annotates", "[cosim]",
                       ((bool waits), waits), false, true) {
    WindowBench bench;
    for (u32 word = 0; word < 64; ++word)
        bench.device.set_word(4 * word, 0x0101'0101 * word);
    bench.device.on_access = [](tlm::tlm_generic_payload&, sc_time& delay) {
        if (waits)
            sc_core::wait(40, SC_NS);
        else
            delay += sc_time(40, SC_NS);
        return true;
    };
    // Words of a command: length 256, to the TCDM, counting, event; then back to 0x800.
    const auto transfer = [](u32 flags, u32 external) {
        std::vector<std::string> lines = load_constant("t1", flags | 256);
        for (const auto& part : {load_constant("t2", 0x1000'0400), load_constant("t3", external)})
            lines.insert(lines.end(), part.begin(), part.end());
        for (const char* line : {"lw t5, 0(t0)", "sw t1, 0(t0)", "sw t2, 0(t0)", "sw t3, 0(t0)",
                                 "lw t4, 4(t0)", "slli t4, t4, 16", "bne t4, x0, -8"})
            lines.emplace_back(line);
        return lines;
    };

    bench.run({load_constant("t0", 0x1020'4400),
               transfer(1U << 17 | 1U << 18, kWindow),
               transfer(1U << 18, kWindow + 0x800),
               {"addi a0, x0, 0"},
               end_with_a0()});

    CHECK(bench.chip.soc.exit_code() == 0U);
    for (u32 word = 0; word < 64; ++word) {
        CHECK(bench.chip.word(0x1000'0400 + 4 * word) == 0x0101'0101 * word);
        CHECK(bench.device.word(0x800 + 4 * word) == 0x0101'0101 * word);
    }
    REQUIRE(bench.device.seen.size() == 2);
    CHECK(bench.chip.soc.end() == 361);
}

TEST_CASE("a reset while an access is outside forgets the access", "[cosim]") {
    WindowBench bench;
    bench.device.on_access = [](tlm::tlm_generic_payload& trans, sc_time&) {
        if (trans.is_read())
            sc_core::wait(10, sc_core::SC_US);
        return true;
    };
    unsigned resets = 0;
    bench.chip.soc.sample_probe.attach([&](platform::ClusterCycles) {
        if (resets++ != 0)
            return;
        bench.chip.soc.reset();
        const auto program =
            std::vector<std::vector<std::string>>{{"addi a0, x0, 5"}, end_with_a0()};
        bench.chip.put(kEntry, program);
        bench.chip.soc.boot(kEntry);
    });
    bench.chip.soc.sample_every(1000);

    bench.run({load_constant("a1", kWindow), {"lw a0, 0(a1)"}, end_with_a0()});

    CHECK(resets == 1);
    CHECK(bench.chip.soc.exit_code() == 5U);
}

TEST_CASE("a debugger sees the target's memory and time does not pass", "[cosim]") {
    WindowBench bench;
    bench.device.set_word(8, 42);
    bench.chip.start({end_with_a0()});

    CHECK(bench.chip.soc.peek(kWindow + 8) == 42U);
    CHECK(bench.device.seen.empty());
    CHECK_FALSE(bench.chip.soc.peek(kSlot));  // nothing is bound there
}

TEST_CASE("code in a target is decoded again after a store to it", "[cosim]") {
    WindowBench bench;
    bench.chip.start({load_constant("a1", kWindow), {"jalr x0, 0(a1)"}});
    // Runs "addi a0, x0, 1", overwrites it by "addi a0, x0, 2", runs it again and ends.
    bench.chip.put(kWindow, {{"addi a0, x0, 1", "lw t0, 32(a1)", "sw t0, 0(a1)", "addi t1, t1, 1",
                              "addi t2, x0, 2", "bne t1, t2, -20", "jal x0, 8"},
                             {"addi a0, x0, 2", "addi a0, x0, 2"},
                             end_with_a0()});
    sc_core::sc_start();

    CHECK(bench.chip.soc.exit_code() == 2U);
}

namespace {

/// Leaves another address in the payload, as TLM-2.0 lets an interconnect do.
struct Router final : sc_core::sc_module {
    tlm_utils::simple_target_socket<Router> in{"in"};
    tlm_utils::simple_initiator_socket<Router> out{"out"};

    explicit Router(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        in.register_b_transport(this, &Router::b_transport);
        in.register_transport_dbg(this, &Router::transport_dbg);
    }
    void b_transport(tlm::tlm_generic_payload& trans, sc_time& delay) {
        out->b_transport(trans, delay);
        trans.set_address(trans.get_address() + 0x10'0000);
    }
    unsigned transport_dbg(tlm::tlm_generic_payload& trans) {
        const unsigned moved = out->transport_dbg(trans);
        trans.set_address(trans.get_address() + 0x10'0000);
        return moved;
    }
};

}  // namespace

TEST_CASE("so is code behind a router that changes addresses", "[cosim]") {
    Chip chip(chip_configuration(kWindows));
    Router router("router");
    Device device("device");
    chip.soc.outside.window("device").bind(router.in);
    router.out.bind(device.checker.in);
    chip.start({load_constant("a1", kWindow), {"jalr x0, 0(a1)"}});
    chip.put(kWindow, {{"addi a0, x0, 1", "lw t0, 32(a1)", "sw t0, 0(a1)", "addi t1, t1, 1",
                        "addi t2, x0, 2", "bne t1, t2, -20", "jal x0, 8"},
                       {"addi a0, x0, 2", "addi a0, x0, 2"},
                       end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 2U);
}
