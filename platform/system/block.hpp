// SPDX-License-Identifier: Apache-2.0
// A block with an address window, told once. Peripheral interconnect, buses, messages, manual page,
// C headers and names for debuggers follow from the lists of cluster and SoC.
#pragma once

#include "base/data_port.hpp"
#include "base/register.hpp"
#include "platform/system/memory_map.hpp"

#include <string>
#include <tlm>

namespace flexv::platform {

/// Where a block stands in the manual. Equal blocks share a name and registers, and have a base
/// each.
struct ManualEntry {
    std::string name;      ///< "TIMER", prefix of the registers' names in C
    std::string instance;  ///< "TIMER_CLUSTER"
    std::string doc = {};  ///< of the name; stands with the first instance
};

struct Block {
    std::string name;         ///< in the hierarchy, on buses and for debuggers: "cluster.timer"
    std::string title = {};   ///< what it is, in messages to users: "timer"
    memory_map::Range range;  ///< as every master sees it
    tlm::tlm_base_target_socket_b<>* bus = nullptr;  ///< null: only cores reach it
    DataTarget* port = nullptr;                      ///< behind the peripheral interconnect
    bool answers_by_bus = false;                     ///< the cores reach it by `bus`, too
    const RegisterBank* registers = nullptr;         ///< null: none that a manual shows
    ManualEntry manual = {};
};

}  // namespace flexv::platform
