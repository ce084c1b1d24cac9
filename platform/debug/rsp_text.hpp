// SPDX-License-Identifier: Apache-2.0
// The words of the remote serial protocol inside of packets: fields of commands, and what several
// replies are made of. Plain C++; nothing throws.
#pragma once

#include "base/units.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform::rsp {

inline constexpr unsigned kPacketBytes =
    0x4000;  ///< that the debugger may send, and that it reads at once
inline constexpr const char* kOk = "OK";
inline constexpr const char* kMalformed = "E16";  ///< EINVAL
inline constexpr const char* kRefused = "E01";

/// The text before the first `separator`, which is taken off `text` with it.
[[nodiscard]] std::string_view take_until(std::string_view& text, char separator);

struct Range {
    Address address = 0;
    u32 bytes = 0;
};

/// "ADDRESS,LENGTH"; nullopt for anything else.
[[nodiscard]] std::optional<Range> range_of(std::string_view text);

/// Part of a document: "m" with what is there, "l" with the last of it. `rest` is "OFFSET,LENGTH".
[[nodiscard]] std::string part_of(const std::string& document, std::string_view rest);

/// Of a register in the order of memory; of one that cannot be read, "xxxxxxxx".
[[nodiscard]] std::string text_of(std::optional<u32> value);

}  // namespace flexv::platform::rsp
