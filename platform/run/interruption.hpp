// SPDX-License-Identifier: Apache-2.0
// SIGINT, SIGTERM and SIGHUP. Outside of a run they end the program at once; during a run the first
// one is noted, so that the run can end in order, and the second one ends at once. Handlers only
// touch atomics and call what POSIX lists as safe.
#pragma once

#include <string>

namespace flexv::platform {

/// Installs the handlers. A SIGHUP that the caller ignores (nohup) stays ignored.
void handle_signals();

/// While one exists, the first signal is noted instead of ending the program.
class SignalDeferral {
public:
    SignalDeferral() noexcept;
    ~SignalDeferral();
    SignalDeferral(const SignalDeferral&) = delete;
    SignalDeferral& operator=(const SignalDeferral&) = delete;

    /// The signal that was noted; 0 for none.
    [[nodiscard]] int noted() const noexcept;
};

/// "interrupted by signal 2 (SIGINT)"
[[nodiscard]] std::string interruption_text(int signal);

}  // namespace flexv::platform
