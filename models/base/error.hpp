// SPDX-License-Identifier: Apache-2.0
// The three kinds of failure and their exit status: the user's mistake (101), the firmware's fault
// (102) and our own broken invariant (103). Plain C++, no SystemC.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace flexv {

/// The user's mistake: command line, configuration, ELF, binding. Thrown before time starts.
class UserError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    template <typename... Args>
    explicit UserError(fmt::format_string<Args...> format, Args&&... args)
        : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// Something that the firmware did and that the hardware would answer with a hang or with nonsense.
/// The text names the access and what was expected; the catcher adds core, pc and function.
class FirmwareFault : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;

    template <typename... Args>
    explicit FirmwareFault(fmt::format_string<Args...> format, Args&&... args)
        : std::runtime_error(fmt::format(format, std::forward<Args>(args)...)) {}
};

/// A broken invariant of the platform itself.
class InternalError : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

[[noreturn]] void assertion_failed(const char* condition, const char* file, int line,
                                   const std::string& what);

}  // namespace flexv

/// Checked in release too. `what` is a string literal that says what must hold.
#define FLEXV_ASSERT(condition, what)                                        \
    do {                                                                     \
        if (!(condition)) [[unlikely]]                                       \
            ::flexv::assertion_failed(#condition, __FILE__, __LINE__, what); \
    } while (false)
