// SPDX-License-Identifier: Apache-2.0
// The file of a checkpoint, and whose it is; without a platform.
#include "platform/run/checkpoint.hpp"

#include "support/error_text.hpp"

#include <catch2/catch.hpp>

namespace flexv::platform {

namespace {

Checkpoint example() {
    return {.version = "1.0",
            .program = 0x1234'5678,
            .firmware = "hello.elf",
            .image = 0x9abc'def0,
            .settings = {{"soc.cluster.core_count", "8"},
                         {"clock.vdd", "0.65"},
                         {"simulation.max_cycles", "0"}},
            .host = "semihosting closed",
            .cycle = 5000,
            .state = std::string("a\0b", 3)};
}

std::string refusal_of(std::string_view file) {
    return error_of([file] { (void)checkpoint_of(file, "warm.ckpt"); });
}

std::string difference(const Checkpoint& own) {
    return error_of([&own] { refuse_other_run(example(), own, "warm.ckpt"); });
}

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a file gives back what was written", "[checkpoint]") {
    Checkpoint before = example();
    const std::string file = file_of(before);

    Checkpoint after = checkpoint_of(file, "warm.ckpt");

    CHECK(after.cycle == 5000);
    CHECK(after.state == before.state);
    CHECK(setting_of(after, "clock.vdd") == "0.65");
    CHECK(file_of(after) == file);
}

TEST_CASE("a file is refused wherever it is cut off and whichever bit has flipped",
          "[checkpoint]") {
    Checkpoint checkpoint = example();
    const std::string file = file_of(checkpoint);

    for (std::size_t size = 0; size < file.size(); ++size)
        CHECK(contains(refusal_of(file.substr(0, size)), "checkpoint warm.ckpt: "));
    for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
        std::string flipped = file;
        flipped[bit / 8] = char(flipped[bit / 8] ^ (1 << bit % 8));
        CHECK(contains(refusal_of(flipped), "checkpoint warm.ckpt: "));
    }
    CHECK(contains(refusal_of(file + "x"), "too long"));
    CHECK(contains(refusal_of("\x7f"
                              "ELF"),
                   "this is none"));
}

TEST_CASE("a checkpoint of the same run is taken", "[checkpoint]") {
    CHECK(difference(example()) == "no error");
}

TEST_CASE("prices, voltage and limits may be others", "[checkpoint]") {
    Checkpoint own = example();
    own.settings[1].value = "0.8";
    own.settings[2].value = "9000";

    CHECK(difference(own) == "no error");
}

TEST_CASE("whatever else differs is named, expected and found", "[checkpoint]") {
    Checkpoint program = example();
    program.program = 1;
    Checkpoint image = example();
    image.image = 1;
    Checkpoint settings = example();
    settings.settings[0].value = "4";
    settings.settings.push_back({"soc.new", "1"});
    Checkpoint host = example();
    host.host = "semihosting open";

    CHECK(contains(difference(program),
                   "another build: version 1.0, program 0x12345678; this is "
                   "version 1.0, program 0x00000001"));
    CHECK(contains(difference(image), "another firmware: hello.elf, checksum 0x9abcdef0"));
    CHECK(contains(difference(settings),
                   "soc.cluster.core_count = 8 in the checkpoint, 4 in this run"));
    CHECK(contains(difference(settings), "soc.new = nothing in the checkpoint, 1 in this run"));
    CHECK(contains(difference(host), "semihosting closed; this run has semihosting open"));
}

}  // namespace flexv::platform
