// SPDX-License-Identifier: Apache-2.0
#include "platform/files/printable.hpp"

#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

namespace flexv::platform {

namespace {

constexpr u32 kNoCharacter = 0x110000;  // beyond Unicode

struct Character {
    u32 code = kNoCharacter;
    std::size_t bytes = 1;
};

/// Length and leading bits by the first byte; 0 for one that begins nothing.
std::size_t length_of(u8 first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/// The first character of `text`; one byte without a code where there is none.
Character decode(std::string_view text) {
    constexpr u32 kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
    const std::size_t length = length_of(u8(text.front()));
    if (length == 0 || length > text.size())
        return {};
    u32 code = length == 1 ? u8(text.front()) : u8(text.front()) & (0x7fU >> length);
    for (std::size_t i = 1; i < length; ++i) {
        if ((u8(text[i]) & 0xc0U) != 0x80)
            return {};
        code = code << 6 | (u8(text[i]) & 0x3fU);
    }
    const bool is_surrogate = code >= 0xd800 && code < 0xe000;
    if (code < kSmallest[length] || code >= kNoCharacter || is_surrogate)
        return {};
    return {.code = code, .bytes = length};
}

/// Neither a control character (C0, DEL, C1) nor one that ends a line or turns its direction.
bool is_plain(u32 code) {
    const bool is_control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const bool is_format = (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
    return code < kNoCharacter && !is_control && !is_format;
}

}  // namespace

std::string printable(std::string_view name) {
    std::string text;
    while (!name.empty()) {
        const Character character = decode(name);
        const std::string_view bytes = name.substr(0, character.bytes);
        name.remove_prefix(character.bytes);
        if (is_plain(character.code)) {
            text += bytes;
            continue;
        }
        for (const char byte : bytes)
            fmt::format_to(std::back_inserter(text), "\\x{:02x}", u8(byte));
    }
    return text;
}

}  // namespace flexv::platform
