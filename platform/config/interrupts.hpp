// SPDX-License-Identifier: Apache-2.0
// What the interrupt wires of a device outside raise in the platform: "irq" of the configuration.
#pragma once

#include "platform/config/schema.hpp"

#include <vector>

namespace flexv::platform {

struct Interrupt {
    enum class Kind { soc_event, event_unit_line };
    Kind kind = Kind::soc_event;
    unsigned number = 0;
    unsigned cluster = 0;  ///< of a line

    bool operator==(const Interrupt&) const = default;
};

/// 3, "line12", "cluster1.line12", or a list of such.
[[nodiscard]] Domain interrupts();
/// `irq` is of that domain.
[[nodiscard]] std::vector<Interrupt> interrupts_of(const List& irq);

}  // namespace flexv::platform
