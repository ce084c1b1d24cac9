// SPDX-License-Identifier: Apache-2.0
// Strings that are put together at compile time, so that a family of instruction rows is one
// template with the mnemonic and the opcode bits as arguments.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace flexv::isa {

/// A string literal as a template argument.
template <std::size_t N>
struct Text {
    static constexpr std::size_t kLength = N - 1;
    char chars[N]{};

    consteval Text() = default;
    // NOLINTNEXTLINE(google-explicit-constructor): a literal is meant to become one by itself
    consteval Text(const char (&literal)[N]) { std::copy_n(literal, N, chars); }
};

/// Both in one, as a template argument again.
template <std::size_t N, std::size_t M>
consteval Text<N + M - 1> operator+(const Text<N>& a, const Text<M>& b) {
    Text<N + M - 1> result;
    std::copy_n(b.chars, M, std::copy_n(a.chars, N - 1, result.chars));
    return result;
}

namespace detail {

template <Text... parts>
struct Joined {
    static constexpr auto kChars = [] {
        std::array<char, (decltype(parts)::kLength + ... + 0)> result{};
        auto end = result.begin();
        ((end = std::copy_n(parts.chars, decltype(parts)::kLength, end)), ...);
        return result;
    }();
};

}  // namespace detail

/// All parts in one string with static storage.
template <Text... parts>
inline constexpr std::string_view joined{detail::Joined<parts...>::kChars.data(),
                                         detail::Joined<parts...>::kChars.size()};

}  // namespace flexv::isa
