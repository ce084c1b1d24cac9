// SPDX-License-Identifier: Apache-2.0
// From the parsed line of a command to what the user asked for. Each reader throws UserError for
// what does not fit together, and names the option.
#pragma once

#include "platform/cli/command_line.hpp"
#include "platform/cli/command_options.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

/// A parsed line: values by name, and the options in the order in which they were given.
struct ParsedLine {
    po::variables_map values;
    std::vector<po::option> in_order;
    std::vector<std::string> bare;
    std::vector<std::string> behind_dashes;  ///< arguments of the firmware

    [[nodiscard]] std::string text(const char* option) const {
        return values.count(option) == 0 ? std::string{} : values[option].as<std::string>();
    }
    [[nodiscard]] bool has(const char* option) const { return values.count(option) != 0; }
};

/// Throws UserError where something stands that belongs to no option.
void expect_none(const std::vector<std::string>& bare);

[[nodiscard]] Command read_run(const ParsedLine& line);
[[nodiscard]] Command read_price(const ParsedLine& line);
[[nodiscard]] Command read_config(const ParsedLine& line);
[[nodiscard]] Command read_disassemble(const ParsedLine& line);
[[nodiscard]] Command read_isa(const ParsedLine& line);
[[nodiscard]] Command read_describe(const ParsedLine& line);

}  // namespace flexv::platform
