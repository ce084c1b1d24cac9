// SPDX-License-Identifier: Apache-2.0
// Manual page and completion of a small command line.
#include "platform/cli/manual.hpp"

#include <catch2/catch.hpp>

using namespace flexv::platform;
using Catch::Contains;

namespace {

CommandLineText small() {
    return {.commands = {{.name = "run",
                          .synopsis = "run FILE [--fast] [--set KEY=VALUE]",
                          .doc = "runs it",
                          .examples = {"tool run a.elf --form md"},
                          .options = {{.name = "fast", .value = "", .doc = "quickly: [no] 'why'"},
                                      {.name = "form",
                                       .value = "md|c",
                                       .doc = "what comes out",
                                       .words = {"md", "c"}},
                                      {.name = "out", .value = "FILE", .doc = ".first"},
                                      {.name = "set", .value = "KEY=VALUE", .doc = "one"}}}},
            .keys = {"a.b", "a.c"}};
}

}  // namespace

TEST_CASE("the manual has every command, option, example, key and status", "[manual]") {
    const std::string page = manual_page(small(), "1.2.3");

    CHECK_THAT(page, Contains(".TH FLEXV\\-VP 1"));
    CHECK_THAT(page, Contains("flexv\\-vp 1.2.3"));
    CHECK_THAT(page, Contains(".SS \"flexv\\-vp run FILE [\\-\\-fast]"));
    CHECK_THAT(page, Contains("\\fB\\-\\-form\\fR \\fImd|c\\fR\nwhat comes out\nWords: md, c.\n"));
    CHECK_THAT(page, Contains("\ntool run a.elf \\-\\-form md\n"));
    CHECK_THAT(page, Contains("\na.b\na.c\n"));
    CHECK_THAT(page, Contains("105\na deadlock"));
}

TEST_CASE("a text that begins with a dot is no macro of the page", "[manual]") {
    CHECK_THAT(manual_page(small(), "1"), Contains("\n\\&.first\n"));
}

TEST_CASE("bash completes commands, options, words, files and keys", "[manual]") {
    const std::string script = bash_completion(small());

    CHECK_THAT(script, Contains("compgen -W 'run help --help --version'"));
    CHECK_THAT(script, Contains("compgen -W '--help --fast --form --out --set'"));
    CHECK_THAT(script, Contains("--form) COMPREPLY=($(compgen -W 'md c' -- \"$cur\"))"));
    CHECK_THAT(script, Contains("--out) COMPREPLY=($(compgen -f -- \"$cur\"))"));
    CHECK_THAT(script, Contains("compgen -S = -W 'a.b a.c'"));
    CHECK_THAT(script, !Contains("--fast)"));
}

TEST_CASE("zsh has documentation whose brackets, colons and quotes are its own", "[manual]") {
    const std::string script = zsh_completion(small());

    CHECK(script.starts_with("#compdef flexv-vp\n"));
    CHECK_THAT(script, Contains("'*--fast[quickly\\: \\[no\\] '\\''why'\\'']'"));
    CHECK_THAT(script, Contains("'*--form[what comes out]:md|c:(md c)'"));
    CHECK_THAT(script, Contains("'*--set[one]:KEY=VALUE:_flexv_vp_keys'"));
    CHECK_THAT(script, Contains("compadd -S = -- a.b a.c"));
}
