// SPDX-License-Identifier: Apache-2.0
// Enumerators of the instruction rows as text, for listings and reports.
#pragma once

#include "base/enum_names.hpp"
#include "isa/instruction.hpp"

#include <string_view>

namespace flexv::isa {

constexpr std::string_view name_of(Extension extension) {
    constexpr auto kNames = enum_names<Extension>("rv32i", "m", "c", "zicsr", "zifencei", "priv",
                                                  "xpulpv2", "xpulpnn", "flexv");
    return kNames[extension];
}

constexpr std::string_view name_of(Mode mode) {
    constexpr auto kNames = enum_names<Mode>("any", "legacy", "status");
    return kNames[mode];
}

constexpr std::string_view name_of(Timing timing) {
    constexpr auto kNames = enum_names<Timing>(
        "single", "multiply_high", "divide", "load", "store", "event_load", "branch", "jump",
        "jump_register", "csr", "fence", "environment", "mret", "wfi", "hardware_loop", "mac_load");
    return kNames[timing];
}

constexpr std::string_view name_of(Energy energy) {
    constexpr auto kNames =
        enum_names<Energy>("alu", "multiply", "dot_product", "load", "store", "divide", "idle");
    return kNames[energy];
}

}  // namespace flexv::isa
