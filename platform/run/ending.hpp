// SPDX-License-Identifier: Apache-2.0
// What has ended a run, for a person: who did what, and where every core stands then.
#pragma once

#include "platform/firmware/elf.hpp"
#include "platform/results/run_result.hpp"
#include "platform/system/soc.hpp"

#include <string>

namespace flexv::platform {

class Ending {
public:
    /// Both outlive it. \param limit simulation.max_cycles
    Ending(const Soc& soc, const ElfImage& image, Cycles limit)
        : soc_(soc), image_(image), limit_(limit) {}

    [[nodiscard]] Outcome outcome() const;
    /// A sentence, and below it where the cores are; empty for an exit of the firmware.
    /// \param interruption who has ended the run, if nothing of its own has
    [[nodiscard]] std::string text(const std::string& interruption) const;
    /// The sentence alone.
    [[nodiscard]] std::string sentence(const std::string& interruption) const;

private:
    [[nodiscard]] std::string fault_text() const;
    [[nodiscard]] std::string deadlock_text() const;
    [[nodiscard]] std::string where_accesses_are() const;
    [[nodiscard]] std::string where_cores_are() const;

    const Soc& soc_;
    const ElfImage& image_;
    const Cycles limit_;
};

}  // namespace flexv::platform
