// SPDX-License-Identifier: Apache-2.0
#include "platform/reprice.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "platform/energy_profiles.hpp"
#include "platform/exit_status.hpp"
#include "platform/output_file.hpp"
#include "platform/report.hpp"
#include "platform/summary.hpp"

#include <csignal>

namespace flexv::platform {

int reprice(const PriceCommand& command) {
    RunResult result = load_report(command.report);
    const std::string name =
        command.profile.empty() ? result.energy.profile_source : command.profile;
    set_clock(result, {.vdd = command.vdd.value_or(result.clock.vdd),
                       .mhz = command.mhz.value_or(result.clock.mhz)});
    price_run(result, load_energy_profile(name), name);
    int status = 0;
    if (command.output.empty()) {
        status = print(report_text(result));
    } else {
        OutputFile file("--report", command.output);
        save_report(result, file);
        if (!file.problem().empty())
            throw UserError(file.problem());
        status = file.has_lost_reader() ? signal_base + SIGPIPE : 0;
    }
    if (!command.quiet)
        console::tell(summary(result));
    return status;
}

}  // namespace flexv::platform
