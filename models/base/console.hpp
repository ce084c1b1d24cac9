// SPDX-License-Identifier: Apache-2.0
// The two streams of the program: stderr for people, which may be lost, and stdout for what was
// asked for, of which nothing may be lost in silence. Nobody else writes to either.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

namespace flexv::console {

/// Shows `text` on stderr. Where it cannot be written (closed, full, nobody reads) it is lost, and
/// the program goes on: exit status and files do not depend on it.
void tell(std::string_view text) noexcept;

template <typename... Args>
void tell(fmt::format_string<Args...> format, Args&&... args) {
    tell(std::string_view{fmt::format(format, std::forward<Args>(args)...)});
}

/// Writes `text` to stdout at once. The first failure is remembered, and what comes behind it is
/// dropped: a stream has no holes.
void put(std::string_view text) noexcept;

/// errno of the first put() that failed; 0 while all was written.
[[nodiscard]] int failure() noexcept;
/// What a person should read of it: "stdout cannot be written: No space left on device"; empty
/// while all was written.
[[nodiscard]] std::string problem();

/// Writes all of `text`, also through partial writes and signals. Returns errno, 0 for success.
[[nodiscard]] int write_all(int descriptor, std::string_view text) noexcept;

/// To be called before any file is opened. A closed standard stream is held by a descriptor on
/// which every transfer fails, so that no file gets its number; a reader that goes away and a
/// limit of file sizes are errors of the write, not signals.
void prepare();

}  // namespace flexv::console
