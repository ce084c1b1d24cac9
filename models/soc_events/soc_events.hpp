// SPDX-License-Identifier: Apache-2.0
// The SoC event generator: takes the events of the peripherals, and software's own, to the fabric
// controller, the cluster and the FC timer, as far as their masks let them through.
#pragma once

#include "base/call_port.hpp"
#include "base/register_block.hpp"

namespace flexv::soc_events {

class SocEvents final : public RegisterBlock {
public:
    struct Config {
        /// Id; RTL's, headers say 48: docs/spec/cluster.md 11, row 6.
        unsigned first_software_event = 160;
    };

    static constexpr unsigned kMaskWords = 8;
    static constexpr unsigned kSoftwareEvents = 8;

    static constexpr Field events{
        .name = "EVENTS", .lsb = 0, .width = 32, .reset = ~0U, .doc = "1 = masked."};
    static constexpr Field overruns{
        .name = "EVENTS", .lsb = 0, .width = 32, .doc = "1 = an event found its FIFO full."};
    static constexpr Field selected{.name = "ID", .lsb = 0, .width = 8, .doc = "SoC event."};
    static constexpr Field select_enable{.name = "EN", .lsb = 31, .doc = "It starts the counter."};

    using EventPort = CallPort<bool(u8 id, Cycles now)>;

    /// Every event, masked or not, for those who look on.
    CallPort<void(u8 id, Cycles now)> raised_out{"raised_out"};
    // Where unmasked events go. False: lost, the FIFO there is full.
    EventPort fabric_event_out{"fabric_event_out"};
    EventPort cluster_event_out{"cluster_event_out"};
    /// The event that TIMER_SEL_LO or _HI names starts a half of the FC timer.
    CallPort<void(bool is_high, Cycles now)> timer_start_out{"timer_start_out"};

    SocEvents(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    /// A peripheral raises event `id` in cycle `now`.
    void trigger(u8 id, Cycles now);

private:
    void trigger_software_events(u32 events);
    void pass_on(u8 id, const RegisterArray& masks, const EventPort& target, Cycles now);
    [[nodiscard]] RegisterArraySpec masks(u32 offset, std::string name, std::string doc) const;
    [[nodiscard]] RegisterSpec timer_select(u32 offset, std::string name, std::string doc) const;

    const Config config_;
    Register event_{bank_,
                    {.offset = 0x00,
                     .name = "EVENT",
                     .doc = "Raises software events.",
                     .access = Access::write_only,
                     .fields = {{.name = "SOFTWARE", .lsb = 0, .width = kSoftwareEvents}},
                     .on_write = [this](u32, u32 now) { trigger_software_events(now); }}};
    RegisterArray fabric_masks_{bank_, masks(0x04, "FC_MASK", "Events kept from the FC.")};
    RegisterArray cluster_masks_{bank_, masks(0x24, "CL_MASK", "Events kept from the cluster.")};
    RegisterArray peripheral_masks_{
        bank_, masks(0x44, "PR_MASK", "Events kept from the peripherals, without effect.")};
    RegisterArray overruns_{bank_,
                            {.offset = 0x64,
                             .name = "ERR",
                             .doc = "Lost events; a read clears.",
                             .count = kMaskWords,
                             .access = Access::read_to_clear,
                             .fields = {overruns},
                             .read_has_effect = true}};
    Register timer_select_high_{bank_, timer_select(0x84, "TIMER_SEL_HI", "FC timer, HI half.")};
    Register timer_select_low_{bank_, timer_select(0x88, "TIMER_SEL_LO", "FC timer, LO half.")};
    Counter raised_{*this, "events", "events raised by peripherals and software"};
    Counter lost_{*this, "lost_events", "unmasked events that found their FIFO full"};
};

}  // namespace flexv::soc_events
