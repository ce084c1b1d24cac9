// SPDX-License-Identifier: Apache-2.0
// The control and status registers of the Flex-V core as a table of rows (docs/spec/isa.md, section
// 3). State that instructions use lives in the Hart; performance counters are derived from counts
// of the core.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"
#include "isa/decoder.hpp"
#include "isa/hart.hpp"

#include <array>
#include <optional>

namespace flexv::core {

/// The core's running totals of the events that performance counters can count (docs/spec/isa.md,
/// 3.4).
class PerformanceEvents {
public:
    /// Events of this kind since reset: 0 cycles, 1 instructions, 2 load-use stalls ...
    [[nodiscard]] virtual u64 count(unsigned event) const = 0;

protected:
    ~PerformanceEvents() = default;
};

/// PCCR0..30 with their enable (PCER) and mode (PCMR) registers. Nothing is counted here: a counter
/// is its value when it was last enabled plus the core's total since then.
class PerformanceCounters {
public:
    static constexpr unsigned kMaxCounters = 31;
    static constexpr u32 kModeReset = 3;  ///< PCMR: bit 0 counts, bit 1 saturates

    /// \param is_single one register answers at every address and counts the cycles in which any
    ///   enabled event happens, as in a synthesised core (docs/spec/state_machines.md 1.6).
    PerformanceCounters(const PerformanceEvents* events, unsigned counters, bool is_single = false);

    void reset();
    [[nodiscard]] u32 value(unsigned index) const;
    void set_value(unsigned index, u32 value);
    void set_all(u32 value);
    [[nodiscard]] bool is_single() const { return is_single_; }
    [[nodiscard]] u32 enabled() const { return enabled_; }
    void set_enabled(u32 mask);
    [[nodiscard]] u32 mode() const { return mode_; }
    void set_mode(u32 mode);
    void serialize(StateArchive& archive) { archive(values_, enabled_, mode_); }

private:
    struct Counter {
        u32 value = 0;  ///< when the core's total was `total`
        u64 total = 0;

        void serialize(StateArchive& archive) { archive(value, total); }
    };
    [[nodiscard]] bool counts(unsigned index) const;
    [[nodiscard]] u64 total(unsigned index) const;
    void settle();
    void settle_totals();

    const PerformanceEvents* events_;
    unsigned counters_;
    bool is_single_;
    std::array<Counter, kMaxCounters> values_{};
    u32 enabled_ = 0;
    u32 mode_ = kModeReset;
};

struct CsrConfig {
    u32 hartid = 0;                ///< CSR 0xF14: {cluster[5:0], 0, core[3:0]}
    std::optional<u32> uhartid{};  ///< CSR 0x014 where it differs (quirk Q21: 0)
    isa::ExtensionSet extensions = *isa::isa_subset("flexv");  ///< CSRs of others do not exist
    /// See docs/spec/cluster.md 11, row 15: the fabric controller's is.
    bool mtvec_is_writable = false;
    bool has_single_counter = false;     ///< behind all addresses of PCCRs
    unsigned performance_counters = 12;  ///< PCCRs; 12 plus the events from outside the core
};

/// What the rows of the table work on.
struct CsrState {
    isa::Hart& hart;
    CsrConfig config;
    PerformanceCounters performance;

    // Registers that nothing but CSR instructions uses.
    u32 mscratch = 0;
    u32 dcsr = 0;
    u32 dpc = 0;
    std::array<u32, 2> dscratch{};

    /// Without the hart.
    void serialize(StateArchive& archive) { archive(performance, mscratch, dcsr, dpc, dscratch); }
};

class CsrFile final : public isa::CsrAccess {
public:
    using Config = CsrConfig;

    /// `events` may be null: then all performance counters stand still.
    CsrFile(isa::Hart& hart, const Config& config, const PerformanceEvents* events = nullptr);

    /// All registers to their reset values; `boot_address` gives mtvec.
    void reset(u32 boot_address);

    /// What a CSR instruction does, side effects included.
    u32 read(unsigned number) override;
    void write(unsigned number, u32 value) override;

    /// Whether this core has the register.
    [[nodiscard]] bool has(unsigned number) const;
    /// For debuggers and reports: the value without side effects.
    [[nodiscard]] u32 peek(unsigned number);
    void serialize(StateArchive& archive) { archive(state_); }

private:
    CsrState state_;
};

}  // namespace flexv::core
