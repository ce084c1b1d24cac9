// SPDX-License-Identifier: Apache-2.0
// Log lines on stderr: `time level module: message (initiator, pc function)`. Nothing is formatted
// while a level is off. What a block says while it serves an access names who made the access, and
// carries the time of the access's cycle: blocks need not know either.
#pragma once

#include "base/cause.hpp"

#include <fmt/format.h>

#include <functional>
#include <string>
#include <systemc>
#include <utility>

namespace flexv {

struct ClockDomain;

enum class LogLevel { error, warn, info, debug };

/// The access that log lines are about.
struct LogSubject {
    Cause cause;
    const ClockDomain* clock = nullptr;  ///< null: the time is not known
    Cycles cycle = 0;
};

class Log {
public:
    explicit Log(std::string module) : module_(std::move(module)) {}

    /// Messages above this level are not even compiled: for whoever debugs a model to raise.
    static constexpr LogLevel kMost = LogLevel::warn;
    [[nodiscard]] static constexpr bool is_on(LogLevel level) { return level <= kMost; }

    /// While it lives, everything that is logged is about one access in a cycle of `clock`.
    class Scope {
    public:
        Scope(const Cause& cause, const ClockDomain* clock, Cycles cycle)
            : outer_(std::exchange(about_, {cause, clock, cycle})) {}
        ~Scope() { about_ = outer_; }
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

    private:
        friend class Log;
        static inline LogSubject about_;
        const LogSubject outer_;
    };
    /// Who is behind the access that is being served; not known outside of one.
    [[nodiscard]] static const Cause& cause() { return Scope::about_.cause; }

    /// What only the platform knows, for as long as it runs.
    struct Surroundings {
        /// Time of what is being carried out; SystemC's own time lags behind within a quantum.
        std::function<sc_core::sc_time()> time;
        std::function<std::string(Address pc)> place;  ///< "0x1c008a42 dma_start+0x12"
    };
    static void set_surroundings(Surroundings surroundings) {
        surroundings_ = std::move(surroundings);
    }
    /// " (soc.cluster.core0, pc 0x1c008a42 dma_start+0x12)"; empty when the cause is not known.
    [[nodiscard]] static std::string text_of(const Cause& cause);

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
        if (is_on(level))
            emit(level, fmt::format(format, std::forward<Args>(args)...));
    }
    void emit(LogLevel level, const std::string& message) const;

    [[nodiscard]] static sc_core::sc_time time();

    static inline Surroundings surroundings_;
    std::string module_;
};

}  // namespace flexv
