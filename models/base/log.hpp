// SPDX-License-Identifier: Apache-2.0
// Log lines on stderr: `time level module: message`. Nothing is formatted while a level is off.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace flexv {

enum class LogLevel { error, warn, info, debug };

class Log {
public:
    explicit Log(std::string module) : module_(std::move(module)) {}

    /// Messages above this level are dropped; `warn` at start.
    static void set_level(LogLevel level) { level_ = level; }
    [[nodiscard]] static bool is_on(LogLevel level) { return level <= level_; }

    template <typename... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::error, format, std::forward<Args>(args)...);
    }
    /// Something that the user should change.
    template <typename... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::warn, format, std::forward<Args>(args)...);
    }
    template <typename... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::info, format, std::forward<Args>(args)...);
    }
    template <typename... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const {
        write(LogLevel::debug, format, std::forward<Args>(args)...);
    }

private:
    template <typename... Args>
    void write(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const {
        if (is_on(level)) [[unlikely]]
            emit(level, fmt::format(format, std::forward<Args>(args)...));
    }
    void emit(LogLevel level, const std::string& message) const;

    static inline LogLevel level_ = LogLevel::warn;
    std::string module_;
};

}  // namespace flexv
