// SPDX-License-Identifier: Apache-2.0
// What a person should know while the run goes on, each once.
#pragma once

#include "base/cause.hpp"
#include "base/state_archive.hpp"
#include "core/core.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/system/soc.hpp"

#include <set>
#include <string>

namespace flexv::platform {

class Warnings {
public:
    /// Both outlive it. \param is_strict what the hardware tolerates in silence is a fault
    Warnings(const Soc& soc, const ElfImage& image, bool is_strict)
        : soc_(soc), image_(image), is_strict_(is_strict) {}

    /// Firmware that handles an illegal instruction often does so in silence and runs astray. May
    /// throw core::Fault.
    void trap(const core::Core& core, const std::string& what, u32 pc);
    /// The hardware goes on; a person should know, once for each instruction. May throw core::Fault
    /// or FirmwareFault.
    void misuse(const Cause& cause, const std::string& what);
    /// Of the clock that firmware has set; empty for none.
    void clock(const std::string& doubt);
    /// What has been told.
    void serialize(StateArchive& archive) {
        archive(told_traps_, told_misuses_, has_told_of_clock_);
    }

private:
    const Soc& soc_;
    const ElfImage& image_;
    const bool is_strict_;
    std::set<u32> told_traps_;    // pc
    std::set<u32> told_misuses_;  // pc
    bool has_told_of_clock_ = false;
};

}  // namespace flexv::platform
