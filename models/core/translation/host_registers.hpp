// SPDX-License-Identifier: Apache-2.0
// Which register of the host holds which one of the hart, within a run of translated instructions.
// Registers are loaded when they are needed, and written back at the end of the run, or when their
// place is needed.
#pragma once

#include "base/units.hpp"
#include "isa/formula.hpp"

#include <asmjit/x86.h>

#include <array>
#include <optional>

namespace flexv::core::translation {

/// An index into what the host has; all are registers that a function need not save.
using Host = unsigned;

class HostRegisters {
public:
    // For use within one instruction of the host, and by whoever emits. Not given to anybody.
    static constexpr asmjit::x86::Gp kScratch = asmjit::x86::ecx;
    static constexpr asmjit::x86::Gp kHart = asmjit::x86::rdi;

    /// \param reads [register], how many instructions of the run read it
    HostRegisters(asmjit::x86::Assembler& assembler, const std::array<u8, 32>& reads)
        : assembler_(assembler), reads_left_(reads) {}

    [[nodiscard]] static asmjit::x86::Gp gp(Host host);
    /// Where register `x` lies in the hart.
    [[nodiscard]] static asmjit::x86::Mem home(unsigned x, unsigned bytes = 4);

    /// [register], those that are known while the code is made.
    [[nodiscard]] const isa::Formula::Known& known() const { return known_; }
    /// An instruction is done that has read `registers`, a bit each.
    void count_reads(u32 registers);
    /// A later instruction reads `x` before the run ends.
    [[nodiscard]] bool is_wanted(unsigned x) const { return reads_left_[x] > 1; }

    /// Where `x` is held. What is pinned stays where it is.
    [[nodiscard]] std::optional<Host> find(unsigned x) const;
    [[nodiscard]] Host load(unsigned x);
    void pin(Host host) { ++slots_[host].pins; }
    void unpin(Host host) { --slots_[host].pins; }
    [[nodiscard]] bool is_pinned_once(Host host) const { return slots_[host].pins == 1; }

    /// A register for a temporary, pinned until it is released or bound.
    [[nodiscard]] Host take();
    void release(Host host) { slots_[host] = {}; }
    /// The register that holds `x`, pinned once, becomes a temporary: `x` gets another value.
    void take_over(Host host) { slots_[host].owner = kTemporary; }

    /// `x` has the value of this temporary.
    void bind(unsigned x, Host host);
    void bind_constant(unsigned x, u32 value);
    /// Stores what the hart does not have yet; all stays where it is.
    void write_back();

private:
    static constexpr unsigned kHosts = 7;
    static constexpr int kFree = -1;
    static constexpr int kTemporary = -2;

    struct Slot {
        int owner = kFree;  // register of the hart, else one of the above
        unsigned pins = 0;
        unsigned last_use = 0;
        bool is_dirty = false;  // the hart has another value
    };

    [[nodiscard]] Host victim() const;
    void store(Slot& slot, Host host);
    void forget(unsigned x);

    asmjit::x86::Assembler& assembler_;
    std::array<Slot, kHosts> slots_{};
    isa::Formula::Known known_{0U};
    u32 stale_constants_ = 0;  // a bit a register that is known, and that the hart does not have
    std::array<u8, 32> reads_left_;
    unsigned now_ = 0;
};

}  // namespace flexv::core::translation
