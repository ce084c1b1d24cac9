// SPDX-License-Identifier: Apache-2.0
// Several who look on at the same place of a core, which has one function to call: each instrument
// of a run adds itself behind those that are there already. Other blocks have a Probe.
#pragma once

#include <functional>
#include <utility>

namespace flexv::platform {

template <typename... Arguments, typename Listener>
void add_listener(std::function<void(Arguments...)>& place, Listener listener) {
    place = [before = std::move(place), mine = std::move(listener)](Arguments... arguments) {
        if (before)
            before(arguments...);
        mine(arguments...);
    };
}

}  // namespace flexv::platform
