// SPDX-License-Identifier: Apache-2.0
// Settings that reach into a list: "soc.plugins.led.parameters.depth" is a field of that item of
// soc.plugins that is called led.
#pragma once

#include "platform/config/configuration.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>

namespace flexv::platform {

/// A list with one field of one item changed.
struct ListSetting {
    std::string key;  ///< of the list
    nlohmann::json value;
};

/// What `key` = `text` makes of the list that it reaches into, as it is in `configuration`. Nothing
/// when it reaches into none. Throws UserError, whose message begins with `what`, for an item that
/// the list has not.
[[nodiscard]] std::optional<ListSetting> set_in_list(const Configuration& configuration,
                                                     const std::string& key,
                                                     const std::string& text,
                                                     const std::string& what);

}  // namespace flexv::platform
