// SPDX-License-Identifier: Apache-2.0
// Who runs a Soc: what the Soc asks him between two quanta, and what it tells him. One owner with
// several answers, so he is one interface, given when the Soc is made; instruments look on at
// Probes.
#pragma once

#include "base/cause.hpp"

#include <string>
#include <systemc>

namespace flexv::platform {

/// By itself it lets the run go on as it goes, and stops the kernel at its end.
class RunControl {
public:
    RunControl() = default;
    RunControl(const RunControl&) = delete;
    RunControl& operator=(const RunControl&) = delete;

    /// Asked between quanta, and in the course of long ones: true ends the run there. As at the
    /// limit of cycles, nothing behind that place has happened.
    virtual bool must_stop() { return false; }
    /// Something may come from people at any time: then nobody runs ahead past a quantum, and
    /// take_input() is called behind each.
    [[nodiscard]] virtual bool has_input() const { return false; }
    /// What has come from people, whom it may wait for. `is_asleep`: nothing else is left to do.
    /// False: nor is there anything to come.
    virtual bool take_input(bool /*is_asleep*/) { return false; }
    /// Nothing will ever happen again: asked whether somebody has set something going now. If not,
    /// that is a deadlock.
    virtual bool revive() { return false; }
    /// Firmware does what the hardware tolerates and nobody means: an access that an error slave
    /// answers, DMA addresses that wrap. May throw core::Fault or FirmwareFault, which ends the
    /// run.
    virtual void report_misuse(const Cause& /*cause*/, const std::string& /*what*/) {}
    /// The run has ended. Called from the platform's process.
    virtual void note_end() { sc_core::sc_stop(); }

    /// Of a Soc that nobody runs.
    static RunControl& nobody() {
        static RunControl instance;
        return instance;
    }

protected:
    ~RunControl() = default;
};

}  // namespace flexv::platform
