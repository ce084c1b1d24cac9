// SPDX-License-Identifier: Apache-2.0
#include "platform/run/warnings.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "base/log.hpp"
#include "core/fault.hpp"

#include <utility>

namespace flexv::platform {

void Warnings::trap(const core::Core& core, const std::string& what, u32 pc) {
    if (!what.starts_with("illegal"))
        return;
    if (is_strict_)
        throw core::Fault(core.name(), pc, what);
    if (told_traps_.insert(pc).second)
        console::tell("flexv: warning: {}: {} (pc {}), goes to the firmware's handler\n",
                      core.name(), what, image_.place_of(pc));
}

void Warnings::misuse(const Cause& cause, const std::string& what) {
    if (is_strict_ && cause.is_known())
        throw core::Fault(cause.initiator, cause.pc, what);
    if (is_strict_)
        throw FirmwareFault(what);
    if (told_misuses_.insert(cause.pc).second)
        console::tell("flexv: warning: {:.3f} us {}{}\n", soc_.time().to_seconds() * 1e6, what,
                      Log::text_of(cause));
}

void Warnings::clock(const std::string& doubt) {
    if (doubt.empty() || std::exchange(has_told_of_clock_, true))
        return;
    console::tell("flexv: warning: {:.3f} us the clock leaves what the profile knows: {}{}\n",
                  soc_.time().to_seconds() * 1e6, doubt, Log::text_of(Log::cause()));
}

}  // namespace flexv::platform
