// SPDX-License-Identifier: Apache-2.0
// One row a command: name, synopsis, options and the function that reads the rest of the line.
// Parsing is Boost's; the messages are ours, because a mistake should name the option that was
// meant.
#include "platform/cli/command_line.hpp"

#include "base/error.hpp"
#include "platform/cli/command_options.hpp"
#include "platform/cli/command_readers.hpp"
#include "platform/cli/manual.hpp"
#include "platform/config/embedded.hpp"
#include "platform/config/energy_profiles.hpp"
#include "platform/config/nearest.hpp"

#include <algorithm>
#include <iterator>
#include <sstream>
#include <string_view>
#include <systemc>
#include <utility>

namespace flexv::platform {

namespace {

struct CommandRow {
    const char* name;
    const char* synopsis;
    const char* doc;
    po::options_description (*options)();
    Command (*read)(const ParsedLine&);
    std::vector<const char*> examples;
    bool takes_arguments = false;  ///< of the firmware, behind --
};

Command read_completion(const ParsedLine& line);
Command read_manual(const ParsedLine& line);

const CommandRow kCommands[] = {
    {"run",
     "run FIRMWARE.elf [options] [-- ARGUMENT...]",
     "runs a firmware",
     run_options,
     read_run,
     {"flexv-vp run hello.elf --report report.json",
      "flexv-vp run hello.elf --set soc.cluster.core_count=4 --check races,dma",
      "flexv-vp run hello.elf --gdb 3333", "flexv-vp run shell.elf --uart pty",
      "flexv-vp run hello.elf --save-at 10000 warm.ckpt",
      "flexv-vp run hello.elf --restore warm.ckpt --vdd 0.8"},
     true},
    {"price",
     "price REPORT.json [--energy-profile NAME|FILE] [--vdd V] [--mhz F]",
     "prices a finished run again",
     price_options,
     read_price,
     {"flexv-vp price report.json --vdd 0.7 --mhz 400"}},
    {"config",
     "config [--config FILE] [--set KEY=VALUE ...] [--keys]",
     "prints the effective configuration with a description of every parameter",
     config_options,
     read_config,
     {"flexv-vp config --set clock.mhz=200 > mine.json"}},
    {"disasm",
     "disasm FIRMWARE.elf [--simd legacy|status]",
     "prints the instructions of a firmware",
     disassemble_options,
     read_disassemble,
     {"flexv-vp disasm hello.elf"}},
    {"isa",
     "isa [--format table|csv|gas]",
     "prints the instruction rows",
     isa_options,
     read_isa,
     {"flexv-vp isa --format csv"}},
    {"describe",
     "describe [--format md|c] [--block NAME] [--config FILE] [--set KEY=VALUE ...]",
     "prints the register map of the elaborated platform",
     describe_options,
     read_describe,
     {"flexv-vp describe --block EU_DEMUX"}},
    {"completion",
     "completion bash|zsh",
     "prints a script by which a shell completes command lines",
     no_options,
     read_completion,
     {"source <(flexv-vp completion bash)"}},
    {"man",
     "man",
     "prints the manual page, section 1",
     no_options,
     read_manual,
     {"flexv-vp man | man -l -"}},
};

/// Values that an option may have, or the words of a list of them.
std::vector<std::string> words_of(const std::string& option, const std::string& value) {
    if (option == "config")
        return embedded_names("config/", ".json");
    if (option == "energy-profile")
        return energy_profile_names();
    std::vector<std::string> words;
    if (option == "uart")
        words.emplace_back("pty");
    if (option == "check") {
        for (const CheckName& check : kCheckNames)
            words.emplace_back(check.name);
        words.emplace_back("all");
    }
    const bool is_choice = value.find('|') != std::string::npos &&
                           std::ranges::none_of(value, [](char c) { return c >= 'A' && c <= 'Z'; });
    std::istringstream parts(is_choice ? value : "");
    for (std::string part; std::getline(parts, part, '|');)
        words.push_back(part);
    return words;
}

CommandLineText command_line_text() {
    CommandLineText text{.commands = {}, .keys = parameter_keys()};
    for (const CommandRow& row : kCommands) {
        CommandText command{.name = row.name,
                            .synopsis = row.synopsis,
                            .doc = row.doc,
                            .examples = {row.examples.begin(), row.examples.end()},
                            .options = {}};
        const po::options_description known = row.options();
        for (const auto& option : known.options()) {
            const bool has_value = option->semantic()->max_tokens() != 0;
            const std::string value = has_value ? option->format_parameter() : "";
            command.options.push_back({.name = option->long_name(),
                                       .value = value,
                                       .doc = option->description(),
                                       .words = words_of(option->long_name(), value)});
        }
        text.commands.push_back(std::move(command));
    }
    return text;
}

Command read_completion(const ParsedLine& line) {
    const std::string shell = line.bare.size() == 1 ? line.bare.front() : "";
    if (shell != "bash" && shell != "zsh")
        throw UserError(
            "completion: expected bash or zsh\n  hint: source <(flexv-vp completion bash)");
    return PrintCommand{.text = shell == "bash" ? bash_completion(command_line_text())
                                                : zsh_completion(command_line_text())};
}

Command read_manual(const ParsedLine& line) {
    expect_none(line.bare);
    return PrintCommand{.text = manual_page(command_line_text(), FLEXV_VERSION)};
}

std::string general_help() {
    std::string text = "Virtual platform of the Flex-V cluster.\n\nUsage:\n";
    for (const CommandRow& row : kCommands)
        text += fmt::format("  flexv-vp {}\n      {}\n", row.synopsis, row.doc);
    return text +
           "  flexv-vp COMMAND --help, flexv-vp help COMMAND\n"
           "      lists the options of a command\n"
           "  flexv-vp --version, -v\n";
}

std::string help_of(const CommandRow& row) {
    std::ostringstream options;
    options << row.options();
    std::string text = fmt::format("Usage: flexv-vp {}\n  {}\n\n", row.synopsis, row.doc);
    if (!row.options().options().empty())
        text += options.str() + "\n";
    text += row.examples.size() > 1 ? "Examples:\n" : "Example:\n";
    for (const char* example : row.examples)
        text += fmt::format("  {}\n", example);
    return text;
}

std::string version() {
    return fmt::format("flexv-vp {} (SystemC {})\n", FLEXV_VERSION, sc_core::sc_version_string);
}

[[noreturn]] void refuse_option(const CommandRow& row, const std::string& option,
                                const po::options_description& known) {
    std::vector<std::string> names;
    for (const auto& description : known.options())
        if (description->long_name() != kBare)
            names.push_back("--" + description->long_name());
    const std::string meant = meant_word(option, names);
    throw UserError("{}: unknown option {}{}\n  hint: flexv-vp {} --help", row.name, option,
                    meant.empty() ? "" : "; nearest: " + meant, row.name);
}

/// A script whose variable is empty asks for something that it does not get.
void refuse_empty(const CommandRow& row, const std::vector<po::option>& options) {
    for (const po::option& option : options)
        for (const std::string& value : option.value)
            if (value.empty())
                throw UserError("{}: {} is empty\n  hint: flexv-vp {} --help", row.name,
                                option.string_key == kBare ? "an argument"
                                                           : "the value of --" + option.string_key,
                                row.name);
}

/// What stands behind `--`, which it takes off `arguments`.
std::vector<std::string> take_behind_dashes(std::vector<std::string>& arguments) {
    const auto dashes = std::ranges::find(arguments, "--");
    const auto behind = dashes == arguments.end() ? dashes : dashes + 1;
    std::vector<std::string> taken(behind, arguments.end());
    arguments.erase(dashes, arguments.end());
    return taken;
}

ParsedLine parse_options(const CommandRow& row, std::vector<std::string> arguments) {
    std::vector<std::string> behind;
    if (row.takes_arguments)
        behind = take_behind_dashes(arguments);
    po::options_description known = row.options();
    known.add_options()("help,h", "")(kBare, po::value<std::vector<std::string>>());
    po::positional_options_description positions;
    positions.add(kBare, -1);
    try {
        using namespace po::command_line_style;
        const auto parsed = po::command_line_parser(arguments)
                                .options(known)
                                .positional(positions)
                                .style(unix_style & ~allow_guessing)
                                .run();
        refuse_empty(row, parsed.options);
        ParsedLine line{.values = {},
                        .in_order = parsed.options,
                        .bare = {},
                        .behind_dashes = std::move(behind)};
        po::store(parsed, line.values);
        if (line.has(kBare))
            line.bare = line.values[kBare].as<std::vector<std::string>>();
        return line;
    } catch (const po::unknown_option& error) {
        refuse_option(row, error.get_option_name(), known);
    } catch (const po::error& error) {
        throw UserError("{}: {}\n  hint: flexv-vp {} --help", row.name, error.what(), row.name);
    }
}

std::string command_names() {
    std::vector<std::string> names;
    for (const CommandRow& row : kCommands)
        names.emplace_back(row.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

const CommandRow& row_of(const std::string& name) {
    const auto row = std::ranges::find(kCommands, std::string_view{name}, &CommandRow::name);
    if (row == std::end(kCommands))
        throw UserError("unknown command \"{}\"; commands: {}\n  hint: flexv-vp --help", name,
                        command_names());
    return *row;
}

/// `help` alone, or with the name of a command.
Command help(const std::vector<std::string>& names) {
    if (names.size() > 1)
        throw UserError("help: one command only, but {} were given: {}", names.size(),
                        fmt::join(names, " "));
    return PrintCommand{.text = names.empty() ? general_help() : help_of(row_of(names.front()))};
}

}  // namespace

Command parse_command_line(const std::vector<std::string>& arguments) {
    if (arguments.empty())
        throw UserError("no command given; commands: {}\n  hint: flexv-vp --help", command_names());
    const std::string& first = arguments.front();
    const std::vector<std::string> rest(arguments.begin() + 1, arguments.end());
    if (first == "--help" || first == "-h")
        return PrintCommand{.text = general_help()};
    if (first == "--version" || first == "-v")
        return PrintCommand{.text = version()};
    if (first == "help")
        return help(rest);
    const CommandRow& row = row_of(first);
    const ParsedLine line = parse_options(row, rest);
    if (line.has("help"))
        return PrintCommand{.text = help_of(row)};
    return row.read(line);
}

}  // namespace flexv::platform
