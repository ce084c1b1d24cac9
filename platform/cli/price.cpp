// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/price.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "platform/cli/exit_status.hpp"
#include "platform/config/energy_profiles.hpp"
#include "platform/files/output_file.hpp"
#include "platform/results/report.hpp"
#include "platform/results/report_reader.hpp"
#include "platform/results/summary.hpp"

#include <csignal>

namespace flexv::platform {

int price(const PriceCommand& command) {
    RunResult result = load_report(command.report);
    const std::string name =
        command.profile.empty() ? result.energy.profile_source : command.profile;
    result.clock.vdd = command.vdd.value_or(result.clock.vdd);
    if (command.mhz)  // for all of the run, whatever the firmware had set
        set_clock(result, {.vdd = result.clock.vdd, .mhz = *command.mhz});
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
