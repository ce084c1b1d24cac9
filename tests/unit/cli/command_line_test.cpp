// SPDX-License-Identifier: Apache-2.0
// Commands and options of flexv-vp, without running anything.
#include "platform/cli/command_line.hpp"

#include "support/error_text.hpp"

#include <catch2/catch.hpp>

namespace flexv::platform {

namespace {

using Arguments = std::vector<std::string>;

RunCommand run(const Arguments& arguments) {
    return std::get<RunCommand>(parse_command_line(arguments));
}

std::string refusal(const Arguments& arguments) {
    return error_of([&arguments] { (void)parse_command_line(arguments); });
}

std::string printed(const Arguments& arguments) {
    return std::get<PrintCommand>(parse_command_line(arguments)).text;
}

}  // namespace

TEST_CASE("run takes a firmware and is otherwise silent about files", "[command_line]") {
    const RunCommand command = run({"run", "hello.elf"});

    CHECK(command.options.firmware == "hello.elf");
    CHECK(command.options.report.empty());
    CHECK(command.options.signature.empty());
    CHECK_FALSE(command.options.strict);
    CHECK_FALSE(command.options.quiet);
    CHECK(command.configuration.name.empty());
    CHECK(command.configuration.settings.empty());
}

TEST_CASE("run knows its options before and behind the firmware", "[command_line]") {
    const RunCommand command = run({"run", "--quiet", "--report", "out.json", "hello.elf",
                                    "--signature=sig.txt", "--strict", "--config", "my.json"});

    CHECK(command.options.firmware == "hello.elf");
    CHECK(command.options.report == "out.json");
    CHECK(command.options.signature == "sig.txt");
    CHECK(command.options.strict);
    CHECK(command.options.quiet);
    CHECK(command.configuration.name == "my.json");
}

TEST_CASE("run waits for somebody at the UART unless told otherwise", "[command_line]") {
    CHECK_FALSE(run({"run", "hello.elf"}).options.uart.is_wanted());

    const RunCommand waits = run({"run", "hello.elf", "--uart", "pty"});
    CHECK(waits.options.uart.place == "pty");
    CHECK(waits.options.uart.waits);
    CHECK_FALSE(run({"run", "hello.elf", "--uart", "1", "--uart-nowait"}).options.uart.waits);
}

TEST_CASE("a checkpoint is asked for by a cycle and a file", "[command_line]") {
    const RunCommand before = run({"run", "--save-at", "1e6", "warm.ckpt", "hello.elf"});
    const RunCommand behind = run({"run", "hello.elf", "--save-at", "0x10", "warm.ckpt"});

    CHECK(before.options.firmware == "hello.elf");
    CHECK(before.options.save_at == 1'000'000);
    CHECK(before.options.checkpoint == "warm.ckpt");
    CHECK(behind.options.firmware == "hello.elf");
    CHECK(behind.options.save_at == 16);
    CHECK(run({"run", "hello.elf"}).options.checkpoint.empty());
    CHECK(run({"run", "hello.elf", "--restore", "warm.ckpt"}).options.restore == "warm.ckpt");
    CHECK(refusal({"run", "hello.elf", "--save-at", "soon", "warm.ckpt"}).find("--save-at soon") !=
          std::string::npos);
    CHECK(refusal({"run", "hello.elf", "--save-at", "1"}).find("save-at") != std::string::npos);
    CHECK(refusal({"run", "hello.elf", "--save-at", "1", "a", "--save-at", "2", "b"}) ==
          "option '--save-at' cannot be specified more than once");
}

TEST_CASE("settings keep their order, and options that stand for a parameter become settings",
          "[command_line]") {
    const RunCommand command =
        run({"run", "--set", "clock.mhz=100", "hello.elf", "--mhz", "200", "--vdd=0.8", "--set",
             "clock.mhz=300", "--max-cycles", "1000", "--energy-profile", "mine.json"});

    const auto& settings = command.configuration.settings;
    REQUIRE(settings.size() == 6);
    CHECK(settings[0].origin == "--set clock.mhz=100");
    CHECK(settings[1].key == "clock.mhz");
    CHECK(settings[1].text == "200");
    CHECK(settings[1].origin == "--mhz 200");
    CHECK(settings[2].key == "clock.vdd");
    CHECK(settings[3].text == "300");
    CHECK(settings[4].key == "simulation.max_cycles");
    CHECK(settings[5].key == "energy.profile");
}

TEST_CASE("one --set takes several settings", "[command_line]") {
    const RunCommand command =
        run({"run", "--set", "soc.cluster.core_count=4", "soc.cluster.tcdm.bank_count=8", "a.elf"});

    CHECK(command.options.firmware == "a.elf");
    REQUIRE(command.configuration.settings.size() == 2);
    CHECK(command.configuration.settings[1].key == "soc.cluster.tcdm.bank_count");
    CHECK(run({"run", "./a=b.elf"}).options.firmware == "./a=b.elf");
}

TEST_CASE("a value may contain an equals sign", "[command_line]") {
    const RunCommand command = run({"run", "a.elf", "--set", "energy.profile=a=b.json"});

    CHECK(command.configuration.settings[0].key == "energy.profile");
    CHECK(command.configuration.settings[0].text == "a=b.json");
}

TEST_CASE("a mistake in run says what is wrong and what to do", "[command_line]") {
    CHECK(refusal({"run"}) == "run: no firmware given\n  hint: flexv-vp run FIRMWARE.elf");
    CHECK(refusal({"run", "a.elf", "b.elf"}) ==
          "run: one firmware only, but 2 were given: a.elf b.elf");
    CHECK(refusal({"run", "a.elf", "--reprot", "x"}) ==
          "run: unknown option --reprot; nearest: --report\n  hint: flexv-vp run --help");
    CHECK(refusal({"run", "a.elf", "--rep", "x"}) ==
          "run: unknown option --rep; nearest: --report\n  hint: flexv-vp run --help");
    CHECK(refusal({"run", "a.elf", "-x"}) == "run: unknown option -x\n  hint: flexv-vp run --help");
    CHECK(refusal({"run", "a.elf", "--nonsense"}) ==
          "run: unknown option --nonsense\n  hint: flexv-vp run --help");
    CHECK(refusal({"run", "a.elf", "--set", "core_count"}) ==
          "--set core_count: expected KEY=VALUE");
    CHECK(refusal({"run", "a.elf", "--report"}).starts_with("run: "));
    CHECK(refusal({"run", "a.elf", "--report", "a", "--report", "b"}).starts_with("run: "));
    CHECK(refusal({"run", "a.elf", "--quiet=3"}).starts_with("run: "));
}

TEST_CASE("a trace may be narrowed to harts and cycles", "[command_line]") {
    const InstrumentationOptions options = run({"run", "a.elf", "--trace", "t.log", "--trace-harts",
                                                "0,3", "--trace-from", "100", "--trace-to", "200"})
                                               .options.instrumentation;

    CHECK(options.trace == "t.log");
    CHECK(options.trace_harts == std::vector<u32>{0, 3});
    CHECK(options.trace_window.from == 100);
    CHECK(options.trace_window.to == 200);
    CHECK_FALSE(run({"run", "a.elf"}).options.instrumentation.is_wanted());
}

TEST_CASE("a mistake in the options of a trace names the option", "[command_line]") {
    CHECK(refusal({"run", "a.elf", "--trace-harts", "0"}) == "--trace-harts needs --trace FILE");
    CHECK(refusal({"run", "a.elf", "--trace", "t", "--trace-harts", "0,x"}) ==
          "--trace-harts x: must be a whole number 0..1023");
    CHECK(refusal({"run", "a.elf", "--trace", "t", "--trace-from", "-1"}) ==
          "--trace-from -1: must be a whole number 0..2^64 - 1");
    CHECK(refusal({"run", "a.elf", "--trace", "t", "--trace-from", "9", "--trace-to", "8"}) ==
          "--trace-from 9 lies behind --trace-to 8; exchange them");
}

TEST_CASE("checks are named one by one or all together", "[command_line]") {
    const CheckOptions some = run({"run", "a.elf", "--check", "hazards,dma"}).options.checks;
    const CheckOptions all = run({"run", "a.elf", "--check", "all"}).options.checks;

    CHECK(some.hazards);
    CHECK(some.dma);
    CHECK_FALSE(some.races);
    CHECK_FALSE(some.uninit);
    CHECK((all.hazards && all.races && all.uninit && all.stack && all.dma));
    CHECK_FALSE(run({"run", "a.elf"}).options.checks.any());
    CHECK(refusal({"run", "a.elf", "--check", "races,timing"}) ==
          "--check races,timing: \"timing\" is no check; there are hazards, races, uninit, stack, "
          "dma, all");
    CHECK(refusal({"run", "a.elf", "--check", ","}).starts_with("--check ,: "));
}

TEST_CASE("disasm takes one firmware and the mode of SIMD words", "[command_line]") {
    const auto command = std::get<DisassembleCommand>(parse_command_line({"disasm", "a.elf"}));

    CHECK(command.firmware == "a.elf");
    CHECK(command.mode == isa::Mode::legacy);
    CHECK(std::get<DisassembleCommand>(parse_command_line({"disasm", "a.elf", "--simd", "status"}))
              .mode == isa::Mode::status);
    CHECK(refusal({"disasm"}) == "disasm: no firmware given\n  hint: flexv-vp disasm FIRMWARE.elf");
    CHECK(refusal({"disasm", "a.elf", "--simd", "x"}) == "--simd x: must be one of legacy, status");
}

TEST_CASE("price takes one report and what shall differ", "[command_line]") {
    const auto command = std::get<PriceCommand>(parse_command_line(
        {"price", "run.json", "--energy-profile", "shaheen", "--vdd", "0.7", "--quiet"}));

    CHECK(command.report == "run.json");
    CHECK(command.profile == "shaheen");
    CHECK(command.vdd == 0.7);
    CHECK_FALSE(command.mhz);
    CHECK(command.output.empty());
    CHECK(command.quiet);
    CHECK(refusal({"price"}).starts_with("price: expected one report, but 0 were given"));
    CHECK(refusal({"price", "a.json", "b.json"}).starts_with("price: expected one report"));
    CHECK(refusal({"price", "a.json", "--vdd", "high"}).starts_with("--vdd high: "));
}

TEST_CASE("power over time is asked for by its files", "[command_line]") {
    const RunCommand command = run({"run", "a.elf", "--power-trace", "p.csv", "--wave", "w.fst"});

    CHECK(command.options.power_trace == "p.csv");
    CHECK(command.options.wave == "w.fst");
    CHECK(command.options.power_window == 1000);
    CHECK(run({"run", "a.elf", "--profile", "out"}).options.profile == "out");
    CHECK(run({"run", "a.elf", "--wave", "a.vcd", "--power-window", "50"}).options.power_window ==
          50);
    CHECK(refusal({"run", "a.elf", "--wave", "a.vcd", "--power-window", "0"}) ==
          "--power-window 0: must be a whole number 1..2^64 - 1");
    CHECK(refusal({"run", "a.elf", "--wave", "a.vcd", "--power-window=-1"}) ==
          "--power-window -1: must be a whole number 1..2^64 - 1");
    CHECK(refusal({"run", "a.elf", "--power-window", "50"}) ==
          "--power-window needs --power-trace FILE.csv, --wave FILE or --timeline FILE");
}

TEST_CASE("config takes a file and settings but no firmware", "[command_line]") {
    const auto command = std::get<ConfigCommand>(
        parse_command_line({"config", "--config", "my.json", "--set", "clock.mhz=100"}));

    CHECK(command.configuration.name == "my.json");
    CHECK(command.configuration.settings.size() == 1);
    CHECK(refusal({"config", "a.elf"}) == "unexpected argument \"a.elf\"");
}

TEST_CASE("isa prints a table unless told otherwise", "[command_line]") {
    CHECK(std::get<IsaCommand>(parse_command_line({"isa"})).format == "table");
    CHECK(std::get<IsaCommand>(parse_command_line({"isa", "--format", "gas"})).format == "gas");
    CHECK(refusal({"isa", "--format", "xml"}) == "--format xml: must be one of table, csv, gas");
}

TEST_CASE("describe prints a page unless told otherwise", "[command_line]") {
    CHECK(std::get<DescribeCommand>(parse_command_line({"describe"})).format == "md");
    const auto command = std::get<DescribeCommand>(
        parse_command_line({"describe", "--format", "c", "--block", "TIMER"}));
    CHECK(command.format == "c");
    CHECK(command.block == "TIMER");
    CHECK(refusal({"describe", "--format", "h"}) == "--format h: must be one of md, c");
}

TEST_CASE("an unknown command is refused with those that exist", "[command_line]") {
    CHECK(refusal({"rnu"}) ==
          "unknown command \"rnu\"; commands: run, price, config, disasm, isa, describe, "
          "completion, man\n"
          "  hint: flexv-vp --help");
    CHECK(refusal({}).starts_with(
        "no command given; commands: run, price, config, disasm, isa, describe"));
}

TEST_CASE("help and version are printed", "[command_line]") {
    CHECK(printed({"--help"}).find("flexv-vp run FIRMWARE.elf") != std::string::npos);
    CHECK(printed({"run", "--help"}).find("same as --set clock.mhz=VALUE") != std::string::npos);
    CHECK(printed({"config", "-h"}).find("--set KEY=VALUE") != std::string::npos);
    CHECK(printed({"--version"}).starts_with("flexv-vp 0."));
    CHECK(printed({"-v"}) == printed({"--version"}));
    CHECK(printed({"-h"}) == printed({"--help"}));
    CHECK(printed({"help"}) == printed({"--help"}));
    CHECK(printed({"help", "run"}) == printed({"run", "--help"}));
    CHECK(refusal({"help", "walk"}).starts_with("unknown command \"walk\"; commands: run,"));
    CHECK(refusal({"help", "run", "isa"}) == "help: one command only, but 2 were given: run isa");
}

TEST_CASE("a number is written as in the configuration", "[command_line]") {
    const auto window_of = [](const std::string& text) {
        return run({"run", "a.elf", "--wave", "a.vcd", "--power-window", text})
            .options.power_window;
    };
    CHECK(window_of("0x10") == 16);
    CHECK(window_of("1e3") == 1000);
    for (const char* text : {"abc", "1.5", "-5", "+5", "1e400", "0x", "99999999999999999999", " "})
        CHECK(refusal({"run", "a.elf", "--trace", "t", "--trace-to", text}) ==
              fmt::format("--trace-to {}: must be a whole number 0..2^64 - 1", text));
}

TEST_CASE("harts are given one by one or from first to last", "[command_line]") {
    const auto harts_of = [](const std::string& text) {
        return run({"run", "a.elf", "--trace", "t", "--trace-harts", text})
            .options.instrumentation.trace_harts;
    };
    CHECK(harts_of("0-3") == std::vector<u32>{0, 1, 2, 3});
    CHECK(harts_of("0,2-4,992") == std::vector<u32>{0, 2, 3, 4, 992});
    const auto refusal_of = [](const std::string& text) {
        return refusal({"run", "a.elf", "--trace", "t", "--trace-harts", text});
    };
    CHECK(refusal_of("3-1") == "--trace-harts 3-1: 1 is below 3; expected such as 0,2-5");
    CHECK(refusal_of("0-") == "--trace-harts : must be a whole number 0..1023");
    CHECK(refusal_of("0-4294967295") == "--trace-harts 4294967295: must be a whole number 0..1023");
}

TEST_CASE("an empty value is refused for every option that takes one", "[command_line]") {
    for (const char* option : {"report", "trace", "wave", "config", "set", "vdd", "signature"})
        CHECK(refusal({"run", "a.elf", fmt::format("--{}=", option)}).starts_with("run: "));
    CHECK(refusal({"run", "a.elf", "--report", ""}) ==
          "run: the value of --report is empty\n  hint: flexv-vp run --help");
    CHECK(refusal({"run", ""}) == "run: an argument is empty\n  hint: flexv-vp run --help");
}

TEST_CASE("price takes an operating point in the range of the parameters", "[command_line]") {
    for (const char* text : {"nan", "inf", "-1", "0", "abc", "1e400", "3"})
        CHECK(refusal({"price", "r.json", "--vdd", text}) ==
              fmt::format("--vdd {}: must be a number 0.4..1.2", text));
    CHECK(refusal({"price", "r.json", "--mhz", "0"}) == "--mhz 0: must be a number 1..2000");
    CHECK(std::get<PriceCommand>(parse_command_line({"price", "r.json", "--vdd", "0.7"})).vdd ==
          0.7);
}

}  // namespace flexv::platform
