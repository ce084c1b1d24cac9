// SPDX-License-Identifier: Apache-2.0
// The alarm as a shared object for flexv-vp.
#include "alarm.hpp"

#include <flexv/plugin.hpp>

namespace {

struct AlarmDevice final : Alarm {
    AlarmDevice(const sc_core::sc_module_name& name, flexv::plugin::Host& host) : Alarm(name) {
        host.bind(in);
        host.bind(irq_out);
    }
};

}  // namespace

FLEXV_PLUGIN(flexv::plugin::device<AlarmDevice>("alarm", "Interrupts at a time."));
