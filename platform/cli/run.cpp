// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/run.hpp"

#include "base/console.hpp"
#include "platform/cli/run_session.hpp"
#include "platform/firmware/elf_checks.hpp"
#include "platform/run/simulation.hpp"

#include <string>

namespace flexv::platform {

int run_simulation(const RunOptions& options, const Configuration& configuration) {
    const ElfImage image = ElfImage::read(options.firmware);
    if (const std::string warning = abi_warning(image.flags()); !warning.empty())
        console::tell("flexv: warning: {}: {}\n", image.name(), warning);
    RunSession session(configuration, image, options);
    session.simulation().run();
    return session.end();
}

}  // namespace flexv::platform
