// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include <array>
#include <cstdio>
#include <string_view>
#include <systemc>

namespace flexv {

void Log::emit(LogLevel level, const std::string& message) const {
    static constexpr std::array<std::string_view, 4> kNames = {"error", "warn", "info", "debug"};
    fmt::print(stderr, "{} {} {}: {}\n", sc_core::sc_time_stamp().to_string(),
               kNames[std::size_t(level)], module_, message);
}

}  // namespace flexv
