// SPDX-License-Identifier: Apache-2.0
// What the user asked for: the commands of flexv-vp and their options. Parameters of the platform
// are not options; the few options that stand for one become settings.
#pragma once

#include "isa/instruction.hpp"
#include "platform/checks/options.hpp"
#include "platform/config/configuration_reader.hpp"
#include "platform/debug/gdb_options.hpp"
#include "platform/probes/instrumentation.hpp"
#include "platform/run/semihosting_options.hpp"
#include "platform/run/uart_options.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace flexv::platform {

/// Which configuration to use: load_configuration(name, settings).
struct ConfigurationOptions {
    std::string name;               ///< file or shipped configuration; empty: the shipped default
    std::vector<Setting> settings;  ///< in the order of the command line, later ones win
};

/// Options of `run` that are not parameters of the platform. An empty file name means: do not write
/// it.
struct RunOptions {
    std::string firmware;        ///< ELF file
    std::string platform = {};   ///< which of several this is, for the report; empty: the only one
    std::string report;          ///< JSON report to write
    std::string profile;         ///< what lines, functions and calls have cost; form by its ending
    std::string coverage;        ///< lines and branches that were executed, for lcov
    std::string power_trace;     ///< energy of each window and component, CSV
    std::string wave;            ///< states of cores, regions and power over time, VCD or FST
    std::string timeline;        ///< functions, sleeps, transfers, who wakes whom; trace events
    Cycles power_window = 1000;  ///< cycles of a window of the three
    std::string signature;       ///< words between begin_signature and end_signature
    std::string checkpoint;      ///< state of the run in the cycle `save_at`
    Cycles save_at = 0;
    std::string restore;  ///< checkpoint that the run goes on from; empty: it begins
    bool strict = false;  ///< what the hardware tolerates in silence is a fault
    bool quiet = false;   ///< no progress and no summary on stderr
    InstrumentationOptions instrumentation{};
    CheckOptions checks{};
    GdbOptions gdb{};
    SemihostingOptions semihosting{};
    UartOptions uart{};
};

struct RunCommand {
    RunOptions options;
    ConfigurationOptions configuration;
};
/// Prices a finished run again, for what is given; the rest stays as the report says.
struct PriceCommand {
    std::string report;   ///< as `run --report` wrote it
    std::string profile;  ///< shipped name or file; empty: the report's
    std::optional<double> vdd;
    std::optional<double> mhz;
    std::string output;  ///< new report; empty: stdout
    bool quiet = false;  ///< no summary on stderr
};
/// Prints the effective configuration.
struct ConfigCommand {
    ConfigurationOptions configuration;
};
/// Prints the instruction rows.
struct IsaCommand {
    std::string format;  ///< "table", "csv" or "gas"
};
/// Prints the instructions of an image.
struct DisassembleCommand {
    std::string firmware;
    isa::Mode mode = isa::Mode::legacy;
};
/// Prints the register map.
struct DescribeCommand {
    std::string format;  ///< "md" or "c"
    std::string block;   ///< of the map; empty: all
    ConfigurationOptions configuration;
};
/// Prints a text that the command line alone determines: help or version.
struct PrintCommand {
    std::string text;
};

using Command = std::variant<RunCommand, PriceCommand, ConfigCommand, IsaCommand,
                             DisassembleCommand, DescribeCommand, PrintCommand>;

/// `arguments` without the program's name. Throws UserError.
[[nodiscard]] Command parse_command_line(const std::vector<std::string>& arguments);

}  // namespace flexv::platform
