// SPDX-License-Identifier: Apache-2.0
// What one core sees below the address of the chip: the own cluster is repeated at 0, for the
// fabric controller L2 is.
#pragma once

#include "base/units.hpp"

namespace flexv::platform {

struct CoreView {
    Address alias_bytes = 0;
    Address base = 0;  ///< what is seen at 0

    /// The address under which every master sees what the core sees at `address`.
    [[nodiscard]] Address absolute(Address address) const {
        return address < alias_bytes ? base + address : address;
    }
};

}  // namespace flexv::platform
