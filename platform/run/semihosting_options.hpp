// SPDX-License-Identifier: Apache-2.0
// What firmware may ask of the host. Its own file, because the command line knows nothing else of
// it.
#pragma once

#include <string>
#include <vector>

namespace flexv::platform {

struct SemihostingOptions {
    bool is_open = false;                ///< else the sequence is an ebreak
    std::string root;                    ///< folder whose files firmware may use; empty: none
    std::vector<std::string> arguments;  ///< behind the name of the firmware
};

}  // namespace flexv::platform
