// SPDX-License-Identifier: Apache-2.0
// Enumerators of the instruction rows as text, for listings and reports.
#pragma once

#include "isa/instruction.hpp"

#include <array>
#include <string_view>

namespace flexv::isa {

constexpr std::string_view name_of(Extension extension) {
    constexpr std::array<std::string_view, 9> kNames{
        "rv32i", "m", "c", "zicsr", "zifencei", "priv", "xpulpv2", "xpulpnn", "flexv"};
    return kNames[std::size_t(extension)];
}

constexpr std::string_view name_of(Mode mode) {
    constexpr std::array<std::string_view, 3> kNames{"any", "legacy", "status"};
    return kNames[std::size_t(mode)];
}

constexpr std::string_view name_of(Timing timing) {
    constexpr std::array<std::string_view, 16> kNames{
        "single", "multiply_high", "divide",        "load",    "store", "event_load",
        "branch", "jump",          "jump_register", "csr",     "fence", "environment",
        "mret",   "wfi",           "hardware_loop", "mac_load"};
    return kNames[std::size_t(timing)];
}

constexpr std::string_view name_of(Energy energy) {
    constexpr std::array<std::string_view, 7> kNames{"alu",   "multiply", "dot_product", "load",
                                                     "store", "divide",   "idle"};
    return kNames[std::size_t(energy)];
}

}  // namespace flexv::isa
