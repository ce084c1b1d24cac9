// SPDX-License-Identifier: Apache-2.0
// Control and status registers: reset values, masks and side effects. Source of the numbers: ISA
// specification, section 3 (values marked there as observed on the RTL).
#include "core/csr_file.hpp"

#include "isa/csr.hpp"

#include <catch2/catch.hpp>

#include <array>

namespace flexv::core {
namespace {

using isa::csr;

class Events final : public PerformanceEvents {
public:
    [[nodiscard]] u64 count(unsigned event) const override { return totals[event]; }
    std::array<u64, 32> totals{};
};

struct Bench {
    Events events;
    isa::Hart hart;
    CsrFile file;

    explicit Bench(const CsrFile::Config& config = {}) : file(hart, config, &events) {
        file.reset(0x1c008080);
    }
};

/// What `csrrs rd, number, x0` does.
u32 pure_read(CsrFile& file, unsigned number) {
    const u32 value = file.read(number);
    file.write(number, value);
    return value;
}

u32 written(CsrFile& file, unsigned number, u32 value) {
    file.write(number, value);
    return file.read(number);
}

}  // namespace

TEST_CASE("CSRs have their reset values", "[core][csr]") {
    Bench bench({.hartid = 0x25});

    CHECK(bench.file.read(csr("mstatus")) == 0x1800);
    CHECK(bench.file.read(csr("misa")) == 0x40801104);
    CHECK(bench.file.read(csr("mtvec")) == 0x1c008001);
    CHECK(bench.file.read(csr("mhartid")) == 0x25);
    CHECK(bench.file.read(csr("uhartid")) == 0x25);
    CHECK(bench.file.read(csr("privlv")) == 3);
    CHECK(bench.file.read(csr("dcsr")) == 3);
    CHECK(bench.file.read(csr("simd_legacy")) == 1);
    CHECK(bench.file.read(csr("pcmr")) == 3);
    CHECK(bench.file.read(csr("mepc")) == 0);
}

TEST_CASE("a write of all ones keeps only the writable bits", "[core][csr]") {
    Bench bench;

    CHECK(written(bench.file, csr("mstatus"), ~0U) == 0x1888);
    CHECK(written(bench.file, csr("misa"), ~0U) == 0x40801104);
    CHECK(written(bench.file, csr("mtvec"), ~0U) == 0x1c008001);
    CHECK(written(bench.file, csr("mepc"), ~0U) == 0xfffffffe);
    CHECK(written(bench.file, csr("mcause"), ~0U) == 0x8000001f);
    CHECK(written(bench.file, csr("mscratch"), ~0U) == ~0U);
    CHECK(written(bench.file, csr("dpc"), ~0U) == 0xfffffffe);
    CHECK(written(bench.file, csr("dcsr"), 0) == 0x40000003);
    CHECK(written(bench.file, csr("simd_format"), ~0U) == 0xf);
    CHECK(written(bench.file, csr("mixed_slice"), ~0U) == 0x7);
    CHECK(written(bench.file, csr("mixed_skip"), ~0U) == 0x1f);
    CHECK(written(bench.file, csr("simd_legacy"), ~1U) == 0);
    CHECK(written(bench.file, csr("lpend1"), ~0U) == ~0U);
    CHECK(written(bench.file, csr("pcmr"), ~0U) == 3);
}

TEST_CASE("registers that instructions use live in the hart", "[core][csr]") {
    Bench bench;

    bench.file.write(csr("lpstart0"), 0x100);
    bench.file.write(csr("lpcount1"), 7);
    bench.file.write(csr("a_address"), 0x10000000);
    bench.file.write(csr("w_rollback"), ~u32{11});
    bench.file.write(csr("simd_format"), 8);
    bench.file.write(csr("mstatus"), 8);

    CHECK(bench.hart.loops[0].start == 0x100);
    CHECK(bench.hart.loops[1].count == 7);
    CHECK(bench.hart.activations.address == 0x10000000);
    CHECK(bench.hart.weights.rollback == ~u32{11});
    CHECK(bench.hart.simd_format == 8);
    CHECK(bench.hart.mie);
    CHECK_FALSE(bench.hart.mpie);
}

TEST_CASE("the fabric controller's mtvec can be written, aligned and vectored", "[core][csr]") {
    isa::Hart hart;
    CsrFile file(hart, {.hartid = 0x3e0, .mtvec_is_writable = true});
    file.reset(0x1c008080);

    CHECK(file.read(csr("mtvec")) == 0x1c008001);
    CHECK(written(file, csr("mtvec"), 0x1c0123ff) == 0x1c012301);
    CHECK(hart.mtvec == 0x1c012300);
}

TEST_CASE("an unknown CSR reads 0 and takes no write", "[core][csr]") {
    Bench bench;

    for (const unsigned number : {0xb00U, 0xc00U, 0x304U, 0x344U, 0x3a0U, 0x3b0U, 0xf11U, 0x001U})
        CHECK(written(bench.file, number, ~0U) == 0);
}

TEST_CASE("naming a Mac&Load address register restarts its update counter", "[core][csr]") {
    Bench bench;
    bench.hart.activations.count = 2;
    bench.hart.weights.count = 3;

    pure_read(bench.file, csr("a_stride"));
    CHECK(bench.hart.activations.count == 2);

    pure_read(bench.file, csr("a_address"));
    CHECK(bench.hart.activations.count == 0);
    CHECK(bench.hart.weights.count == 3);

    CHECK(bench.file.peek(csr("w_address")) == 0);
    CHECK(bench.hart.weights.count == 3);
}

TEST_CASE("a smaller ISA subset has fewer CSRs and no status mode", "[core][csr]") {
    Bench nn({.extensions = *isa::isa_subset("xpulpnn")});
    CHECK(written(nn.file, csr("simd_format"), 8) == 0);
    CHECK(written(nn.file, csr("a_address"), 8) == 0);
    CHECK(written(nn.file, csr("simd_legacy"), 0) == 1);
    CHECK(nn.hart.simd_legacy);
    CHECK(written(nn.file, csr("lpcount0"), 8) == 8);

    Bench base({.extensions = *isa::isa_subset("rv32imc")});
    CHECK(written(base.file, csr("lpcount0"), 8) == 0);
    CHECK(base.file.read(csr("misa")) == 0x40001104);
}

TEST_CASE("reset brings back every CSR and the hidden counters", "[core][csr]") {
    Bench bench;
    for (unsigned number = 0; number < 4096; ++number)
        bench.file.write(number, ~0U);
    bench.hart.mixed_count = 5;
    bench.hart.weights.count = 5;

    bench.file.reset(0x1a000080);

    Bench fresh;
    fresh.file.reset(0x1a000080);
    for (unsigned number = 0; number < 4096; ++number)
        CHECK(bench.file.peek(number) == fresh.file.peek(number));
    CHECK(bench.hart.mixed_count == 0);
    CHECK(bench.hart.weights.count == 0);
}

TEST_CASE("a performance counter counts its event only while it is enabled", "[core][csr]") {
    Bench bench;
    bench.events.totals[1] = 100;

    bench.file.write(csr("pcer"), 2);
    bench.events.totals[1] = 130;
    bench.events.totals[0] = 999;
    CHECK(bench.file.read(0x781) == 30);
    CHECK(bench.file.read(0x780) == 0);

    bench.file.write(csr("pcmr_user"), 0);
    bench.events.totals[1] = 150;
    CHECK(bench.file.read(0x781) == 30);

    bench.file.write(csr("pcmr"), 1);
    bench.events.totals[1] = 155;
    CHECK(bench.file.read(0x781) == 35);
    CHECK(bench.file.read(csr("pcer_user")) == 2);
}

TEST_CASE("a write to 0x79F sets all performance counters and reads back 0", "[core][csr]") {
    Bench bench;

    CHECK(written(bench.file, csr("pccr_all"), 77) == 0);

    CHECK(bench.file.read(0x780) == 77);
    CHECK(bench.file.read(0x78b) == 77);
    CHECK(bench.file.read(0x78c) == 0);  // only 12 counters without external events
}

TEST_CASE("performance counters saturate or wrap as the mode register says", "[core][csr]") {
    Bench bench;
    bench.file.write(csr("pcer"), 3);
    bench.file.write(csr("pccr_all"), 0xfffffff0);
    bench.events.totals[0] = 0x20;

    CHECK(bench.file.read(0x780) == 0xffffffff);

    bench.file.write(csr("pcmr"), 1);
    bench.file.write(0x780, 0xfffffff0);
    bench.events.totals[0] = 0x40;

    CHECK(bench.file.read(0x780) == 0x10);
}

TEST_CASE("a synthesised core has one counter behind all addresses", "[core][csr]") {
    Events events;
    PerformanceCounters counters(&events, 17, true);

    counters.set_value(11, 100);
    CHECK(counters.value(0) == 100);
    CHECK(counters.value(30) == 100);

    counters.set_enabled(1U << 5 | 1U << 6);  // loads or stores
    events.totals[5] += 3;
    events.totals[6] += 4;
    events.totals[0] += 50;
    CHECK(counters.value(5) == 107);

    counters.set_enabled(1U << 0 | 1U << 5);  // every cycle, whatever happens in it
    events.totals[5] += 1;
    events.totals[0] += 10;
    CHECK(counters.value(5) == 117);

    counters.set_mode(0);
    events.totals[0] += 10;
    CHECK(counters.value(0) == 117);
}

TEST_CASE("CSR names and numbers agree", "[core][csr]") {
    CHECK(isa::csr_name(0x300) == "mstatus");
    CHECK(isa::csr_name(0x783) == "pccr3");
    CHECK(isa::csr_name(0x7b3) == "dscratch1");
    CHECK(isa::csr_name(0xb00) == "0xb00");
    CHECK(isa::csr_number("pccr11") == 0x78b);
    CHECK_FALSE(isa::csr_number("pccr31").has_value());
}

}  // namespace flexv::core
