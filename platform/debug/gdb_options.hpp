// SPDX-License-Identifier: Apache-2.0
// Where a debugger may connect.
#pragma once

#include <string>

namespace flexv::platform {

struct GdbOptions {
    std::string endpoint;  ///< port, or path of a Unix socket; empty: no debugger
    bool waits = true;     ///< for a debugger before the first instruction

    [[nodiscard]] bool is_wanted() const { return !endpoint.empty(); }
};

}  // namespace flexv::platform
