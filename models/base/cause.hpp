// SPDX-License-Identifier: Apache-2.0
// Who is behind an access. It travels with the request, so that whoever has something to say about
// it, several blocks further on, can name the instruction of the firmware.
#pragma once

#include "base/units.hpp"

namespace flexv {

struct Cause {
    const char* initiator = nullptr;  ///< hierarchical name; null: not known
    Address pc = 0;                   ///< of the instruction that made the access

    [[nodiscard]] bool is_known() const { return initiator != nullptr; }
};

}  // namespace flexv
