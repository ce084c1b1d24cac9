// SPDX-License-Identifier: Apache-2.0
#include "platform/run/ending.hpp"

#include <fmt/format.h>

namespace flexv::platform {

std::string Ending::fault_text() const {
    const Soc::Fault& fault = *soc_.fault();
    const double time = soc_.end_ns() / 1000;
    const std::string who = fault.core.empty() ? "" : fault.core + ": ";
    const std::string where = fault.pc ? fmt::format(" (pc {})", image_.place_of(*fault.pc)) : "";
    return fmt::format("{:.3f} us {}{}{}; stopped", time, who, fault.what, where);
}

Outcome Ending::outcome() const {
    if (soc_.fault())
        return Outcome::fault;
    if (soc_.exit_code())
        return Outcome::exit;
    if (soc_.is_interrupted())
        return Outcome::interrupted;
    return soc_.is_deadlocked() ? Outcome::deadlock : Outcome::limit;
}

std::string Ending::deadlock_text() const {
    return fmt::format("deadlock at cycle {}: every core sleeps and nothing is pending",
                       soc_.end()) +
           where_cores_are() + where_accesses_are();
}

std::string Ending::where_accesses_are() const {
    std::string text;
    for (const std::string& line : soc_.outside.obstacles())
        text += "\n  " + line;
    return text;
}

std::string Ending::where_cores_are() const {
    std::string text;
    for (const core::Core* core : soc_.cores())
        text += fmt::format("\n  {} at pc {}: {}", core->name(), image_.place_of(core->hart().pc),
                            core->describe_wait());
    return text;
}

std::string Ending::sentence(const std::string& interruption) const {
    const std::string text = this->text(interruption);
    return text.substr(0, text.find('\n'));
}

std::string Ending::text(const std::string& interruption) const {
    switch (outcome()) {
        case Outcome::exit:
            return {};
        case Outcome::fault:
            return fault_text();
        case Outcome::deadlock:
            return deadlock_text();
        case Outcome::limit:
            return fmt::format("stopped at the limit of {} cycles (simulation.max_cycles)",
                               limit_) +
                   where_cores_are();
        case Outcome::interrupted:
            return fmt::format("{} at cycle {}", interruption, soc_.end()) + where_cores_are();
    }
    return {};
}

}  // namespace flexv::platform
