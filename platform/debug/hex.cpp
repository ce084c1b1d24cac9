// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/hex.hpp"

#include <fmt/format.h>

#include <limits>

namespace flexv::platform::hex {

namespace {

std::optional<unsigned> digit_of(char c) {
    if (c >= '0' && c <= '9')
        return unsigned(c - '0');
    if (c >= 'a' && c <= 'f')
        return unsigned(c - 'a') + 10;
    if (c >= 'A' && c <= 'F')
        return unsigned(c - 'A') + 10;
    return std::nullopt;
}

}  // namespace

std::string of_bytes(std::string_view bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const char byte : bytes)
        fmt::format_to(std::back_inserter(text), "{:02x}", u8(byte));
    return text;
}

std::string of_word(u32 value) {
    std::string bytes;
    for (unsigned shift = 0; shift < 32; shift += 8)
        bytes += char(u8(value >> shift));
    return of_bytes(bytes);
}

std::string of_number(u64 value) { return fmt::format("{:x}", value); }

std::optional<std::string> bytes_of(std::string_view text) {
    if (text.size() % 2 != 0)
        return std::nullopt;
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const auto high = digit_of(text[i]);
        const auto low = digit_of(text[i + 1]);
        if (!high || !low)
            return std::nullopt;
        bytes += char(u8(*high << 4 | *low));
    }
    return bytes;
}

std::optional<u64> number_of(std::string_view text) {
    constexpr std::size_t kMaxDigits = 16;
    if (text.empty() || text.size() > kMaxDigits)
        return std::nullopt;
    u64 value = 0;
    for (const char c : text) {
        const auto digit = digit_of(c);
        if (!digit)
            return std::nullopt;
        value = value << 4 | *digit;
    }
    return value;
}

std::optional<u32> word_number_of(std::string_view text) {
    const auto value = number_of(text);
    if (!value || *value > std::numeric_limits<u32>::max())
        return std::nullopt;
    return u32(*value);
}

std::optional<u32> word_of(std::string_view text) {
    const auto bytes = bytes_of(text);
    if (!bytes || bytes->size() != sizeof(u32))
        return std::nullopt;
    u32 value = 0;
    for (unsigned i = 0; i < sizeof(u32); ++i)
        value |= u32{u8((*bytes)[i])} << (8 * i);
    return value;
}

}  // namespace flexv::platform::hex
