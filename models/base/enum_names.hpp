// SPDX-License-Identifier: Apache-2.0
// How many enumerators an enumeration has, and their names as text: the compiler counts, so that
// nobody has to keep a number right.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace flexv {

namespace detail {

/// Compilers write a value without a name as "(Enum)7".
template <auto value>
constexpr bool has_name() {
    std::string_view text = __PRETTY_FUNCTION__;
    text = text.substr(0, text.find_first_of(";]", text.find("value = ")));
    const auto last = text.find_last_not_of("0123456789");
    return text[last] != ')';
}

template <typename Enum, std::size_t count = 0>
constexpr std::size_t count_enumerators() {
    if constexpr (has_name<Enum(count)>())
        return count_enumerators<Enum, count + 1>();
    else
        return count;
}

}  // namespace detail

/// Of an enumeration whose values are 0, 1, 2, ...
template <typename Enum>
inline constexpr std::size_t kEnumerators = detail::count_enumerators<Enum>();

/// [enumerator], its name.
template <typename Enum>
struct EnumNames {
    std::array<std::string_view, kEnumerators<Enum>> names{};

    constexpr std::string_view operator[](Enum value) const { return names[std::size_t(value)]; }
};

/// One name for each enumerator, in their order.
template <typename Enum, typename... Names>
constexpr EnumNames<Enum> enum_names(Names... names) {
    static_assert(sizeof...(names) == kEnumerators<Enum>, "each enumerator has a name");
    return {{names...}};
}

}  // namespace flexv
