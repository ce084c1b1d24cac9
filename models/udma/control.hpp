// SPDX-License-Identifier: Apache-2.0
// The registers that all peripherals of the uDMA share: clock gates and the choice of events.
#pragma once

#include "base/register_block.hpp"

namespace flexv::udma {

class Control final : public RegisterBlock {
public:
    Control(const sc_core::sc_module_name& name, ClockDomain& clock)
        : RegisterBlock(name, clock,
                        {.size_bytes = 0x80, .unmapped = Unmapped::read_zero_and_warn}) {}

private:
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
