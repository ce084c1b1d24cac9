// SPDX-License-Identifier: Apache-2.0
// Stores that go over buses: they arrive some cycles before their core goes on, and whoever is told
// by one may act on it before an observer of that core hears of it.
#pragma once

#include "core/core.hpp"

#include <optional>

namespace flexv::platform {

/// What `core` stores at present, in its own view; nullopt for nothing.
[[nodiscard]] inline std::optional<core::NextAccess> store_under_way(const core::Core& core) {
    constexpr Address kLast = ~0U;
    if (core.is_off() || !core.is_storing_to(0, kLast))
        return std::nullopt;
    const std::optional<core::NextAccess> access = core.access_in_front();
    return access && access->is_write ? access : std::nullopt;
}

}  // namespace flexv::platform
