// SPDX-License-Identifier: Apache-2.0
// One row a command: name, synopsis, options and the function that reads the rest of the line.
// Parsing is Boost's; the messages are ours, because a mistake should name the option that was
// meant.
#include "platform/cli/command_line.hpp"

#include "base/error.hpp"
#include "platform/cli/manual.hpp"
#include "platform/config/embedded.hpp"
#include "platform/config/energy_profiles.hpp"
#include "platform/config/nearest.hpp"

#include <algorithm>
#include <boost/program_options.hpp>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <systemc>
#include <utility>

namespace flexv::platform {

namespace {

namespace po = boost::program_options;

/// An option that stands for one parameter of the configuration.
struct Shorthand {
    const char* option;
    const char* key;
};
constexpr Shorthand kShorthands[] = {
    {"energy-profile", "energy.profile"},    {"vdd", "clock.vdd"},        {"mhz", "clock.mhz"},
    {"max-cycles", "simulation.max_cycles"}, {"stdin", "soc.uart.input"},
};

constexpr const char* kBare = "bare-arguments";  // arguments that belong to no option

/// A parsed line: values by name, and the options in the order in which they were given.
struct Line {
    po::variables_map values;
    std::vector<po::option> in_order;
    std::vector<std::string> bare;
    std::vector<std::string> behind_dashes;  ///< arguments of the firmware

    [[nodiscard]] std::string text(const char* option) const {
        return values.count(option) == 0 ? std::string{} : values[option].as<std::string>();
    }
    [[nodiscard]] bool has(const char* option) const { return values.count(option) != 0; }
};

struct CommandRow {
    const char* name;
    const char* synopsis;
    const char* doc;
    po::options_description (*options)();
    Command (*read)(const Line&);
    std::vector<const char*> examples;
    bool takes_arguments = false;  ///< of the firmware, behind --
};

po::options_description configuration_options() {
    po::options_description options("Configuration");
    options.add_options()("config", po::value<std::string>()->value_name("FILE|NAME"),
                          "configuration file, or the name of a shipped one")(
        "set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
        "one parameter, may be repeated; `flexv-vp config` lists them");
    return options;
}

/// "hazards, races, ..."
std::string check_names() {
    std::vector<std::string_view> names;
    for (const CheckName& check : kCheckNames)
        names.push_back(check.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

/// An option with two values, one behind the other.
class TwoValues final : public po::typed_value<std::vector<std::string>> {
public:
    static constexpr unsigned kValues = 2;

    TwoValues() : typed_value(nullptr) {}

    unsigned min_tokens() const override { return kValues; }
    unsigned max_tokens() const override { return kValues; }
};

po::options_description run_options() {
    po::options_description options("Options of run");
    auto add = options.add_options();
    for (const auto& [option, key] : kShorthands)
        add(option, po::value<std::string>()->value_name("VALUE"),
            fmt::format("same as --set {}=VALUE", key).c_str());
    add("report", po::value<std::string>()->value_name("FILE"), "write the JSON report");
    add("signature", po::value<std::string>()->value_name("FILE"),
        "write the words between begin_signature and end_signature");
    add("save-at", (new TwoValues)->value_name("CYCLE FILE"),  // the description owns it
        "write a checkpoint once everything before this cycle has happened, and go on");
    add("restore", po::value<std::string>()->value_name("FILE"),
        "go on from a checkpoint of this firmware and configuration; prices, voltage, a frequency "
        "that both clocks share, limits and outputs may be others");
    add("trace", po::value<std::string>()->value_name("FILE"),
        "write a line an instruction, in the columns of the RTL's tracer");
    add("trace-harts", po::value<std::string>()->value_name("0,2-5"),
        "only these harts; all when not given");
    add("trace-from", po::value<std::string>()->value_name("CYCLE"), "only from this cycle on");
    add("trace-to", po::value<std::string>()->value_name("CYCLE"), "only up to this cycle");
    add("check", po::value<std::string>()->value_name("LIST"),
        ("look for mistakes of the firmware: " + check_names() + ", or all").c_str());
    add("profile", po::value<std::string>()->value_name("FILE"),
        "write what each line, function and chain of calls has cost: .txt tables, .folded stacks "
        "for "
        "flame graphs, .json, else for KCachegrind; the report lists functions, too");
    add("coverage", po::value<std::string>()->value_name("FILE.info"),
        "write which lines and branches were executed, for lcov and genhtml");
    add("power-trace", po::value<std::string>()->value_name("FILE.csv"),
        "write the energy of each component over time");
    add("wave", po::value<std::string>()->value_name("FILE.vcd|FILE.fst"),
        "write states of the cores, regions and power over time");
    add("timeline", po::value<std::string>()->value_name("FILE.json"),
        "write functions, sleeps, DMA transfers, who wakes whom, power and bank conflicts over "
        "time, "
        "for Perfetto or scripts/timeline");
    add("power-window", po::value<std::string>()->value_name("CYCLES"),
        "resolution of power over time; 1000 when not given");
    add("gdb", po::value<std::string>()->value_name("PORT|PATH"),
        "wait for a debugger on a port of this machine (0: any free one) or a Unix socket");
    add("semihosting",
        "let firmware use the console, the time and its arguments, which stand behind "
        "--, and end the run, by RISC-V semihosting");
    add("semihost-root", po::value<std::string>()->value_name("FOLDER"),
        "the same, and the files below this folder");
    add("gdb-nowait", "do not wait for it; it may connect at any time");
    add("uart", po::value<std::string>()->value_name("pty|PORT|PATH"),
        "let somebody read and type at the UART: on a pseudo terminal, a port of this machine (0: "
        "any free one) or a Unix socket; the run waits for them");
    add("uart-nowait", "do not wait for them; they may come at any time");
    add("strict", "what the hardware tolerates in silence is a fault");
    add("quiet", "neither progress nor summary on stderr");
    options.add(configuration_options());
    return options;
}

po::options_description price_options() {
    po::options_description options("Options of price");
    options.add_options()("energy-profile", po::value<std::string>()->value_name("NAME|FILE"),
                          "prices; the report's own when not given")(
        "vdd", po::value<std::string>()->value_name("V"),
        "supply voltage; the report's when not given")(
        "mhz", po::value<std::string>()->value_name("F"), "clock; the report's when not given")(
        "report", po::value<std::string>()->value_name("FILE"),
        "write the new report here instead of to stdout")("quiet", "no summary on stderr");
    return options;
}

po::options_description config_options() {
    po::options_description options("Options of config");
    options.add_options()("keys", "only the names of the parameters, one a line");
    options.add(configuration_options());
    return options;
}

po::options_description no_options() { return po::options_description("Options"); }

po::options_description isa_options() {
    po::options_description options("Options of isa");
    options.add_options()("format", po::value<std::string>()->value_name("table|csv|gas"),
                          "how the instruction rows are printed; table when not given");
    return options;
}

po::options_description disassemble_options() {
    po::options_description options("Options of disasm");
    options.add_options()("simd", po::value<std::string>()->value_name("legacy|status"),
                          "what SIMD and Mac&Load words mean (CSR 0x010); legacy when not given");
    return options;
}

po::options_description describe_options() {
    po::options_description options("Options of describe");
    options.add_options()("format", po::value<std::string>()->value_name("md|c"),
                          "manual page or C header; md when not given")(
        "block", po::value<std::string>()->value_name("NAME"), "only this block of the map");
    options.add(configuration_options());
    return options;
}

Setting setting_of(const std::string& assignment, const std::string& origin) {
    const auto equals = assignment.find('=');
    if (equals == 0)
        throw UserError("{}: names no parameter; expected KEY=VALUE", origin);
    if (equals == std::string::npos)
        throw UserError("{}: expected KEY=VALUE", origin);
    return {.key = assignment.substr(0, equals),
            .text = assignment.substr(equals + 1),
            .origin = origin};
}

/// "soc.cluster.core_count=4" behind `--set` and another setting; a path has a slash.
bool is_assignment(const std::string& argument) {
    const auto equals = argument.find('=');
    return equals != std::string::npos && argument.substr(0, equals).find('/') == std::string::npos;
}

ConfigurationOptions read_configuration(const Line& line) {
    ConfigurationOptions result{.name = line.text("config"), .settings = {}};
    for (const po::option& option : line.in_order) {
        const auto shorthand =
            std::ranges::find(kShorthands, option.string_key, &Shorthand::option);
        const bool is_bare = option.string_key == kBare;
        for (const std::string& value : option.value) {
            if (option.string_key == "set" || (is_bare && is_assignment(value)))
                result.settings.push_back(setting_of(value, "--set " + value));
            else if (shorthand != std::end(kShorthands))
                result.settings.push_back(
                    {.key = shorthand->key,
                     .text = value,
                     .origin = fmt::format("--{} {}", option.string_key, value)});
        }
    }
    return result;
}

std::vector<std::string> without_assignments(const std::vector<std::string>& bare) {
    std::vector<std::string> result;
    std::ranges::remove_copy_if(bare, std::back_inserter(result), is_assignment);
    return result;
}

void expect_none(const std::vector<std::string>& bare) {
    if (!bare.empty())
        throw UserError("unexpected argument \"{}\"", bare.front());
}

/// A number as in the configuration: decimal, 0x..., 1e6.
template <typename Number>
Number whole_number(const std::string& option, const std::string& text, u64 low = 0,
                    u64 high = u64(std::numeric_limits<Number>::max())) {
    const Domain allowed = whole(low, high);
    const auto value = read_value(raw_value(text), Value{u64{0}}, allowed);
    if (!value)
        throw UserError("--{} {}: must be {}", option, text, allowed.text);
    return Number(std::get<u64>(*value));
}

/// Cycles of a window of power over time.
Cycles read_power_window(const Line& line) {
    constexpr Cycles kDefault = 1000;
    if (!line.has("power-window"))
        return kDefault;
    if (!line.has("power-trace") && !line.has("wave") && !line.has("timeline"))
        throw UserError(
            "--power-window needs --power-trace FILE.csv, --wave FILE or --timeline FILE");
    return whole_number<Cycles>("power-window", line.text("power-window"), 1);
}

/// The only file among the bare arguments.
std::string firmware_of(const char* command, const std::vector<std::string>& files) {
    if (files.empty())
        throw UserError("{0}: no firmware given\n  hint: flexv-vp {0} FIRMWARE.elf", command);
    if (files.size() > 1)
        throw UserError("{}: one firmware only, but {} were given: {}", command, files.size(),
                        fmt::join(files, " "));
    return files.front();
}

/// "0,2-5"
std::vector<u32> hart_numbers(const std::string& list) {
    constexpr u64 kLast = 1023;  // 32 clusters of 32 cores, docs/spec/firmware_abi.md section 2
    std::vector<u32> harts;
    std::istringstream parts(list);
    for (std::string part; std::getline(parts, part, ',');) {
        const auto dash = part.find('-', 1);
        const u32 first = whole_number<u32>("trace-harts", part.substr(0, dash), 0, kLast);
        const u32 last = dash == std::string::npos
                             ? first
                             : whole_number<u32>("trace-harts", part.substr(dash + 1), 0, kLast);
        if (last < first)
            throw UserError("--trace-harts {}: {} is below {}; expected such as 0,2-5", list, last,
                            first);
        for (u32 hart = first; hart <= last; ++hart)
            harts.push_back(hart);
    }
    return harts;
}

core::TraceWindow trace_window(const Line& line) {
    core::TraceWindow window;
    if (line.has("trace-from"))
        window.from = whole_number<Cycles>("trace-from", line.text("trace-from"));
    if (line.has("trace-to"))
        window.to = whole_number<Cycles>("trace-to", line.text("trace-to"));
    if (window.from > window.to)
        throw UserError("--trace-from {} lies behind --trace-to {}; exchange them", window.from,
                        window.to);
    return window;
}

InstrumentationOptions read_instrumentation(const Line& line) {
    for (const char* option : {"trace-harts", "trace-from", "trace-to"})
        if (line.has(option) && !line.has("trace"))
            throw UserError("--{} needs --trace FILE", option);
    return {.trace = line.text("trace"),
            .trace_harts = line.has("trace-harts") ? hart_numbers(line.text("trace-harts"))
                                                   : std::vector<u32>{},
            .trace_window = trace_window(line)};
}

/// "races,dma" or "all".
CheckOptions read_checks(const Line& line) {
    CheckOptions options;
    if (!line.has("check"))
        return options;
    std::istringstream parts(line.text("check"));
    for (std::string part; std::getline(parts, part, ',');) {
        bool is_known = false;
        for (const CheckName& check : kCheckNames)
            if (part == check.name || part == "all")
                is_known = options.*check.flag = true;
        if (!is_known)
            throw UserError("--check {}: \"{}\" is no check; there are {}, all", line.text("check"),
                            part, check_names());
    }
    if (!options.any())
        throw UserError("--check {}: names no check; there are {}, all", line.text("check"),
                        check_names());
    return options;
}

/// Cycle and file of --save-at.
std::pair<Cycles, std::string> read_save_at(const Line& line) {
    if (!line.has("save-at"))
        return {};
    const auto& given = line.values["save-at"].as<std::vector<std::string>>();
    if (given.size() != TwoValues::kValues)
        throw UserError("option '--save-at' cannot be specified more than once");
    return {whole_number<Cycles>("save-at", given.at(0)), given.at(1)};
}

GdbOptions read_gdb(const Line& line) {
    if (line.has("gdb-nowait") && !line.has("gdb"))
        throw UserError("--gdb-nowait needs --gdb PORT|PATH");
    return {.endpoint = line.text("gdb"), .waits = !line.has("gdb-nowait")};
}

UartOptions read_uart(const Line& line) {
    if (line.has("uart-nowait") && !line.has("uart"))
        throw UserError("--uart-nowait needs --uart pty|PORT|PATH");
    return {.place = line.text("uart"), .waits = !line.has("uart-nowait")};
}

SemihostingOptions read_semihosting(const Line& line) {
    const bool is_open = line.has("semihosting") || line.has("semihost-root");
    if (!is_open && !line.behind_dashes.empty())
        throw UserError(
            "run: arguments behind -- are for firmware that asks for them by semihosting\n"
            "  hint: --semihosting opens it");
    return {
        .is_open = is_open, .root = line.text("semihost-root"), .arguments = line.behind_dashes};
}

Command read_run(const Line& line) {
    const auto [save_at, checkpoint] = read_save_at(line);
    return RunCommand{.options = {.firmware = firmware_of("run", without_assignments(line.bare)),
                                  .report = line.text("report"),
                                  .profile = line.text("profile"),
                                  .coverage = line.text("coverage"),
                                  .power_trace = line.text("power-trace"),
                                  .wave = line.text("wave"),
                                  .timeline = line.text("timeline"),
                                  .power_window = read_power_window(line),
                                  .signature = line.text("signature"),
                                  .checkpoint = checkpoint,
                                  .save_at = save_at,
                                  .restore = line.text("restore"),
                                  .strict = line.has("strict"),
                                  .quiet = line.has("quiet"),
                                  .instrumentation = read_instrumentation(line),
                                  .checks = read_checks(line),
                                  .gdb = read_gdb(line),
                                  .semihosting = read_semihosting(line),
                                  .uart = read_uart(line)},
                      .configuration = read_configuration(line)};
}

Command read_disassemble(const Line& line) {
    const std::string simd = line.has("simd") ? line.text("simd") : "legacy";
    if (simd != "legacy" && simd != "status")
        throw UserError("--simd {}: must be one of legacy, status", simd);
    return DisassembleCommand{.firmware = firmware_of("disasm", line.bare),
                              .mode = simd == "status" ? isa::Mode::status : isa::Mode::legacy};
}

/// The value of an option that stands for a parameter, with the parameter's range.
std::optional<double> real_number(const Line& line, const char* option, const std::string& key) {
    if (!line.has(option))
        return std::nullopt;
    const Domain& allowed = allowed_values(key);
    const auto value = read_value(raw_value(line.text(option)), Value{0.0}, allowed);
    if (!value)
        throw UserError("--{} {}: must be {}", option, line.text(option), allowed.text);
    return std::get<double>(*value);
}

Command read_price(const Line& line) {
    if (line.bare.size() != 1)
        throw UserError(
            "price: expected one report, but {} were given\n"
            "  hint: flexv-vp price REPORT.json --vdd 0.7",
            line.bare.size());
    return PriceCommand{.report = line.bare.front(),
                        .profile = line.text("energy-profile"),
                        .vdd = real_number(line, "vdd", "clock.vdd"),
                        .mhz = real_number(line, "mhz", "clock.mhz"),
                        .output = line.text("report"),
                        .quiet = line.has("quiet")};
}

Command read_config(const Line& line) {
    expect_none(without_assignments(line.bare));
    if (line.has("keys"))
        return PrintCommand{.text = fmt::format("{}\n", fmt::join(parameter_keys(), "\n"))};
    return ConfigCommand{.configuration = read_configuration(line)};
}

Command read_isa(const Line& line) {
    expect_none(line.bare);
    const std::string format = line.has("format") ? line.text("format") : "table";
    if (format != "table" && format != "csv" && format != "gas")
        throw UserError("--format {}: must be one of table, csv, gas", format);
    return IsaCommand{.format = format};
}

Command read_describe(const Line& line) {
    expect_none(without_assignments(line.bare));
    const std::string format = line.has("format") ? line.text("format") : "md";
    if (format != "md" && format != "c")
        throw UserError("--format {}: must be one of md, c", format);
    return DescribeCommand{
        .format = format, .block = line.text("block"), .configuration = read_configuration(line)};
}

Command read_completion(const Line& line);
Command read_manual(const Line& line);

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

Command read_completion(const Line& line) {
    const std::string shell = line.bare.size() == 1 ? line.bare.front() : "";
    if (shell != "bash" && shell != "zsh")
        throw UserError(
            "completion: expected bash or zsh\n  hint: source <(flexv-vp completion bash)");
    return PrintCommand{.text = shell == "bash" ? bash_completion(command_line_text())
                                                : zsh_completion(command_line_text())};
}

Command read_manual(const Line& line) {
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

Line parse_options(const CommandRow& row, std::vector<std::string> arguments) {
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
        Line line{.values = {},
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
    const Line line = parse_options(row, rest);
    if (line.has("help"))
        return PrintCommand{.text = help_of(row)};
    return row.read(line);
}

}  // namespace flexv::platform
