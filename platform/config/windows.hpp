// SPDX-License-Identifier: Apache-2.0
// What must hold between the windows of one bus to targets outside of the platform.
#pragma once

#include "platform/config/configuration.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

/// "window camera 0x20000000..0x20000fff": for messages.
[[nodiscard]] std::string text_of(const WindowConfiguration& window);

/// What is wrong with the windows, each of which is right alone: two of one name, two that overlap,
/// one that does not end before `end`. Empty when nothing is.
[[nodiscard]] std::string mistake_in(const std::vector<WindowConfiguration>& windows, u64 end);

/// [base, size in bytes] on the SoC's bus, or [] for none.
[[nodiscard]] Domain window_range();
/// `window` is of that domain.
[[nodiscard]] std::optional<WindowConfiguration> window_of(const std::string& name,
                                                           const List& window,
                                                           Cycles latency_cycles);

/// Those of the SoC's bus, whoever has them.
[[nodiscard]] std::vector<WindowConfiguration> soc_windows(const SocConfiguration& soc);

}  // namespace flexv::platform
