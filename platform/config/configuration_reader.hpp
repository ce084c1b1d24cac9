// SPDX-License-Identifier: Apache-2.0
// From JSON files and command line settings to a checked configuration that knows where each value
// came from, and back to commented JSON.
#pragma once

#include "platform/config/configuration.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform {

/// One parameter given on the command line.
struct Setting {
    std::string key;     ///< "soc.cluster.core_count"
    std::string text;    ///< as the user wrote it
    std::string origin;  ///< begins an error message: "--set soc.cluster.core_count=4"
};

/// Values and, for those that are not defaults, where they came from: "cluster.json:12", "--mhz
/// 400".
struct LoadedConfiguration {
    Configuration values;
    std::map<std::string, std::string> origins;
};

/// The names of all parameters, "soc.cluster.core_count", in the order of the schema.
[[nodiscard]] std::vector<std::string> parameter_keys();

/// The shipped configuration used when the user names none.
inline constexpr std::string_view kDefaultConfiguration = "flexv_cluster";

/// Assigns the parameters of the JSON object `text`; comments are allowed. `source` names it in
/// messages.
void apply_json(LoadedConfiguration& configuration, std::string_view text,
                const std::string& source);
void apply_setting(LoadedConfiguration& configuration, const Setting& setting);
/// Throws UserError when parameters contradict each other.
void check_consistency(const LoadedConfiguration& configuration);

/// All of the above. `name` is a file, or a shipped configuration with or without ".json"; empty
/// means kDefaultConfiguration.
[[nodiscard]] LoadedConfiguration load_configuration(const std::string& name,
                                                     std::span<const Setting> settings);

/// JSON with comments that say description, unit, allowed values and origin; load_configuration()
/// takes it.
[[nodiscard]] std::string to_text(const LoadedConfiguration& configuration);

}  // namespace flexv::platform
