// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of the UART.
#pragma once

#include <string>

namespace flexv::platform {

struct UartOptions {
    std::string place;  ///< "pty", a port, or the path of a Unix socket; empty: stdout and a file
    bool waits = true;  ///< for somebody before the first instruction

    [[nodiscard]] bool is_wanted() const { return !place.empty(); }
};

}  // namespace flexv::platform
