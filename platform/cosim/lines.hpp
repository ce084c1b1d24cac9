// SPDX-License-Identifier: Apache-2.0
// Wires between the platform and others: inputs that act when they change, and outputs that change
// at the time of the cycle that is behind them, though the platform is ahead.
#pragma once

#include <deque>
#include <functional>
#include <systemc>
#include <utility>

namespace flexv::platform::cosim {

template <typename Value>
class Input final : public sc_core::sc_module {
public:
    sc_core::sc_in<Value> in{"in"};

    /// \param on_change is told the new value; also at the start, of another one than Value{}
    Input(const sc_core::sc_module_name& name, std::function<void(const Value& value)> on_change)
        : sc_core::sc_module(name), on_change_(std::move(on_change)) {
        SC_HAS_PROCESS(Input);
        SC_METHOD(look);
        sensitive << in;
    }

private:
    void look() {
        if (in.read() == last_)
            return;
        last_ = in.read();
        on_change_(last_);
    }

    const std::function<void(const Value& value)> on_change_;
    Value last_{};
};

using InputLine = Input<bool>;
using InputPeriod = Input<sc_core::sc_time>;

class OutputLine final : public sc_core::sc_module {
public:
    sc_core::sc_port<sc_core::sc_signal_inout_if<bool>, 0, sc_core::SC_ZERO_OR_MORE_BOUND> out{
        "out"};

    explicit OutputLine(const sc_core::sc_module_name& name);

    /// From `time` on the line has `level`; times never go back, and the past means now.
    void set(bool level, const sc_core::sc_time& time);
    /// One cycle long.
    void pulse(const sc_core::sc_time& time, const sc_core::sc_time& period);

private:
    void drive();

    std::deque<std::pair<sc_core::sc_time, bool>> planned_;
    bool last_ = false;  // planned
    sc_core::sc_event changed_;
};

}  // namespace flexv::platform::cosim
