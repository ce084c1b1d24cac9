// SPDX-License-Identifier: Apache-2.0
#include "soc_events/soc_events.hpp"

#include <utility>

namespace flexv::soc_events {

SocEvents::SocEvents(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : RegisterBlock(name, clock, {.size_bytes = 0x1000, .unmapped = Unmapped::read_zero_and_warn}),
      config_(config) {
    if (config.first_software_event > 256 - kSoftwareEvents)
        throw UserError("{}.first_software_event = {}: must be 0 to {}", this->name(),
                        config.first_software_event, 256 - kSoftwareEvents);
}

RegisterArraySpec SocEvents::masks(u32 offset, std::string name, std::string doc) const {
    return {.offset = offset,
            .name = std::move(name),
            .doc = std::move(doc),
            .count = kMaskWords,
            .fields = {events}};
}

RegisterSpec SocEvents::timer_select(u32 offset, std::string name, std::string doc) const {
    return {.offset = offset,
            .name = std::move(name),
            .doc = "Event that starts the " + std::move(doc),
            .fields = {selected, select_enable}};
}

void SocEvents::trigger_software_events(u32 raised) {
    for (unsigned index = 0; index < kSoftwareEvents; ++index)
        if ((raised >> index & 1) != 0)
            trigger(u8(config_.first_software_event + index), bank_.now());
}

void SocEvents::trigger(u8 id, Cycles now) {
    ++raised_;
    log_.debug("event {} in cycle {}", id, now);
    raised_out(id, now);
    pass_on(id, fabric_masks_, fabric_event_out, now);
    pass_on(id, cluster_masks_, cluster_event_out, now);
    for (const Register* select : {&timer_select_low_, &timer_select_high_})
        if ((*select)[select_enable] != 0 && (*select)[selected] == id)
            timer_start_out(select == &timer_select_high_, now);
}

void SocEvents::pass_on(u8 id, const RegisterArray& masks, const EventPort& target, Cycles now) {
    const bool is_masked = (masks[id / 32].value() >> (id % 32) & 1) != 0;
    if (is_masked || !target.is_bound() || target(id, now))
        return;
    ++lost_;
    Register& overrun = overruns_[id / 32];
    overrun.set(overrun.value() | 1U << (id % 32));
}

}  // namespace flexv::soc_events
