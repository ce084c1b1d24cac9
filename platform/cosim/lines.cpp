// SPDX-License-Identifier: Apache-2.0
#include "platform/cosim/lines.hpp"

#include <algorithm>

namespace flexv::platform::cosim {

OutputLine::OutputLine(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    SC_HAS_PROCESS(OutputLine);
    SC_METHOD(drive);
    sensitive << changed_;
}

void OutputLine::set(bool level, const sc_core::sc_time& time) {
    if (out.size() == 0 || level == last_)
        return;
    last_ = level;
    const sc_core::sc_time before =
        planned_.empty() ? sc_core::SC_ZERO_TIME : planned_.back().first;
    planned_.emplace_back(std::max(time, before), level);
    changed_.notify(sc_core::SC_ZERO_TIME);
}

void OutputLine::pulse(const sc_core::sc_time& time, const sc_core::sc_time& period) {
    set(true, time);
    set(false, std::max(time, sc_core::sc_time_stamp()) + period);
}

/// Two changes at one time are a delta cycle apart, so that a pulse is seen.
void OutputLine::drive() {
    const sc_core::sc_time now = sc_core::sc_time_stamp();
    if (!planned_.empty() && planned_.front().first <= now) {
        for (int index = 0; index < out.size(); ++index)
            out[index]->write(planned_.front().second);
        planned_.pop_front();
    }
    if (!planned_.empty())
        next_trigger(std::max(planned_.front().first, now) - now);
}

}  // namespace flexv::platform::cosim
