// SPDX-License-Identifier: Apache-2.0
// The program as a user starts it: exit status, and what goes to which stream.
#include <catch2/catch.hpp>

#include <sys/wait.h>
#include <array>
#include <cstdio>
#include <string>

namespace {

struct Outcome {
    int status = 0;
    std::string text;
};

Outcome flexv_vp(const std::string& arguments) {
    Outcome outcome;
    std::FILE* pipe = popen((std::string{FLEXV_VP} + " " + arguments).c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (std::size_t bytes = 0; (bytes = std::fread(buffer.data(), 1, buffer.size(), pipe)) != 0;)
        outcome.text.append(buffer.data(), bytes);
    const int status = pclose(pipe);
    outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

}  // namespace

TEST_CASE("a user's mistake gives status 101 and leaves stdout empty", "[program]") {
    for (const char* arguments :
         {"", "walk", "run", "run no_such_file.elf", "run a.elf --wings",
          "config --set soc.cluster.cores=4", "config --config nowhere.json"}) {
        INFO(arguments);
        const Outcome outcome = flexv_vp(std::string{arguments} + " 2>/dev/null");
        CHECK(outcome.status == 101);
        CHECK(outcome.text.empty());
    }
}

TEST_CASE("the message of a mistake goes to stderr, without SystemC's banner", "[program]") {
    const Outcome outcome = flexv_vp("config --set soc.cluster.cores=4 2>&1 >/dev/null");

    CHECK(outcome.text ==
          "flexv: error: --set soc.cluster.cores=4: unknown key; "
          "nearest: soc.cluster.core_count\n");
}

TEST_CASE("what a command is asked to print goes to stdout", "[program]") {
    const Outcome outcome = flexv_vp("config --set soc.cluster.core_count=4 2>/dev/null");

    CHECK(outcome.status == 0);
    CHECK(outcome.text.starts_with("// Configuration of flexv-vp."));
    CHECK(outcome.text.find("\"core_count\": 4,") != std::string::npos);
    CHECK(flexv_vp("--version").status == 0);
    CHECK(flexv_vp("isa --format csv").status == 0);
}

TEST_CASE("the printed configuration can be given back", "[program]") {
    const Outcome outcome = flexv_vp("config --set clock.mhz=100 > program_test.json && " FLEXV_VP
                                     " config --config program_test.json; rm program_test.json");

    CHECK(outcome.text.find("\"mhz\": 100.0") != std::string::npos);
}
