// SPDX-License-Identifier: Apache-2.0
// What stands around a simulation that a user has asked for by the options of `run`: files,
// instruments, debugger, signals, and the words and the status with which it ends.
#pragma once

#include "platform/cli/command_line.hpp"
#include "platform/run/simulation.hpp"

#include <memory>

namespace flexv::platform {

class RunSession {
public:
    /// Opens the files and makes the simulation, with its instruments. Throws UserError. `image`
    /// outlives it.
    RunSession(const Configuration& configuration, const ElfImage& image,
               const RunOptions& options);
    /// Beside others; see Simulation.
    RunSession(const Configuration& configuration, const ElfImage& image, const RunOptions& options,
               Soc& soc);
    ~RunSession();
    RunSession(const RunSession&) = delete;
    RunSession& operator=(const RunSession&) = delete;

    [[nodiscard]] Simulation& simulation() const;
    /// Behind the run: tells what came of it and writes the files. Call once. Returns the exit
    /// status of the program.
    int end();

private:
    class Parts;
    const std::unique_ptr<Parts> parts_;
};

}  // namespace flexv::platform
