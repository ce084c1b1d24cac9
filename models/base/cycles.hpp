// SPDX-License-Identifier: Apache-2.0
// Time, counted in cycles of a clock. A type of its own, so that neither an address nor a count nor
// the time of another clock gets into it by accident; to the processor it is the integer that it
// holds (docs/decisions/0018-types-of-time.md).
#pragma once

#include <fmt/core.h>

#include <compare>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <limits>
#include <type_traits>

namespace flexv {

/// A plain number, as it comes from a register, a configuration or a container.
template <typename T>
concept PlainNumber = std::is_arithmetic_v<T> && !std::same_as<T, bool>;
/// One that need not be a literal.
template <typename T>
concept WholeNumber = std::integral<T> && PlainNumber<T> && !std::same_as<T, int>;
/// One of two clocks has a name, the other one has not.
template <typename A, typename B>
concept IsNamedUnlike = (std::is_void_v<A> != std::is_void_v<B>);

/// Cycles of `Clock`, a count or a point in time since reset. Unsigned: what lies behind 0 wraps.
/// \tparam Clock a name, which tells cycles of one clock from those of another one; void where one
///     clock is all there is, as within a block
template <typename Clock>
class CyclesOf {
public:
    constexpr CyclesOf() = default;
    /// Literals are cycles where cycles are meant: `now + 1`.
    template <std::same_as<int> Literal>
    consteval CyclesOf(Literal count)
        : count_(count >= 0 ? std::uint64_t(count) : throw "cycles are counted from 0") {}
    /// Of a number that is not known to be cycles.
    template <WholeNumber Number>
    explicit constexpr CyclesOf(Number count) : count_(std::uint64_t(count)) {}
    /// Cycles enter a clock that has a name, or leave it. Those of one such clock never become
    /// those of another: Crossing says when what (base/clock_domain.hpp).
    template <IsNamedUnlike<Clock> Other>
    explicit constexpr CyclesOf(CyclesOf<Other> cycles) : count_(std::uint64_t(cycles)) {}
    /// The number.
    template <PlainNumber Number>
    explicit constexpr operator Number() const {
        return Number(count_);
    }

    constexpr CyclesOf& operator+=(CyclesOf other) { return *this = *this + other; }
    constexpr CyclesOf& operator-=(CyclesOf other) { return *this = *this - other; }
    constexpr CyclesOf& operator++() { return *this += 1; }
    constexpr CyclesOf& operator--() { return *this -= 1; }

    friend constexpr CyclesOf operator+(CyclesOf a, CyclesOf b) {
        return CyclesOf(a.count_ + b.count_);
    }
    friend constexpr CyclesOf operator-(CyclesOf a, CyclesOf b) {
        return CyclesOf(a.count_ - b.count_);
    }
    /// `times` as long.
    template <std::integral Number>
    friend constexpr CyclesOf operator*(CyclesOf a, Number times) {
        return CyclesOf(a.count_ * std::uint64_t(times));
    }
    template <std::integral Number>
    friend constexpr CyclesOf operator*(Number times, CyclesOf a) {
        return a * times;
    }
    /// One of `parts`, rounded down.
    template <std::integral Number>
    friend constexpr CyclesOf operator/(CyclesOf a, Number parts) {
        return CyclesOf(a.count_ / std::uint64_t(parts));
    }
    /// How often `b` fits into `a`.
    friend constexpr std::uint64_t operator/(CyclesOf a, CyclesOf b) { return a.count_ / b.count_; }
    /// What is left then.
    friend constexpr CyclesOf operator%(CyclesOf a, CyclesOf b) {
        return CyclesOf(a.count_ % b.count_);
    }
    /// The place of a cycle in a ring of `places`.
    template <std::integral Number>
    friend constexpr std::uint64_t operator%(CyclesOf a, Number places) {
        return a.count_ % std::uint64_t(places);
    }

    friend constexpr bool operator==(CyclesOf, CyclesOf) = default;
    friend constexpr auto operator<=>(CyclesOf, CyclesOf) = default;
    // Each by itself: GCC 12 makes two comparisons of one that is derived from <=>.
    friend constexpr bool operator<(CyclesOf a, CyclesOf b) { return a.count_ < b.count_; }
    friend constexpr bool operator>(CyclesOf a, CyclesOf b) { return a.count_ > b.count_; }
    friend constexpr bool operator<=(CyclesOf a, CyclesOf b) { return a.count_ <= b.count_; }
    friend constexpr bool operator>=(CyclesOf a, CyclesOf b) { return a.count_ >= b.count_; }
    // A literal that somebody has handed on, as CHECK() of a test does.
    template <std::same_as<int> Literal>
    friend constexpr bool operator==(CyclesOf a, Literal b) {
        return a.count_ == std::uint64_t(b);
    }
    template <std::same_as<int> Literal>
    friend constexpr auto operator<=>(CyclesOf a, Literal b) {
        return a.count_ <=> std::uint64_t(b);
    }

private:
    std::uint64_t count_ = 0;
};

/// Of the clock that a block stands in, whichever it is.
using Cycles = CyclesOf<void>;

static_assert(sizeof(Cycles) == sizeof(std::uint64_t) && std::is_trivially_copyable_v<Cycles>);

inline constexpr Cycles kNever{~std::uint64_t{0}};  ///< later than every cycle

template <typename Char, typename Traits, typename Clock>
std::basic_ostream<Char, Traits>& operator<<(std::basic_ostream<Char, Traits>& out,
                                             CyclesOf<Clock> cycles) {
    return out << std::uint64_t(cycles);
}
/// Reports have the number.
template <typename Json, typename Clock>
void to_json(Json& json, CyclesOf<Clock> cycles) {
    json = std::uint64_t(cycles);
}

}  // namespace flexv

template <typename Clock>
struct std::numeric_limits<flexv::CyclesOf<Clock>> : std::numeric_limits<std::uint64_t> {
    static constexpr auto max() { return flexv::CyclesOf<Clock>(~std::uint64_t{0}); }
};

template <typename Clock>
struct fmt::formatter<flexv::CyclesOf<Clock>> : fmt::formatter<std::uint64_t> {
    template <typename Context>
    auto format(flexv::CyclesOf<Clock> cycles, Context& context) const {
        return fmt::formatter<std::uint64_t>::format(std::uint64_t(cycles), context);
    }
};
