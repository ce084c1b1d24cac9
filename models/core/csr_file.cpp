// SPDX-License-Identifier: Apache-2.0
// The table of control and status registers. A number without a row reads 0 and drops writes, as in
// hardware (quirk Q13): mcycle, minstret, mie, mip, the vendor ids, PMP and the FPU's registers are
// such.
#include "core/csr_file.hpp"

#include "isa/csr.hpp"

#include <algorithm>
#include <bit>
#include <limits>

namespace flexv::core {
namespace {

using isa::csr;
using isa::Extension;

/// One register, or `count` of them with consecutive numbers.
struct CsrRow {
    u16 number = 0;
    u16 count = 1;
    Extension extension = Extension::zicsr;  ///< the register exists only with it
    u32 reset = 0;
    u32 writable = ~u32{0};  ///< bits that a write changes
    /// Where the bits are kept; registers without such a place have `read` and, if any, `write`.
    u32& (*location)(CsrState&, unsigned index) = nullptr;
    u32 (*read)(const CsrState&, unsigned index) = nullptr;
    void (*write)(CsrState&, unsigned index, u32 value) = nullptr;
    /// Side effect of every CSR instruction that names the register.
    void (*on_access)(CsrState&) = nullptr;
};

constexpr u32 kMstatusMie = 1U << 3;
constexpr u32 kMstatusMpie = 1U << 7;
constexpr u32 kMstatusMpp = 3U << 11;  // machine mode, always
constexpr u32 kMtvecBase = 0xffff'ff00;
constexpr u32 kMisa = 0x40001104;           // RV32 I, M, C
constexpr u32 kMisaNonStandard = 1U << 23;  // X
constexpr u32 kDcsrReset = 0x00000003;      // prv = machine
constexpr u32 kDcsrWritten = 0x40000003;    // xdebugver appears with the first write
constexpr u32 kDcsrWritable = 0x0000b9c4;   // ebreakm, ebreaks, ebreaku, stepie, cause, step

/// A register that is a member of the Hart or of the CsrState.
template <auto member>
u32& location(CsrState& state, unsigned /*index*/) {
    if constexpr (requires { state.*member; })
        return state.*member;
    else
        return state.hart.*member;
}

template <u32 isa::AddressStream::*member>
u32& of_activations(CsrState& state, unsigned /*index*/) {
    return state.hart.activations.*member;
}
template <u32 isa::AddressStream::*member>
u32& of_weights(CsrState& state, unsigned /*index*/) {
    return state.hart.weights.*member;
}

template <unsigned loop, u32 isa::HardwareLoop::*member>
u32& of_loop(CsrState& state, unsigned /*index*/) {
    return state.hart.loops[loop].*member;
}

u32 read_mstatus(const CsrState& state, unsigned /*index*/) {
    return kMstatusMpp | (state.hart.mie ? kMstatusMie : 0) | (state.hart.mpie ? kMstatusMpie : 0);
}
/// Hard-wired to the boot address in a cluster (quirk Q14). Always vectored, aligned to 256 bytes.
void write_mtvec(CsrState& state, unsigned /*index*/, u32 value) {
    if (state.config.mtvec_is_writable)
        state.hart.mtvec = value & kMtvecBase;
}
void write_mstatus(CsrState& state, unsigned /*index*/, u32 value) {
    state.hart.mie = (value & kMstatusMie) != 0;
    state.hart.mpie = (value & kMstatusMpie) != 0;
}

constexpr auto kReadEnabled = [](const CsrState& state, unsigned) {
    return state.performance.enabled();
};
constexpr auto kWriteEnabled = [](CsrState& state, unsigned, u32 value) {
    state.performance.set_enabled(value);
};
constexpr auto kReadMode = [](const CsrState& state, unsigned) { return state.performance.mode(); };
constexpr auto kWriteMode = [](CsrState& state, unsigned, u32 value) {
    state.performance.set_mode(value);
};

using isa::AddressStream;
using isa::HardwareLoop;
using isa::Hart;
using enum isa::Extension;

constexpr std::array kRows{
    // Machine and debug mode (section 3.1).
    CsrRow{.number = csr("mstatus"), .read = read_mstatus, .write = write_mstatus},
    CsrRow{.number = csr("misa"),
           .read =
               [](const CsrState& state, unsigned) {
                   return kMisa |
                          (state.config.extensions.contains(xpulpv2) ? kMisaNonStandard : 0);
               }},
    CsrRow{.number = csr("mtvec"),
           .read = [](const CsrState& state, unsigned) { return state.hart.mtvec | 1; },
           .write = write_mtvec},
    CsrRow{.number = csr("mscratch"), .location = location<&CsrState::mscratch>},
    CsrRow{.number = csr("mepc"), .writable = ~u32{1}, .location = location<&Hart::mepc>},
    CsrRow{.number = csr("mcause"), .writable = 0x8000001f, .location = location<&Hart::mcause>},
    CsrRow{.number = csr("mhartid"),
           .read = [](const CsrState& state, unsigned) { return state.config.hartid; }},
    CsrRow{.number = csr("uhartid"),
           .read = [](const CsrState& state,
                      unsigned) { return state.config.uhartid.value_or(state.config.hartid); }},
    CsrRow{.number = csr("privlv"), .read = [](const CsrState&, unsigned) { return u32{3}; }},
    CsrRow{.number = csr("dcsr"),
           .reset = kDcsrReset,
           .location = location<&CsrState::dcsr>,
           .write = [](CsrState& state, unsigned,
                       u32 value) { state.dcsr = kDcsrWritten | (value & kDcsrWritable); }},
    CsrRow{.number = csr("dpc"), .writable = ~u32{1}, .location = location<&CsrState::dpc>},
    CsrRow{
        .number = csr("dscratch"),
        .count = 2,
        .location = [](CsrState& state, unsigned index) -> u32& { return state.dscratch[index]; }},

    // Hardware loops.
    CsrRow{.number = csr("lpstart0"),
           .extension = xpulpv2,
           .location = of_loop<0, &HardwareLoop::start>},
    CsrRow{
        .number = csr("lpend0"), .extension = xpulpv2, .location = of_loop<0, &HardwareLoop::end>},
    CsrRow{.number = csr("lpcount0"),
           .extension = xpulpv2,
           .location = of_loop<0, &HardwareLoop::count>},
    CsrRow{.number = csr("lpstart1"),
           .extension = xpulpv2,
           .location = of_loop<1, &HardwareLoop::start>},
    CsrRow{
        .number = csr("lpend1"), .extension = xpulpv2, .location = of_loop<1, &HardwareLoop::end>},
    CsrRow{.number = csr("lpcount1"),
           .extension = xpulpv2,
           .location = of_loop<1, &HardwareLoop::count>},

    // Status-based SIMD (section 3.2).
    CsrRow{.number = csr("simd_format"),
           .extension = flexv,
           .writable = 0xf,
           .location = location<&Hart::simd_format>},
    CsrRow{.number = csr("mixed_slice"),
           .extension = flexv,
           .writable = 0x7,
           .location = location<&Hart::mixed_slice>},
    CsrRow{.number = csr("mixed_skip"),
           .extension = flexv,
           .writable = 0x1f,
           .location = location<&Hart::mixed_skip>},
    CsrRow{.number = csr("simd_legacy"),
           .reset = 1,
           .read = [](const CsrState& state, unsigned) { return u32{state.hart.simd_legacy}; },
           .write =
               [](CsrState& state, unsigned, u32 value) {
                   // A core without status mode stays in legacy mode.
                   state.hart.simd_legacy =
                       (value & 1) != 0 || !state.config.extensions.contains(flexv);
               }},

    // Mac&Load (section 3.3): naming an address register restarts its update counter (quirk Q7).
    CsrRow{.number = csr("a_address"),
           .extension = flexv,
           .location = of_activations<&AddressStream::address>,
           .on_access = [](CsrState& state) { state.hart.activations.count = 0; }},
    CsrRow{.number = csr("w_address"),
           .extension = flexv,
           .location = of_weights<&AddressStream::address>,
           .on_access = [](CsrState& state) { state.hart.weights.count = 0; }},
    CsrRow{.number = csr("a_stride"),
           .extension = flexv,
           .location = of_activations<&AddressStream::stride>},
    CsrRow{.number = csr("w_stride"),
           .extension = flexv,
           .location = of_weights<&AddressStream::stride>},
    CsrRow{.number = csr("a_rollback"),
           .extension = flexv,
           .location = of_activations<&AddressStream::rollback>},
    CsrRow{.number = csr("w_rollback"),
           .extension = flexv,
           .location = of_weights<&AddressStream::rollback>},
    CsrRow{.number = csr("a_skip"),
           .extension = flexv,
           .location = of_activations<&AddressStream::skip>},
    CsrRow{
        .number = csr("w_skip"), .extension = flexv, .location = of_weights<&AddressStream::skip>},

    // Performance counters (section 3.4). The enable and mode registers have two addresses each.
    CsrRow{.number = csr("pccr"),
           .count = PerformanceCounters::kMaxCounters,
           .read = [](const CsrState& state,
                      unsigned index) { return state.performance.value(index); },
           .write = [](CsrState& state, unsigned index,
                       u32 value) { state.performance.set_value(index, value); }},
    CsrRow{.number = csr("pccr_all"),
           .read =
               [](const CsrState& state, unsigned) {
                   return state.performance.is_single() ? state.performance.value(0) : 0;
               },
           .write = [](CsrState& state, unsigned, u32 value) { state.performance.set_all(value); }},
    CsrRow{.number = csr("pcer"), .read = kReadEnabled, .write = kWriteEnabled},
    CsrRow{.number = csr("pcer_user"), .read = kReadEnabled, .write = kWriteEnabled},
    CsrRow{.number = csr("pcmr"),
           .reset = PerformanceCounters::kModeReset,
           .read = kReadMode,
           .write = kWriteMode},
    CsrRow{.number = csr("pcmr_user"),
           .reset = PerformanceCounters::kModeReset,
           .read = kReadMode,
           .write = kWriteMode},
};

constexpr u8 kNoRow = 0xff;

/// Index of the row of every number, so that an access is one look-up.
constexpr auto kRowOf = [] {
    std::array<u8, 4096> rows{};
    rows.fill(kNoRow);
    for (std::size_t row = 0; row < kRows.size(); ++row)
        for (unsigned index = 0; index < kRows[row].count; ++index)
            rows[kRows[row].number + index] = u8(row);
    return rows;
}();

const CsrRow* find(const CsrState& state, unsigned number) {
    const u8 row = kRowOf[number & 0xfff];
    if (row == kNoRow || !state.config.extensions.contains(kRows[row].extension))
        return nullptr;
    return &kRows[row];
}

u32 value_of(CsrState& state, const CsrRow& row, unsigned index) {
    return row.location != nullptr ? row.location(state, index) : row.read(state, index);
}

}  // namespace

CsrFile::CsrFile(isa::Hart& hart, const Config& config, const PerformanceEvents* events)
    : state_{.hart = hart,
             .config = config,
             .performance = PerformanceCounters(events, config.performance_counters,
                                                config.has_single_counter)} {
    reset(0);
}

void CsrFile::reset(u32 boot_address) {
    isa::Hart& hart = state_.hart;
    hart.mixed_count = 0;
    hart.activations.count = 0;
    hart.weights.count = 0;
    state_.performance.reset();
    for (const CsrRow& row : kRows) {
        for (unsigned index = 0; index < row.count; ++index) {
            if (row.location != nullptr)
                row.location(state_, index) = row.reset;
            else if (row.write != nullptr)
                row.write(state_, index, row.reset);
        }
    }
    hart.mtvec = boot_address & kMtvecBase;
}

u32 CsrFile::read(unsigned number) {
    const CsrRow* row = find(state_, number);
    if (row == nullptr)
        return 0;
    if (row->on_access != nullptr)
        row->on_access(state_);
    return value_of(state_, *row, number - row->number);
}

void CsrFile::write(unsigned number, u32 value) {
    const CsrRow* row = find(state_, number);
    if (row == nullptr)
        return;
    if (row->on_access != nullptr)
        row->on_access(state_);
    const unsigned index = number - row->number;
    if (row->write != nullptr) {
        row->write(state_, index, value);
    } else if (row->location != nullptr) {
        u32& bits = row->location(state_, index);
        bits = (bits & ~row->writable) | (value & row->writable);
    }
}

bool CsrFile::has(unsigned number) const { return find(state_, number) != nullptr; }

u32 CsrFile::peek(unsigned number) {
    const CsrRow* row = find(state_, number);
    return row == nullptr ? 0 : value_of(state_, *row, number - row->number);
}

PerformanceCounters::PerformanceCounters(const PerformanceEvents* events, unsigned counters,
                                         bool is_single)
    : events_(events),
      counters_(is_single ? 1 : std::min(counters, kMaxCounters)),
      is_single_(is_single) {}

void PerformanceCounters::reset() {
    values_ = {};
    enabled_ = 0;
    mode_ = kModeReset;
}

bool PerformanceCounters::counts(unsigned index) const {
    return (mode_ & 1) != 0 && (is_single_ ? enabled_ != 0 : (enabled_ >> index & 1) != 0);
}

/// The single counter moves once in a cycle whatever happens in it. Only of the event "cycle" is it
/// known that it covers the others: any others count as if they never came together.
u64 PerformanceCounters::total(unsigned index) const {
    if (events_ == nullptr)
        return 0;
    if (!is_single_ || (enabled_ & 1) != 0)
        return events_->count(index);
    u64 sum = 0;
    for (u32 rest = enabled_; rest != 0; rest &= rest - 1)
        sum += events_->count(unsigned(std::countr_zero(rest)));
    return sum;
}

u32 PerformanceCounters::value(unsigned index) const {
    index = is_single_ ? 0 : index;
    if (index >= counters_)
        return 0;
    const Counter& counter = values_[index];
    if (!counts(index))
        return counter.value;
    const u64 value = counter.value + (total(index) - counter.total);
    const bool saturates = (mode_ & 2) != 0;
    return u32(saturates ? std::min<u64>(value, std::numeric_limits<u32>::max()) : value);
}

void PerformanceCounters::set_value(unsigned index, u32 value) {
    index = is_single_ ? 0 : index;
    if (index < counters_)
        values_[index] = {value, total(index)};
}

void PerformanceCounters::set_all(u32 value) {
    for (unsigned index = 0; index < counters_; ++index)
        set_value(index, value);
}

/// Brings all counters up to date before what they count changes.
void PerformanceCounters::settle() {
    for (unsigned index = 0; index < counters_; ++index)
        set_value(index, value(index));
}

/// What the single counter counts is another sum from now on.
void PerformanceCounters::settle_totals() {
    if (is_single_)
        values_[0].total = total(0);
}

void PerformanceCounters::set_enabled(u32 mask) {
    settle();
    enabled_ = mask;
    settle_totals();
}

void PerformanceCounters::set_mode(u32 mode) {
    settle();
    mode_ = mode & 3;
}

}  // namespace flexv::core
