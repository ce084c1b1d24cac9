// SPDX-License-Identifier: Apache-2.0
// What only an observed core needs, apart from the core's hot state.
#pragma once

#include "core/observer.hpp"
#include "core/quirks.hpp"

#include <vector>

namespace flexv::core {

struct Watch {
    std::vector<Observer*> observers;
    Retired previous;
    Quirks quirks;  ///< the first observer of a core that has them
};

}  // namespace flexv::core
