// SPDX-License-Identifier: Apache-2.0
// The interrupt controller (ITC) of the fabric controller: 32 lines with mask and status, and the
// FIFO of SoC events behind one of them.
#pragma once

#include "base/data_port.hpp"
#include "base/register_block.hpp"

#include <deque>

namespace flexv::interrupt_controller {

class InterruptController final : public RegisterBlock, public InterruptSource {
public:
    struct Config {
        /// Ids; RTL has 4, GVSoC 8, source: docs/spec/cluster.md 11, row 19.
        unsigned event_depth = 8;
    };

    static constexpr unsigned kEventLine = 26;  ///< source: docs/spec/firmware_abi.md 7.3

    sc_core::sc_port<InterruptTarget, 1, sc_core::SC_ZERO_OR_MORE_BOUND> interrupt_out{
        "interrupt_out"};
    sc_core::sc_export<InterruptSource> interrupt_ack_in{"interrupt_ack_in"};

    InterruptController(const sc_core::sc_module_name& name, ClockDomain& clock,
                        const Config& config);

    void reset() override;
    void serialize(StateArchive& archive) override;
    /// `line` pulses in cycle `now`; it stays pending until it is acknowledged or cleared.
    void raise(unsigned line, Cycles now);
    /// An id that is not masked for the fabric controller. False: the FIFO is full and it is lost.
    bool push_event(u8 id, Cycles now);
    /// The core has taken interrupt `id`.
    void acknowledge(unsigned core, unsigned id, Cycles now) override;

private:
    void set_pending(u32 lines, Cycles now);
    void drive(Cycles now);
    void change(Register& target, u32 set, u32 cleared);

    static constexpr Field lines{
        .name = "LINES", .lsb = 0, .width = 32, .doc = "One bit an interrupt line."};

    const Config config_;
    std::deque<u8> events_;
    bool is_asserted_ = false;
    unsigned id_ = 0;
    /// MASK, STATUS and ACK are followed by a register that sets and one that clears their bits.
    [[nodiscard]] RegisterSpec plain(u32 offset, std::string name, std::string doc);
    [[nodiscard]] RegisterSpec setter(u32 offset, Register& target);
    [[nodiscard]] RegisterSpec clearer(u32 offset, Register& target);

    Register mask_{bank_, plain(0x00, "MASK", "Lines that interrupt the core.")};
    Register mask_set_{bank_, setter(0x04, mask_)};
    Register mask_clr_{bank_, clearer(0x08, mask_)};
    Register status_{bank_, plain(0x0c, "STATUS", "Pending lines.")};
    Register status_set_{bank_, setter(0x10, status_)};
    Register status_clr_{bank_, clearer(0x14, status_)};
    Register ack_{bank_, plain(0x18, "ACK", "Lines that the core has taken.")};
    Register ack_set_{bank_, setter(0x1c, ack_)};
    Register ack_clr_{bank_, clearer(0x20, ack_)};
    Register fifo_{bank_,
                   {.offset = 0x24,
                    .name = "FIFO",
                    .doc = "SoC event that the last acknowledge of line 26 took.",
                    .access = Access::read_only,
                    .fields = {{.name = "ID", .lsb = 0, .width = 8}}}};
    Counter interrupts_{*this, "interrupts", "interrupts that the core has taken"};
    Counter lost_events_{*this, "lost_events", "SoC events that found the FIFO full"};
};

}  // namespace flexv::interrupt_controller
