// SPDX-License-Identifier: Apache-2.0
// The devices of plug-ins in the configuration: what they say of their own parameters is checked
// and described as the platform's parameters are.
#pragma once

#include "platform/config/configuration.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

/// Under which reports and settings know the device.
[[nodiscard]] std::string name_of(const PluginConfiguration& device);

/// Every parameter that the plug-in declares for the device, given or not. Loads the plug-in.
/// Throws UserError, whose message begins with `what`.
[[nodiscard]] Item parameters_of(const PluginConfiguration& device, const std::string& what);

/// Throws UserError, whose message begins with `what`, the place and key of the list, for the first
/// device that cannot be made.
void check_plugins(const std::vector<PluginConfiguration>& devices, const std::string& what);

/// Lines for a person: of each device what it is, and its parameters with value, meaning and
/// allowed values.
[[nodiscard]] std::vector<std::string> descriptions_of(
    const std::vector<PluginConfiguration>& devices);

}  // namespace flexv::platform
