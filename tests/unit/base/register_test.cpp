// SPDX-License-Identifier: Apache-2.0
// Registers and their bank: declaration checks, access kinds, and both ways in.
#include "base/register.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using flexv::test::BusMaster;
using flexv::test::DataMaster;
using flexv::test::elaborate;

namespace {

class Owner final : public Module {
public:
    BusTarget::Socket bus_in{"bus_in"};
    BusTarget::Export data_in{"data_in"};

    explicit Owner(const sc_core::sc_module_name& name) : Owner(name, {}) {}
    Owner(const sc_core::sc_module_name& name, BankConfig config)
        : Module(name), bank(*this, "regs", with_defaults(std::move(config))) {
        bank.serve(bus_in, data_in);
    }
    void reset() override { bank.reset(); }

    ClockDomain clock;
    RegisterBank bank;

private:
    BankConfig with_defaults(BankConfig config) {
        config.size_bytes = config.size_bytes == 0 ? 0x40 : config.size_bytes;
        config.clock = &clock;
        return config;
    }
};

/// A bank with a socket bound to a master; registers are declared by the test, then elaborate().
struct Bench {
    explicit Bench(BankConfig config = {}) : owner("owner", std::move(config)) {
        master.out.bind(owner.bus_in);
    }
    Owner owner;
    BusMaster master{"master"};
    RegisterBank& bank = owner.bank;
};

constexpr Field kEnable{.name = "EN", .lsb = 0, .reset = 1};
constexpr Field kPrescaler{.name = "PRE", .lsb = 8, .width = 8, .reset = 0x12};
constexpr Field kBusy{.name = "BUSY", .lsb = 31, .is_writable = false};

std::string message_of(const std::function<void()>& declare) {
    try {
        declare();
    } catch (const InternalError& error) {
        return error.what();
    }
    return "";
}

}  // namespace

TEST_CASE("a register's reset value and writable bits are the union of its fields", "[register]") {
    Bench bench;
    Register cfg(bench.bank, {.name = "CFG", .fields = {kEnable, kPrescaler, kBusy}});
    elaborate();

    CHECK(bench.master.read32(0) == 0x1201);
    bench.master.write32(0, 0xffff'ffff);
    CHECK(bench.master.read32(0) == 0xff01);

    cfg.set(kBusy, 1);
    CHECK(cfg[kBusy] == 1);
    CHECK(cfg[kPrescaler] == 0xff);
    CHECK(bench.master.read32(0) == 0x8000'ff01);

    bench.owner.reset();
    CHECK(cfg.value() == 0x1201);
}

TEST_CASE("setting a field leaves the others and drops bits that do not fit", "[register]") {
    Bench bench;
    Register cfg(bench.bank, {.name = "CFG", .fields = {kEnable, kPrescaler}});

    cfg.set(kPrescaler, 0x1ff);

    CHECK(cfg.value() == 0xff01);
}

TEST_CASE("each kind of access does what its name says", "[register]") {
    Bench bench;
    Register ro(bench.bank, {.offset = 0x0,
                             .name = "RO",
                             .access = Access::read_only,
                             .fields = {whole_word_reset(7)}});
    Register wo(
        bench.bank,
        {.offset = 0x4, .name = "WO", .access = Access::write_only, .fields = {whole_word}});
    Register w1c(bench.bank, {.offset = 0x8,
                              .name = "W1C",
                              .access = Access::write_1_to_clear,
                              .fields = {whole_word_reset(0xff)}});
    Register rtc(bench.bank, {.offset = 0xc,
                              .name = "RTC",
                              .access = Access::read_to_clear,
                              .fields = {whole_word_reset(0x55)}});
    elaborate();

    bench.master.write32(0x0, 1);
    bench.master.write32(0x4, 2);
    bench.master.write32(0x8, 0x0f);
    bench.master.write32(0xc, 3);

    CHECK(bench.master.read32(0x0) == 7);
    CHECK(bench.master.read32(0x4) == 0);
    CHECK(wo.value() == 2);
    CHECK(bench.master.read32(0x8) == 0xf0);
    CHECK(bench.master.debug_read32(0xc) == 0x55);
    CHECK(bench.master.read32(0xc) == 0x55);
    CHECK(bench.master.read32(0xc) == 0);
    CHECK(ro.value() == 7);
    CHECK(w1c.value() == 0xf0);
    CHECK(rtc.value() == 0);
}

TEST_CASE("callbacks learn old and new value, the cycle and the initiator", "[register]") {
    Bench bench;
    std::vector<u64> seen;
    Register cfg(
        bench.bank,
        {.name = "CFG", .fields = {whole_word_reset(5)}, .on_write = [&](u32 old, u32 now) {
             seen = {old, now, u64(bench.bank.now()), bench.bank.initiator_port()};
         }});
    elaborate();

    DataMaster core(3);
    core.write32(bench.bank, 0x1020'0400, 9, 42);
    CHECK(seen == std::vector<u64>{5, 9, 42, 3});

    bench.master.write(0, 11, 4, sc_core::sc_time(2500, sc_core::SC_PS));
    CHECK(seen == std::vector<u64>{9, 11, 3, kExternal});
}

TEST_CASE("an access from outside is never earlier than the timeline", "[register]") {
    Bench bench;
    Cycles seen = 0;
    Register cfg(bench.bank, {.name = "CFG", .fields = {whole_word}, .on_write = [&](u32, u32) {
                                  seen = bench.bank.now();
                              }});
    elaborate();
    bench.owner.clock.timeline.run_until(1000);

    bench.master.write32(0, 1);

    CHECK(seen == 1000);
}

TEST_CASE("a read callback supplies the value, for debug reads only if it has no effect",
          "[register]") {
    Bench bench;
    unsigned calls = 0;
    Register plain(bench.bank, {.offset = 0,
                                .name = "CNT",
                                .access = Access::read_only,
                                .fields = {whole_word},
                                .on_read = [] { return 77U; }});
    Register popping(bench.bank, {.offset = 4,
                                  .name = "POP",
                                  .access = Access::read_only,
                                  .fields = {whole_word},
                                  .on_read = [&] { return ++calls; },
                                  .read_has_effect = true,
                                  .on_peek = [&] { return calls; }});
    elaborate();

    CHECK(bench.master.read32(0) == 77);
    CHECK(bench.master.debug_read32(0) == 77);
    CHECK(bench.master.debug_read32(4) == 0);
    CHECK(bench.master.read32(4) == 1);
    CHECK(bench.master.debug_read32(4) == 1);
    CHECK(calls == 1);
}

TEST_CASE("a debug write changes the writable bits without calling the model", "[register]") {
    Bench bench;
    bool called = false;
    Register cfg(bench.bank, {.name = "CFG", .fields = {kPrescaler}, .on_write = [&](u32, u32) {
                                  called = true;
                              }});
    elaborate();

    bench.master.debug_write32(0, 0xffff'aaff);

    CHECK(cfg.value() == 0xaa00);
    CHECK_FALSE(called);
}

TEST_CASE("a narrow read returns the addressed bytes and a narrow write is refused", "[register]") {
    Bench bench;
    Register word(bench.bank, {.name = "WORD", .fields = {whole_word_reset(0x4433'2211)}});
    elaborate();

    CHECK(bench.master.read8(1) == 0x22);
    CHECK(bench.master.read16(2) == 0x4433);
    CHECK_FALSE(bench.master.write(1, 0xff, 1).is_ok());
    CHECK(word.value() == 0x4433'2211);
}

TEST_CASE("a bank that merges narrow writes changes the addressed bytes alone", "[register]") {
    Bench bench({.merges_narrow_writes = true});
    Register word(bench.bank, {.name = "WORD", .fields = {whole_word_reset(0x4433'2211)}});
    elaborate();

    bench.master.write8(1, 0xaa);
    bench.master.write16(2, 0xbbcc);

    CHECK(word.value() == 0xbbcc'aa11);
}

TEST_CASE("an unmapped offset is refused with block, offset and nearest register", "[register]") {
    Bench bench;
    Register low(bench.bank, {.offset = 0x0, .name = "LOW", .fields = {whole_word}});
    Register high(bench.bank, {.offset = 0x30, .name = "HIGH", .fields = {whole_word}});
    elaborate();

    DataMaster core;
    core.read32(bench.bank, 0x24, 10);

    CHECK(core.refusal == "owner.regs: no register at offset 0x24; nearest: HIGH at 0x30");
    CHECK_FALSE(bench.master.read(0x24, 4).is_ok());
}

TEST_CASE("an unmapped offset can read zero instead", "[register]") {
    Bench bench({.unmapped = Unmapped::read_zero});
    elaborate();

    bench.master.write32(0x24, 0xffff'ffff);

    CHECK(bench.master.read32(0x24) == 0);
}

TEST_CASE("a folded offset reaches the register that it repeats", "[register]") {
    Bench bench({.fold = [](u32 offset) { return offset & 0x8; }});
    Register first(bench.bank, {.offset = 0x0, .name = "A", .fields = {whole_word_reset(1)}});
    Register second(bench.bank, {.offset = 0x8, .name = "B", .fields = {whole_word_reset(2)}});
    elaborate();

    CHECK(bench.master.read32(0x34) == 1);
    CHECK(bench.master.read32(0x3c) == 2);
}

TEST_CASE("an array's elements lie a stride apart and know their index", "[register]") {
    Bench bench;
    unsigned written = 99;
    RegisterArray boot(bench.bank, {.offset = 0x10,
                                    .name = "BOOT",
                                    .count = 3,
                                    .stride_bytes = 8,
                                    .fields = {whole_word},
                                    .on_write = [&](unsigned i, u32, u32) { written = i; }});
    elaborate();

    bench.master.write32(0x18, 5);

    CHECK(written == 1);
    CHECK(boot[1].value() == 5);
    CHECK(boot[2].offset() == 0x20);
    CHECK(boot[2].name() == "BOOT2");
}

TEST_CASE("the index of an array's element stands where its name has a number sign", "[register]") {
    Bench bench;
    const RegisterArray hits(
        bench.bank, {.offset = 0x10, .name = "CORE#_HIT", .count = 2, .fields = {whole_word}});

    CHECK(hits[1].name() == "CORE1_HIT");
}

TEST_CASE("a bank lists its registers in the order of their offsets", "[register]") {
    Bench bench;
    Register high(bench.bank, {.offset = 0x8,
                               .name = "HIGH",
                               .doc = "Upper.",
                               .access = Access::read_only,
                               .fields = {kPrescaler}});
    Register low(bench.bank, {.offset = 0x4, .name = "LOW", .fields = {whole_word}});

    const auto all = bench.bank.registers();

    REQUIRE(all.size() == 2);
    CHECK(all[0]->name() == "LOW");
    CHECK(all[1]->doc() == "Upper.");
    CHECK(all[1]->fields().at(0).name == "PRE");
    CHECK(all[1]->reset_value() == 0x1200);
    CHECK(to_string(all[1]->access()) == "read_only");
}

TEST_CASE("a wrong declaration stops elaboration and names both parts", "[register]") {
    Bench bench;
    Register first(bench.bank, {.offset = 0x4, .name = "FIRST", .fields = {whole_word}});
    const auto declare = [&](RegisterSpec spec) {
        return message_of([&] { const Register wrong(bench.bank, std::move(spec)); });
    };

    CHECK(declare({.offset = 0x4, .name = "SECOND"}) ==
          "owner.regs: register SECOND at 0x4 overlaps FIRST");
    CHECK(declare({.offset = 0x6, .name = "SKEW"}) ==
          "owner.regs: register SKEW at 0x6 is not word aligned");
    CHECK(declare({.offset = 0x40, .name = "FAR"}) ==
          "owner.regs: register FAR at 0x40 lies beyond the bank's 64 bytes");
    CHECK(declare(
              {.offset = 0x8, .name = "WIDE", .fields = {{.name = "F", .lsb = 31, .width = 2}}}) ==
          "owner.regs: register WIDE at 0x8 has field F outside of 32 bits");
    CHECK(declare({.offset = 0x8,
                   .name = "BOTH",
                   .fields = {kPrescaler, kEnable, {.name = "G", .lsb = 15}}}) ==
          "owner.regs: register BOTH at 0x8 has overlapping fields PRE and G");
}

TEST_CASE("a bank keeps the contract of every bus target", "[register]") {
    Bench bench;
    Register word(bench.bank, {.name = "WORD", .fields = {whole_word_reset(0x1234'5678)}});
    Register last(bench.bank, {.offset = 0x3c, .name = "LAST", .fields = {whole_word}});
    elaborate();

    test::check_bus_contract(bench.master, {.size_bytes = 0x40}, bench.owner);
}

TEST_CASE("an access from outside takes the bank's latency", "[register]") {
    Bench bench({.latency_cycles = 3});
    Register word(bench.bank, {.name = "WORD", .fields = {whole_word}});
    elaborate();

    const auto reply = bench.master.read(0, 4, sc_core::sc_time(10, sc_core::SC_NS));

    CHECK(reply.delay == sc_core::sc_time(13, sc_core::SC_NS));
    CHECK(bench.bank.latency_cycles() == 3);
}
