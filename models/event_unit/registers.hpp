// SPDX-License-Identifier: Apache-2.0
// All registers of the event unit, each declared once: the view of the issuing core (demux port)
// and the global view. Names and offsets are those of docs/spec/cluster_regs.csv, blocks EU_DEMUX,
// EU_GLOBAL.
#pragma once

#include "base/register.hpp"
#include "event_unit/event_network.hpp"
#include "event_unit/sleeping_read.hpp"

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace flexv::event_unit {

class Registers {
public:
    static constexpr u32 kCoreViewBytes = 0x400;
    static constexpr u32 kGlobalViewBytes = 0x800;
    /// Two cycles from grant to answer behind the peripheral interconnect (docs/spec/timing.md 3,
    /// c_eu_per_rd1).
    static constexpr Cycles kGlobalLatencyCycles = 2;

    RegisterBank core_view;    ///< of the core that asks; its sleeping reads are served elsewhere
    RegisterBank global_view;  ///< of anybody

    Registers(Module& module, EventNetwork& network, const ClockDomain& clock);

    /// The wait behind a read at `offset` of the core view, null where a read is answered at once.
    [[nodiscard]] const SleepingRead* sleeping_read(u32 offset) const;
    /// True where a read of the core view shows BUFFER_MASKED, because nothing else is there.
    [[nodiscard]] static bool reads_masked_buffer(u32 offset) {
        return is_hole(offset) || (offset & 0x3E0) == 0x100;
    }
    /// True where the core view has neither registers nor a bus error: 0x40..0x7F.
    [[nodiscard]] static bool is_hole(u32 offset) { return (offset & 0x3C0) == 0x040; }

private:
    /// The registers of one core as they appear in one of the views.
    struct CoreWindow {
        RegisterBank& bank;
        u32 base = 0;
        std::string prefix = {};
        std::function<unsigned()> core;  ///< whose unit an access means
    };
    struct MaskSpec {
        u32 offset = 0;
        std::string name = {};
        std::string doc = {};
        Latched CoreUnit::*mask = nullptr;
        Field field = {};
    };

    void declare_core_view();
    void declare_global_view();
    void declare_core(const CoreWindow& window);
    void declare_mask(const CoreWindow& window, const MaskSpec& spec);
    void declare_mask_write(const CoreWindow& window, const MaskSpec& spec, u32 offset,
                            const std::string& name, u32 (*combine)(u32 mask, u32 data));
    void declare_buffer(const CoreWindow& window);
    void declare_view_of_buffer(const CoreWindow& window, u32 offset, const std::string& name,
                                const std::string& doc, u32 (CoreUnit::*lines)() const);
    void declare_software_trigger(RegisterBank& bank, u32 base, unsigned event,
                                  const std::string& name);
    void declare_barrier(RegisterBank& bank, u32 base, unsigned index);
    void declare_barrier_mask(RegisterBank& bank, u32 offset, const std::string& name,
                              const std::string& doc, unsigned index, Latched Barrier::*mask);
    void declare_barrier_reads(unsigned index);
    void declare_dispatch();
    void declare_mutex(unsigned index);
    void declare_sleeping(u32 offset, const std::string& name, const std::string& doc,
                          const SleepingRead& read);

    void declare(RegisterBank& bank, RegisterSpec spec);
    [[nodiscard]] unsigned issuer() const { return core_view.initiator_port(); }
    [[nodiscard]] u32 masked_buffer_of_issuer() const;
    [[nodiscard]] const CoreUnit& unit(unsigned core) const;

    EventNetwork& network_;
    const Field cores_;  // a set of cores
    std::deque<Register> registers_;
    std::array<std::optional<SleepingRead>, kCoreViewBytes / 4> sleeping_{};  // [offset / 4]
};

}  // namespace flexv::event_unit
