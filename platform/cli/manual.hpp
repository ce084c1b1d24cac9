// SPDX-License-Identifier: Apache-2.0
// The command line for people and shells: manual page and completion are written from the rows that
// the parser reads. Plain text in and out.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace flexv::platform {

struct OptionText {
    std::string name;                  ///< without dashes
    std::string value;                 ///< what stands for its value, "FILE"; empty: it has none
    std::string doc;                   ///< one sentence
    std::vector<std::string> words{};  ///< values, or parts of a list of them; empty: any
};

struct CommandText {
    std::string name;
    std::string synopsis;
    std::string doc;
    std::vector<std::string> examples;  ///< whole command lines
    std::vector<OptionText> options;
};

/// All commands, and what completes the value of `--set`.
struct CommandLineText {
    std::vector<CommandText> commands;
    std::vector<std::string> keys;
};

/// Section 1, troff with the macros of man(7).
[[nodiscard]] std::string manual_page(const CommandLineText& text, const std::string& version);
/// A script that bash reads: source it, or install it as bash-completion's completions/flexv-vp.
[[nodiscard]] std::string bash_completion(const CommandLineText& text);
/// A script that zsh reads: source it, or install it as _flexv-vp in a folder of fpath.
[[nodiscard]] std::string zsh_completion(const CommandLineText& text);

}  // namespace flexv::platform
