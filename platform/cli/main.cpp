// SPDX-License-Identifier: Apache-2.0
// The program flexv-vp: reads the command line and carries out the command.
#include "base/console.hpp"
#include "isa/tools/listing.hpp"
#include "platform/cli/command_line.hpp"
#include "platform/cli/exit_status.hpp"
#include "platform/cli/price.hpp"
#include "platform/cli/run.hpp"
#include "platform/config/configuration_reader.hpp"
#include "platform/firmware/disassembly.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/run/interruption.hpp"
#include "platform/run/systemc_reports.hpp"
#include "platform/system/register_map.hpp"
#include "platform/system/register_pages.hpp"
#include "platform/system/soc.hpp"

#include <cstdlib>
#include <string>
#include <systemc>
#include <variant>
#include <vector>

namespace {

using namespace flexv::platform;

struct Execute {
    int operator()(const PrintCommand& command) const { return print(command.text); }
    int operator()(const ConfigCommand& command) const {
        return print(to_text(load(command.configuration)));
    }
    int operator()(const IsaCommand& command) const {
        return print(flexv::isa::listing(command.format).value());
    }
    int operator()(const DisassembleCommand& command) const {
        return print(disassembly(ElfImage::read(command.firmware), command.mode));
    }
    int operator()(const DescribeCommand& command) const {
        const Soc soc("soc", load(command.configuration).values);
        return print(
            describe_registers(register_blocks(soc), command.format == "c", command.block));
    }
    int operator()(const RunCommand& command) const {
        return run_simulation(command.options, load(command.configuration).values);
    }

    int operator()(const PriceCommand& command) const { return price(command); }

private:
    static LoadedConfiguration load(const ConfigurationOptions& options) {
        return load_configuration(options.name, options.settings);
    }
};

}  // namespace

int sc_main(int argc, char* argv[]) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    redirect_systemc_reports();
    handle_signals();
    return guarded([&arguments] { return std::visit(Execute{}, parse_command_line(arguments)); });
}

/// Instead of SystemC's own main(), because the banner can only be switched off before the kernel
/// starts.
int main(int argc, char* argv[]) {
    flexv::console::prepare();
    setenv("SYSTEMC_DISABLE_COPYRIGHT_MESSAGE", "1", 1);
    return sc_core::sc_elab_and_sim(argc, argv);
}
