// SPDX-License-Identifier: Apache-2.0
// The registers of the elaborated platform, block by block, as the manual page, the C headers and
// the comparison with the hardware's tables need them. Names of the blocks:
// docs/spec/cluster_regs.csv.
#pragma once

#include "base/register.hpp"
#include "base/units.hpp"

#include <string>
#include <vector>

namespace flexv::platform {

class Soc;

/// One or more equal blocks: one declaration, one window for each.
struct RegisterChapter {
    struct Instance {
        std::string name;  ///< "TIMER_CLUSTER"
        Address base = 0;
    };
    std::string name;  ///< "TIMER", prefix of the registers' names in C
    std::string doc;
    std::vector<Instance> instances;
    const RegisterBank* bank = nullptr;
};

/// In the order of their first addresses. The banks live as long as `soc`.
[[nodiscard]] std::vector<RegisterChapter> register_blocks(const Soc& soc);

/// "EVENT_UNIT.MUTEX0": the register that an access to `address` reaches, from any view of the
/// cluster; the address where there is none.
[[nodiscard]] std::string register_name_at(const Soc& soc, Address address);

}  // namespace flexv::platform
