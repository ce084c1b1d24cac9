// SPDX-License-Identifier: Apache-2.0
// The registers that all peripherals of the uDMA share: clock gates and the choice of events.
#pragma once

#include "base/register.hpp"

namespace flexv::udma {

class Control final : public Module {
public:
    struct Config {
        unsigned latency_cycles = 1;  ///< grant to answer
    };

    BusTarget::Socket bus_in{"bus_in"};
    BusTarget::Export data_in{"data_in"};

    Control(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
        : Module(name), config_(config), clock_(clock) {
        bank_.serve(bus_in, data_in);
    }

    void reset() override { bank_.reset(); }
    [[nodiscard]] const RegisterBank& registers() const { return bank_; }

private:
    const Config config_;
    ClockDomain& clock_;
    RegisterBank bank_{*this,
                       "regs",
                       {.size_bytes = 0x80,
                        .latency_cycles = config_.latency_cycles,
                        .unmapped = Unmapped::read_zero_and_warn,
                        .clock = &clock_}};
    Register clock_gate_{bank_,
                         {.offset = 0x00,
                          .name = "CLK_GATE",
                          .doc = "Clocks of the peripherals, without effect: all run.",
                          .fields = {whole_word}}};
    Register event_in_{bank_,
                       {.offset = 0x04,
                        .name = "EVT_IN",
                        .doc = "Events that the peripherals listen to, storage only.",
                        .fields = {whole_word}}};
};

}  // namespace flexv::udma
