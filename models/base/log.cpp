// SPDX-License-Identifier: Apache-2.0
#include "base/log.hpp"

#include "base/clock_domain.hpp"
#include "base/console.hpp"
#include "base/enum_names.hpp"

#include <string_view>

namespace flexv {

sc_core::sc_time Log::time() {
    const LogSubject& about = Scope::about_;
    if (about.clock != nullptr)
        return about.clock->time_of(about.cycle);
    return surroundings_.time ? surroundings_.time() : sc_core::sc_time_stamp();
}

std::string Log::text_of(const Cause& cause) {
    if (!cause.is_known())
        return {};
    const std::string place =
        surroundings_.place ? surroundings_.place(cause.pc) : fmt::format("{:#010x}", cause.pc);
    return fmt::format(" ({}, pc {})", cause.initiator, place);
}

void Log::emit(LogLevel level, const std::string& message) const {
    static constexpr auto kNames = enum_names<LogLevel>("error", "warn", "info", "debug");
    console::tell("{:.3f} us {} {}: {}{}\n", time().to_seconds() * 1e6, kNames[level], module_,
                  message, text_of(cause()));
}

}  // namespace flexv
