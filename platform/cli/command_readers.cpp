// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/command_readers.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

namespace flexv::platform {

namespace {

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

ConfigurationOptions read_configuration(const ParsedLine& line) {
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
Cycles read_power_window(const ParsedLine& line) {
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

core::TraceWindow trace_window(const ParsedLine& line) {
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

InstrumentationOptions read_instrumentation(const ParsedLine& line) {
    for (const char* option : {"trace-harts", "trace-from", "trace-to"})
        if (line.has(option) && !line.has("trace"))
            throw UserError("--{} needs --trace FILE", option);
    return {.trace = line.text("trace"),
            .trace_harts = line.has("trace-harts") ? hart_numbers(line.text("trace-harts"))
                                                   : std::vector<u32>{},
            .trace_window = trace_window(line)};
}

/// "races,dma" or "all".
CheckOptions read_checks(const ParsedLine& line) {
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
std::pair<Cycles, std::string> read_save_at(const ParsedLine& line) {
    if (!line.has("save-at"))
        return {};
    const auto& given = line.values["save-at"].as<std::vector<std::string>>();
    if (given.size() != TwoValues::kValues)
        throw UserError("option '--save-at' cannot be specified more than once");
    return {whole_number<Cycles>("save-at", given.at(0)), given.at(1)};
}

GdbOptions read_gdb(const ParsedLine& line) {
    if (line.has("gdb-nowait") && !line.has("gdb"))
        throw UserError("--gdb-nowait needs --gdb PORT|PATH");
    return {.endpoint = line.text("gdb"), .waits = !line.has("gdb-nowait")};
}

UartOptions read_uart(const ParsedLine& line) {
    if (line.has("uart-nowait") && !line.has("uart"))
        throw UserError("--uart-nowait needs --uart pty|PORT|PATH");
    return {.place = line.text("uart"), .waits = !line.has("uart-nowait")};
}

SemihostingOptions read_semihosting(const ParsedLine& line) {
    const bool is_open = line.has("semihosting") || line.has("semihost-root");
    if (!is_open && !line.behind_dashes.empty())
        throw UserError(
            "run: arguments behind -- are for firmware that asks for them by semihosting\n"
            "  hint: --semihosting opens it");
    return {
        .is_open = is_open, .root = line.text("semihost-root"), .arguments = line.behind_dashes};
}

/// The value of an option that stands for a parameter, with the parameter's range.
std::optional<double> real_number(const ParsedLine& line, const char* option,
                                  const std::string& key) {
    if (!line.has(option))
        return std::nullopt;
    const Domain& allowed = allowed_values(key);
    const auto value = read_value(raw_value(line.text(option)), Value{0.0}, allowed);
    if (!value)
        throw UserError("--{} {}: must be {}", option, line.text(option), allowed.text);
    return std::get<double>(*value);
}

}  // namespace

void expect_none(const std::vector<std::string>& bare) {
    if (!bare.empty())
        throw UserError("unexpected argument \"{}\"", bare.front());
}

Command read_run(const ParsedLine& line) {
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

Command read_disassemble(const ParsedLine& line) {
    const std::string simd = line.has("simd") ? line.text("simd") : "legacy";
    if (simd != "legacy" && simd != "status")
        throw UserError("--simd {}: must be one of legacy, status", simd);
    return DisassembleCommand{.firmware = firmware_of("disasm", line.bare),
                              .mode = simd == "status" ? isa::Mode::status : isa::Mode::legacy};
}

Command read_price(const ParsedLine& line) {
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

Command read_config(const ParsedLine& line) {
    expect_none(without_assignments(line.bare));
    if (line.has("keys"))
        return PrintCommand{.text = fmt::format("{}\n", fmt::join(parameter_keys(), "\n"))};
    return ConfigCommand{.configuration = read_configuration(line)};
}

Command read_isa(const ParsedLine& line) {
    expect_none(line.bare);
    const std::string format = line.has("format") ? line.text("format") : "table";
    if (format != "table" && format != "csv" && format != "gas")
        throw UserError("--format {}: must be one of table, csv, gas", format);
    return IsaCommand{.format = format};
}

Command read_describe(const ParsedLine& line) {
    expect_none(without_assignments(line.bare));
    const std::string format = line.has("format") ? line.text("format") : "md";
    if (format != "md" && format != "c")
        throw UserError("--format {}: must be one of md, c", format);
    return DescribeCommand{
        .format = format, .block = line.text("block"), .configuration = read_configuration(line)};
}

}  // namespace flexv::platform
