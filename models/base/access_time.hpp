// SPDX-License-Identifier: Apache-2.0
// When an access happens that came by b_transport(). Beside modules of others the platform carries
// out a cycle one tick of SystemC's resolution behind its beginning, when they have done what they
// do at its beginning. So what happens a tick behind the beginning of a cycle happens in that
// cycle.
#pragma once

#include <systemc>

namespace flexv {

/// To be rounded up to a cycle.
inline sc_core::sc_time access_time(const sc_core::sc_time& delay) {
    const sc_core::sc_time time = sc_core::sc_time_stamp() + delay;
    const sc_core::sc_time tick = sc_core::sc_time::from_value(1);
    return time < tick ? time : time - tick;
}

}  // namespace flexv
