// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/command_options.hpp"

#include "platform/checks/options.hpp"

#include <fmt/format.h>

#include <string_view>

namespace flexv::platform {

namespace {

po::options_description configuration_options() {
    po::options_description options("Configuration");
    options.add_options()("config", po::value<std::string>()->value_name("FILE|NAME"),
                          "configuration file, or the name of a shipped one")(
        "set", po::value<std::vector<std::string>>()->composing()->value_name("KEY=VALUE"),
        "one parameter, may be repeated; `flexv-vp config` lists them");
    return options;
}

}  // namespace

std::string check_names() {
    std::vector<std::string_view> names;
    for (const CheckName& check : kCheckNames)
        names.push_back(check.name);
    return fmt::format("{}", fmt::join(names, ", "));
}

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

}  // namespace flexv::platform
