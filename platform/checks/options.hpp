// SPDX-License-Identifier: Apache-2.0
// Which checks of the firmware a run makes: the words of `--check`.
#pragma once

#include <span>
#include <string_view>

namespace flexv::platform {

struct CheckOptions {
    bool hazards = false;  ///< sequences that silicon gets wrong
    bool races = false;    ///< two agents on a word that nothing orders
    bool uninit = false;   ///< use of values that nobody has written
    bool stack = false;    ///< a stack that grows into what is not its own
    bool dma = false;      ///< buffers in use by a transfer, identifiers freed twice or never

    [[nodiscard]] bool any() const { return hazards || races || uninit || stack || dma; }
};

struct CheckName {
    std::string_view name;
    bool CheckOptions::*flag;
    std::string_view doc;
};

inline constexpr CheckName kCheckNames[] = {
    {"hazards", &CheckOptions::hazards, "instruction sequences that silicon gets wrong"},
    {"races", &CheckOptions::races, "two cores, or a core and the DMA, on a word without order"},
    {"uninit", &CheckOptions::uninit, "use of memory and registers that nobody has written"},
    {"stack", &CheckOptions::stack, "stacks that grow into a neighbour's or into data"},
    {"dma", &CheckOptions::dma, "buffers that a transfer uses, identifiers freed twice or never"},
};

}  // namespace flexv::platform
