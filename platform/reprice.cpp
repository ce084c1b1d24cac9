// SPDX-License-Identifier: Apache-2.0
#include "platform/reprice.hpp"

#include "platform/energy_profiles.hpp"
#include "platform/report.hpp"
#include "platform/summary.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace flexv::platform {

int reprice(const PriceCommand& command) {
    RunResult result = load_report(command.report);
    const std::string name =
        command.profile.empty() ? result.energy.profile_source : command.profile;
    set_clock(result, {.vdd = command.vdd.value_or(result.clock.vdd),
                       .mhz = command.mhz.value_or(result.clock.mhz)});
    price_run(result, load_energy_profile(name), name);
    if (command.output.empty())
        fmt::print("{}", report_text(result));
    else
        save_report(result, command.output);
    std::fflush(stdout);
    if (!command.quiet)
        fmt::print(stderr, "{}", summary(result));
    return 0;
}

}  // namespace flexv::platform
