// SPDX-License-Identifier: Apache-2.0
// The options of each command as Boost knows them: name, what its value is, and what it does.
#pragma once

#include <boost/program_options.hpp>

#include <string>
#include <vector>

namespace flexv::platform {

namespace po = boost::program_options;

/// An option that stands for one parameter of the configuration.
struct Shorthand {
    const char* option;
    const char* key;
};
inline constexpr Shorthand kShorthands[] = {
    {"energy-profile", "energy.profile"},    {"vdd", "clock.vdd"},        {"mhz", "clock.mhz"},
    {"max-cycles", "simulation.max_cycles"}, {"stdin", "soc.uart.input"},
};

inline constexpr const char* kBare = "bare-arguments";  // arguments that belong to no option

/// An option with two values, one behind the other.
class TwoValues final : public po::typed_value<std::vector<std::string>> {
public:
    static constexpr unsigned kValues = 2;

    TwoValues() : typed_value(nullptr) {}

    unsigned min_tokens() const override { return kValues; }
    unsigned max_tokens() const override { return kValues; }
};

/// The names of all checks: "hazards, races, ...".
[[nodiscard]] std::string check_names();

// Of each command.
[[nodiscard]] po::options_description run_options();
[[nodiscard]] po::options_description price_options();
[[nodiscard]] po::options_description config_options();
[[nodiscard]] po::options_description isa_options();
[[nodiscard]] po::options_description disassemble_options();
[[nodiscard]] po::options_description describe_options();
[[nodiscard]] po::options_description no_options();

}  // namespace flexv::platform
