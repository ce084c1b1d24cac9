// SPDX-License-Identifier: Apache-2.0
// The platform as a target: initiators and wires of somebody else, and when they meet the cores.
#include "support/bus_master.hpp"
#include "support/tlm_phase_checker.hpp"
#include "unit/cosim/chip.hpp"

#include <array>

using namespace flexv;
using namespace flexv::test;
using sc_core::SC_US;

namespace {

constexpr const char* kOneCore = R"({"soc": {"cluster": {"core_count": 1}}})";
constexpr Address kTcdm = 0x1000'0100;
constexpr Address kL2Data = 0x1c01'0000;

/// An initiator with a process of its own, which a test writes.
struct Master final : sc_core::sc_module {
    tlm_utils::simple_initiator_socket<Master> out{"out"};
    TlmChecker checker{"checker"};
    std::function<void(Master&)> program;

    explicit Master(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        out.bind(checker.in);
        out.register_invalidate_direct_mem_ptr(this, &Master::invalidate);
        SC_HAS_PROCESS(Master);
        SC_THREAD(run);
    }
    ~Master() override { CHECK(checker.violations == std::vector<std::string>{}); }

    void run() {
        if (program)
            program(*this);
    }
    tlm::tlm_response_status access(tlm::tlm_command command, u64 address, void* data,
                                    unsigned bytes, sc_time delay = sc_core::SC_ZERO_TIME) {
        Payload trans(command, address, static_cast<u8*>(data), bytes);
        return send(trans, delay);
    }
    tlm::tlm_response_status send(tlm::tlm_generic_payload& trans,
                                  sc_time delay = sc_core::SC_ZERO_TIME) {
        out->b_transport(trans, delay);
        sc_core::wait(delay);
        return trans.get_response_status();
    }
    void write(u64 address, u32 value) {
        CHECK(access(tlm::TLM_WRITE_COMMAND, address, &value, 4) == tlm::TLM_OK_RESPONSE);
    }
    /// RETURN and EOC of cluster control.
    void end_with(u32 code) {
        write(0x1020'0100, code);
        write(0x1020'0000, 1);
    }
    u32 read(u64 address) {
        u32 value = 0;
        CHECK(access(tlm::TLM_READ_COMMAND, address, &value, 4) == tlm::TLM_OK_RESPONSE);
        return value;
    }
    void invalidate(sc_dt::uint64 first, sc_dt::uint64 last) {
        invalidated.emplace_back(first, last);
    }
    std::vector<std::pair<u64, u64>> invalidated;
};

/// One that only knows the four phases.
struct AtMaster final : sc_core::sc_module, tlm::tlm_mm_interface {
    tlm_utils::simple_initiator_socket<AtMaster> out{"out"};
    int references = -1;  ///< of the payload behind its end

    explicit AtMaster(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
        out.register_nb_transport_bw(this, &AtMaster::nb_transport_bw);
    }
    tlm::tlm_response_status write(u64 address, u32 value) {
        tlm::tlm_generic_payload trans(this);
        trans.acquire();
        trans.set_command(tlm::TLM_WRITE_COMMAND);
        trans.set_address(address);
        trans.set_data_ptr(reinterpret_cast<u8*>(&value));
        trans.set_data_length(4);
        trans.set_streaming_width(4);
        tlm::tlm_phase phase = tlm::BEGIN_REQ;
        sc_time delay;
        if (out->nb_transport_fw(trans, phase, delay) != tlm::TLM_COMPLETED)
            sc_core::wait(responded_);
        phase = tlm::END_RESP;
        delay = sc_core::SC_ZERO_TIME;
        out->nb_transport_fw(trans, phase, delay);
        sc_core::wait(1, SC_US);
        const tlm::tlm_response_status status = trans.get_response_status();
        trans.release();
        references = trans.get_ref_count();
        return status;
    }

private:
    tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& /*trans*/, tlm::tlm_phase& phase,
                                       sc_time& delay) {
        if (phase == tlm::BEGIN_RESP)
            responded_.notify(delay);
        return tlm::TLM_ACCEPTED;
    }
    void free(tlm::tlm_generic_payload* /*trans*/) override {}

    sc_core::sc_event responded_;
};

/// Others have something to do behind the end of the run.
struct KernelGoesOn final : platform::RunControl {
    void note_end() override {}
};

struct MasterBench {
    Chip chip;
    Master master{"master"};

    explicit MasterBench(const char* text = kOneCore, u64 quantum = 1000,
                         platform::RunControl& control = platform::RunControl::nobody())
        : chip(chip_configuration(text, quantum), control) {
        master.checker.out.bind(chip.soc.outside.add_entrance("master"));
    }
    void run(const std::vector<std::vector<std::string>>& parts) {
        chip.start(parts);
        sc_core::sc_start();
        chip.soc.starve();
    }
};

/// Sleeps until line 12 of the event unit, then ends with 3.
std::vector<std::vector<std::string>> sleeper() {
    return {load_constant("t0", 0x1020'4000),
            load_constant("t1", 1U << 12),
            {"sw t1, 8(t0)", "p.elw a0, 60(t0)", "addi a0, x0, 3"},
            end_with_a0()};
}

}  // namespace

TEST_CASE("an initiator reaches L2, the TCDM and registers of the cluster", "[cosim]") {
    MasterBench bench;
    bench.master.program = [](Master& master) {
        std::array<u8, 64> burst{};
        for (unsigned i = 0; i < burst.size(); ++i)
            burst[i] = u8(i);
        CHECK(master.access(tlm::TLM_WRITE_COMMAND, kL2Data, burst.data(), 64) ==
              tlm::TLM_OK_RESPONSE);
        CHECK(master.access(tlm::TLM_WRITE_COMMAND, kTcdm, burst.data(), 64) ==
              tlm::TLM_OK_RESPONSE);
        CHECK(master.read(kL2Data + 60) == 0x3f3e'3d3c);
        CHECK(master.read(kTcdm + 60) == 0x3f3e'3d3c);
        master.end_with(21);
    };

    bench.run({{"jal x0, 0"}});

    CHECK(bench.chip.soc.exit_code() == 21U);
    CHECK(bench.master.checker.transactions == 6);
}

TEST_CASE("byte enables and streams of an initiator are carried out", "[cosim]") {
    MasterBench bench;
    bench.master.program = [](Master& master) {
        master.write(kTcdm, 0xaaaa'aaaa);
        std::array<u8, 4> data = {1, 2, 3, 4};
        std::array<u8, 4> enables = {0xff, 0, 0, 0xff};
        Payload some(tlm::TLM_WRITE_COMMAND, kTcdm, data.data(), 4);
        some.set_byte_enable_ptr(enables.data());
        some.set_byte_enable_length(4);
        CHECK(master.send(some) == tlm::TLM_OK_RESPONSE);
        CHECK(master.read(kTcdm) == 0x04aa'aa01);

        std::array<u8, 8> beats = {1, 0, 0, 0, 7, 0, 0, 0};
        Payload stream(tlm::TLM_WRITE_COMMAND, kTcdm, beats.data(), 8);
        stream.set_streaming_width(4);
        CHECK(master.send(stream) == tlm::TLM_OK_RESPONSE);
        CHECK(master.read(kTcdm) == 7);
        master.end_with(0);
    };

    bench.run({{"jal x0, 0"}});

    CHECK(bench.chip.soc.exit_code() == 0U);
}

TEST_CASE("an address that nothing serves is answered with an address error", "[cosim]") {
    MasterBench bench;
    bench.master.program = [](Master& master) {
        u32 word = 0xa5a5'a5a5;
        CHECK(master.access(tlm::TLM_READ_COMMAND, 0x7000'0000, &word, 4) ==
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(master.access(tlm::TLM_READ_COMMAND, u64{1} << 33, &word, 4) ==
              tlm::TLM_ADDRESS_ERROR_RESPONSE);
        CHECK(word == 0xa5a5'a5a5);
        master.end_with(0);
    };

    bench.run({{"jal x0, 0"}});

    CHECK(bench.chip.soc.exit_code() == 0U);
}

TEST_CASE("debug accesses and pointers of an initiator are honest", "[cosim]") {
    MasterBench bench;
    bench.chip.start({{"jal x0, 0"}});
    std::array<u8, 4> data = {1, 2, 3, 4};
    Payload debug(tlm::TLM_WRITE_COMMAND, kL2Data, data.data(), 4);
    CHECK(bench.master.out->transport_dbg(debug) == 4);
    CHECK(bench.chip.word(kL2Data) == 0x0403'0201);

    Payload ask(tlm::TLM_READ_COMMAND, kL2Data, data.data(), 4);
    tlm::tlm_dmi dmi;
    REQUIRE(bench.master.out->get_direct_mem_ptr(ask, dmi));
    CHECK(dmi.is_read_allowed());
    CHECK_FALSE(dmi.is_write_allowed());  // writes are counted and watched
    CHECK(bench.master.invalidated.empty());
    const u32 other = 5;
    bench.chip.soc.write(kL2Data, &other, 4);
    CHECK(bench.master.invalidated == std::vector<std::pair<u64, u64>>{{kL2Data, kL2Data + 3}});
}

TEST_CASE("a command of an extension goes on to windows, and is nothing elsewhere", "[cosim]") {
    Chip chip(chip_configuration(kWindows));
    Device device("device");
    Master master("master");
    chip.soc.outside.window("device").bind(device.checker.in);
    master.checker.out.bind(chip.soc.outside.add_entrance("master"));
    unsigned seen = 0;
    device.on_access = [&](tlm::tlm_generic_payload& trans, sc_time&) {
        ++seen;
        CHECK(trans.get_command() == tlm::TLM_IGNORE_COMMAND);
        trans.set_response_status(tlm::TLM_COMMAND_ERROR_RESPONSE);
        return false;
    };
    master.program = [&](Master& own) {
        u32 word = 0;
        const auto answer = [&](u64 address) {
            return own.access(tlm::TLM_IGNORE_COMMAND, address, &word, 4);
        };
        CHECK(answer(kWindow + 16) == tlm::TLM_COMMAND_ERROR_RESPONSE);
        CHECK(answer(kL2Data) == tlm::TLM_OK_RESPONSE);
        CHECK(answer(0x5555'5550) == tlm::TLM_ADDRESS_ERROR_RESPONSE);
        own.end_with(0);
    };

    chip.start({{"jal x0, 0"}});
    sc_core::sc_start();

    CHECK(seen == 1);
    CHECK(chip.soc.exit_code() == 0U);
}

TEST_CASE("a refused pointer names addresses of the bus, and no more than are refused", "[cosim]") {
    MasterBench bench;
    bench.chip.start({{"jal x0, 0"}});
    u32 data = 0;
    const auto refused = [&](tlm::tlm_command command, u64 address) {
        Payload ask(command, address, reinterpret_cast<u8*>(&data), 4);
        tlm::tlm_dmi dmi;
        CHECK_FALSE(bench.master.out->get_direct_mem_ptr(ask, dmi));
        CHECK(dmi.get_start_address() <= address);
        CHECK(dmi.get_end_address() >= address);
        return std::pair<u64, u64>(dmi.get_start_address(), dmi.get_end_address());
    };

    CHECK(refused(tlm::TLM_WRITE_COMMAND, kL2Data) == std::pair<u64, u64>(kL2Data, kL2Data + 3));
    CHECK(refused(tlm::TLM_WRITE_COMMAND, kTcdm) == std::pair<u64, u64>(kTcdm, kTcdm + 3));
    const auto [first_register, last_register] = refused(tlm::TLM_READ_COMMAND, 0x1a10'4000);
    CHECK(first_register >= 0x1a10'0000);
    CHECK(last_register <= 0x1a1f'ffff);
    const auto [first_of_gap, last_of_gap] = refused(tlm::TLM_READ_COMMAND, 0x7000'0000);
    CHECK(first_of_gap >= 0x1c08'0000);
    CHECK(last_of_gap > 0x7000'0000);
}

TEST_CASE("an initiator that only knows nb_transport is served", "[cosim]") {
    MasterBench bench;
    AtMaster at("at");
    TlmPhaseChecker phases("phases");
    at.out.bind(phases.in);
    phases.out.bind(bench.chip.soc.outside.add_entrance("at"));
    bench.master.program = [&](Master& master) {
        CHECK(at.write(kL2Data, 0x77) == tlm::TLM_OK_RESPONSE);
        master.end_with(0);
    };

    bench.run({{"jal x0, 0"}});

    CHECK(bench.chip.word(kL2Data) == 0x77);
    CHECK(at.references == 0);
    CHECK(phases.violations == std::vector<std::string>{});
    CHECK(phases.transactions == 1);
    CHECK(phases.open() == 0);
}

TEMPLATE_TEST_CASE_SIG("a sleeping core wakes at the cycle of a wire's edge, whatever the quantum",
                       "[cosim]", ((u64 quantum), quantum), 1, 50, 1000) {
    MasterBench bench(kOneCore, quantum);
    sc_core::sc_signal<bool> wire("wire");
    bench.chip.soc.outside.add_line_input(12).bind(wire);
    bench.master.program = [&](Master&) {
        sc_core::wait(20, SC_US);  // in cycle 10000
        wire.write(true);
    };

    bench.run(sleeper());

    CHECK(bench.chip.soc.exit_code() == 3U);
    CHECK(bench.chip.soc.end() > 10'000);
    CHECK(bench.chip.soc.end() < 10'100);
    CHECK(bench.chip.soc.end() == 10'014);
}

TEST_CASE("a platform that sleeps is no deadlock while others have something to do", "[cosim]") {
    MasterBench bench;
    sc_core::sc_signal<bool> wire("wire");
    bench.chip.soc.outside.add_line_input(12).bind(wire);
    bench.chip.soc.poll_while_asleep();
    bench.master.program = [&](Master&) {
        for (int step = 0; step < 100; ++step)
            sc_core::wait(1, SC_US);
    };

    bench.run(sleeper());

    CHECK(bench.chip.soc.is_deadlocked());
    CHECK(sc_core::sc_time_stamp() >= sc_time(100, SC_US));  // the others had ended
    CHECK(bench.chip.soc.end() < 1000);                      // the last act of a core
}

TEMPLATE_TEST_CASE_SIG("a store of others is seen in its own cycle or less than a quantum later",
                       "[cosim]", ((u64 quantum), quantum), 1, 16, 256) {
    MasterBench bench(kOneCore, quantum);
    bench.master.program = [](Master& master) {
        sc_core::wait(sc_time(3000 * kCycleNs, SC_NS));  // L2 gets it in cycle 3000
        master.write(kTcdm, 1);
    };

    bench.run({load_constant("a1", kTcdm), {"lw a0, 0(a1)", "beq a0, x0, -4"}, end_with_a0()});

    CHECK(bench.chip.soc.exit_code() == 1U);
    constexpr platform::ClusterCycles kExact = 3055;  // the loop, and a line from L2 behind it
    CHECK(bench.chip.soc.end() >= kExact);
    CHECK(bench.chip.soc.end() < kExact + platform::ClusterCycles{quantum});
}

TEST_CASE("an initiator ahead of the kernel waits for its own time", "[cosim]") {
    MasterBench bench(kOneCore, 1);
    sc_time reached;
    bench.master.program = [&](Master& master) {
        u32 value = 1;
        Payload trans(tlm::TLM_WRITE_COMMAND, kTcdm, reinterpret_cast<u8*>(&value), 4);
        sc_time delay(4, SC_US);
        master.out->b_transport(trans, delay);
        reached = sc_core::sc_time_stamp();
        CHECK(delay < sc_time(1, SC_US));  // only what the platform's bus adds
    };

    bench.run({load_constant("a1", kTcdm), {"lw a0, 0(a1)", "beq a0, x0, -4"}, end_with_a0()});

    CHECK(reached == sc_time(4, SC_US));
    CHECK(bench.chip.soc.end() >= 2000);
    CHECK(bench.chip.soc.end() < 2060);
}

TEST_CASE("the global quantum of TLM-2.0 goes before the configured one", "[cosim]") {
    MasterBench bench;

    CHECK(bench.chip.soc.quantum() == 1000);
    tlm::tlm_global_quantum::instance().set(sc_time(100, SC_NS));
    CHECK(bench.chip.soc.quantum() == 50);
    tlm::tlm_global_quantum::instance().set(sc_time(1, SC_NS));
    CHECK(bench.chip.soc.quantum() == 1);
}

TEST_CASE("a target may call the platform back while a core waits for it", "[cosim]") {
    Chip chip(chip_configuration(kWindows));
    Device device("device");
    Master master("master");
    chip.soc.outside.window("device").bind(device.checker.in);
    master.checker.out.bind(chip.soc.outside.add_entrance("device"));
    device.on_access = [&](tlm::tlm_generic_payload& trans, sc_time&) {
        if (trans.is_read()) {
            master.write(kTcdm, 0x55);
            device.set_word(0, master.read(kTcdm) + 1);
        }
        return true;
    };

    chip.start({load_constant("a1", kWindow), {"lw a0, 0(a1)"}, end_with_a0()});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 0x56U);
    CHECK(chip.word(kTcdm) == 0x55);
}

TEST_CASE("an initiator's access to a window goes on with its own payload", "[cosim]") {
    Chip chip(chip_configuration(kWindows));
    Device device("device");
    Master master("master");
    chip.soc.outside.window("device").bind(device.checker.in);
    master.checker.out.bind(chip.soc.outside.add_entrance("master"));
    struct Mark : tlm::tlm_extension<Mark> {
        tlm::tlm_extension_base* clone() const override { return new Mark(*this); }
        void copy_from(const tlm::tlm_extension_base&) override {}
    } mark;
    bool was_marked = false;
    device.on_access = [&](tlm::tlm_generic_payload& trans, sc_time&) {
        was_marked = trans.get_extension<Mark>() == &mark;
        sc_core::wait(5, SC_US);
        return true;
    };
    master.program = [&](Master& self) {
        u32 value = 9;
        Payload trans(tlm::TLM_WRITE_COMMAND, kWindow + 4, reinterpret_cast<u8*>(&value), 4);
        trans.set_extension(&mark);
        CHECK(self.send(trans) == tlm::TLM_OK_RESPONSE);
        CHECK(trans.get_address() == kWindow + 4);
        CHECK(sc_core::sc_time_stamp() >= sc_time(5, SC_US));
        trans.clear_extension(&mark);
        self.end_with(0);
    };

    chip.start({{"jal x0, 0"}});
    sc_core::sc_start();

    CHECK(chip.soc.exit_code() == 0U);
    CHECK(was_marked);
    CHECK(device.word(4) == 9);
}

TEST_CASE("others see the end, sleeping cores and software events on wires", "[cosim]") {
    KernelGoesOn control;
    MasterBench bench(kOneCore, 1000, control);
    sc_core::sc_signal<bool> ended("ended"), sleeps("sleeps"), event("event"), wake("wake");
    auto& outside = bench.chip.soc.outside;
    outside.end_out.out.bind(ended);
    outside.sleep_out(0).out.bind(sleeps);
    outside.event_out(160).out.bind(event);
    outside.add_line_input(12).bind(wake);
    bool slept = false;
    bool was_raised = false;
    bench.master.program = [&](Master&) {
        sc_core::wait(event.posedge_event());
        was_raised = true;
        sc_core::wait(3, SC_US);
        slept = sleeps.read();
        wake.write(true);
    };
    std::vector<std::vector<std::string>> program = {load_constant("t2", 0x1a10'6000),
                                                     {"addi t3, x0, 1", "sw t3, 0(t2)"}};
    for (const auto& part : sleeper())
        program.push_back(part);

    bench.run(program);

    CHECK(was_raised);
    CHECK(slept);
    CHECK_FALSE(event.read());
    CHECK(ended.read());
    CHECK(bench.chip.soc.exit_code() == 3U);
}

TEST_CASE("others may run the platform in steps and ask between them", "[cosim]") {
    MasterBench bench;
    sc_core::sc_signal<bool> wire("wire");
    bench.chip.soc.outside.add_line_input(12).bind(wire);
    bench.chip.start(sleeper());

    sc_core::sc_start(10, SC_US);
    CHECK(bench.chip.soc.is_running());
    CHECK(sc_core::sc_time_stamp() == sc_time(10, SC_US));
    wire.write(true);
    sc_core::sc_start(10, SC_US);

    CHECK_FALSE(bench.chip.soc.is_running());
    CHECK(bench.chip.soc.exit_code() == 3U);
    CHECK(bench.chip.soc.end() == 5'014);
}

TEMPLATE_TEST_CASE_SIG("a reset wire starts the firmware again, whatever the quantum", "[cosim]",
                       ((u64 quantum), quantum), 1, 50, 1000) {
    MasterBench bench(kOneCore, quantum);
    sc_core::sc_signal<bool> reset("reset");
    bench.chip.soc.outside.add_reset_input(kEntry).bind(reset);
    bench.master.program = [&](Master& master) {
        for (int pulse = 0; pulse < 3; ++pulse) {
            sc_core::wait(20, SC_US);
            reset.write(true);
            sc_core::wait(5, SC_US);
            CHECK(master.read(kL2Data) == u32(pulse + 1));  // nothing runs
            reset.write(false);
        }
    };

    // Counts its starts in memory, which a reset leaves; ends at the fourth.
    bench.run({load_constant("a1", kL2Data),
               {"lw a0, 0(a1)", "addi a0, a0, 1", "sw a0, 0(a1)", "addi t0, x0, 4", "beq a0, t0, 8",
                "jal x0, 0"},
               end_with_a0()});

    CHECK(bench.chip.soc.exit_code() == 4U);
    CHECK(sc_core::sc_time_stamp() > sc_time(75, SC_US));
}
