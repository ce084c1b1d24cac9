// SPDX-License-Identifier: Apache-2.0
// What somebody wants of a run besides its result: instruments, files, a debugger, a checkpoint.
// All of it is known when the run is made.
#pragma once

#include "platform/checks/options.hpp"
#include "platform/debug/gdb_options.hpp"
#include "platform/probes/instrumentation.hpp"
#include "platform/run/semihosting_options.hpp"
#include "platform/run/uart_options.hpp"

#include <functional>
#include <string>

namespace flexv::platform {

class OutputFile;

/// Files are open, their owner commits them behind the run, and they outlive it; null: not wanted.
struct RunRequest {
    std::string platform = {};  ///< which of several this is, for the report; empty: the only one
    /// What the hardware tolerates in silence ends the run: a trap that firmware handles, an access
    /// that an error slave answers, DMA addresses that wrap, what a check finds.
    bool is_strict = false;
    bool wants_signature = false;  ///< the words between begin_signature and end_signature
    bool wants_profile = false;    ///< what lines, functions and calls cost
    bool wants_coverage = false;   ///< what is executed
    InstrumentationOptions instrumentation = {};
    OutputFile* trace = nullptr;  ///< of `instrumentation`: every instruction
    CheckOptions checks = {};     ///< mistakes of the firmware

    OutputFile* power_trace = nullptr;  ///< energy of each window and component
    OutputFile* wave = nullptr;         ///< what the cores do and what they need
    OutputFile* timeline = nullptr;     ///< functions, sleeps, transfers and curves
    Cycles power_window = 1000;         ///< cycles of a window of the three

    GdbOptions gdb = {};
    UartOptions uart = {};  ///< somebody at the other end of the UART
    SemihostingOptions semihosting = {};

    std::string restore = {};  ///< checkpoint that the run goes on from; empty: it boots
    /// A checkpoint of when everything before `save_at` has been carried out.
    OutputFile* checkpoint = nullptr;
    Cycles save_at = 0;

    /// Asked now and then in the course of the run: a text that says why the run shall end here,
    /// "interrupted by signal 2"; empty to go on.
    std::function<std::string()> why_stop = [] { return std::string(); };
    /// Asked while a debugger or somebody at the UART holds the run: true ends that.
    std::function<bool()> must_end = [] { return false; };

    [[nodiscard]] bool wants_power() const {
        return power_trace != nullptr || wave != nullptr || timeline != nullptr;
    }
};

}  // namespace flexv::platform
