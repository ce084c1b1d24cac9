// SPDX-License-Identifier: Apache-2.0
// The window to which the firmware's printf stores its characters. Not silicon: the test bench of
// the chip has it at the same place.
#pragma once

#include "base/bus_target.hpp"
#include "virtual_stdout/line_buffers.hpp"

namespace flexv::virtual_stdout {

class VirtualStdout final : public Module {
public:
    struct Config {
        LineBuffers::Sink sink =
            {};  ///< takes each finished line with its '\n'; stdout without one
        unsigned latency_cycles = 1;  ///< grant to answer
    };

    BusTarget::Socket bus_in{"bus_in"};
    BusTarget::Export data_in{"data_in"};

    VirtualStdout(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override { lines_.clear(); }
    /// To be called at the end of the run: passes on unfinished lines.
    void flush() { lines_.flush(); }

private:
    /// A store of any width is one character: its low byte.
    class Window final : public BusTarget {
    public:
        Window(VirtualStdout& owner, const ClockDomain& clock, unsigned latency_cycles)
            : BusTarget(owner, "window", 0x1000, latency_cycles, &clock), owner_(owner) {}

    private:
        BusAnswer perform(const BusAccess& access) override;

        VirtualStdout& owner_;
    };

    LineBuffers lines_;
    Window window_;
    Counter characters_{*this, "characters", "characters printed"};
};

}  // namespace flexv::virtual_stdout
