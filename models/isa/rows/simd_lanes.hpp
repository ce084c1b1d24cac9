// SPDX-License-Identifier: Apache-2.0
// The lane-wise operations of the SIMD unit, exactly as the hardware computes them: 4- and 2-bit
// lanes deviate from the ideal in shifts, averages, comparisons and additions (docs/spec/isa.md,
// section 11.1).
#pragma once

#include "isa/rows/simd.hpp"

#include <algorithm>

namespace flexv::isa::lanes {

/// `function` of the lanes of a and b, zero-extended; the result is cut to the lane.
template <unsigned width, typename Function>
constexpr u32 unsigned_lanes(u32 a, u32 b, Function function) {
    u32 result = 0;
    for (unsigned lane = 0; lane < 32 / width; ++lane) {
        const u32 value = function(unsigned_lane<width>(a, lane), unsigned_lane<width>(b, lane));
        result |= (value & lane_mask<width>()) << (lane * width);
    }
    return result;
}

/// Likewise with sign-extended lanes.
template <unsigned width, typename Function>
constexpr u32 signed_lanes(u32 a, u32 b, Function function) {
    u32 result = 0;
    for (unsigned lane = 0; lane < 32 / width; ++lane) {
        const u32 value = u32(function(signed_lane<width>(a, lane), signed_lane<width>(b, lane)));
        result |= (value & lane_mask<width>()) << (lane * width);
    }
    return result;
}

/// 4- and 2-bit lanes share one shifter, which fills every lane with bit 31 of its whole input.
template <unsigned width>
constexpr u32 shift_right_arithmetic(u32 word, u32 amounts) {
    constexpr u32 kModulo = width - 1;
    if constexpr (width >= 8) {
        return signed_lanes<width>(word, amounts,
                                   [](i32 a, i32 b) { return a >> (u32(b) & kModulo); });
    } else {
        const u32 fill = i32(word) < 0 ? lane_mask<width>() : 0;
        return unsigned_lanes<width>(
            word, amounts, [fill](u32 a, u32 b) { return (fill << width | a) >> (b & kModulo); });
    }
}

struct Add {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        u32 sum = unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return x + y; });
        if constexpr (width == 2) {  // the carry out of lane 12 reaches lane 13
            const u32 carry = (unsigned_lane<2>(a, 12) + unsigned_lane<2>(b, 12)) >> 2;
            const u32 lane_13 = unsigned_lane<2>(sum, 13) + carry;
            sum = (sum & ~(u32{3} << 26)) | (lane_13 & 3) << 26;
        }
        return sum;
    }
};

struct Sub {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return x - y; });
    }
};

/// The carry out of the addition is lost.
struct Average {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return shift_right_arithmetic<width>(Add::apply<width>(a, b), in_every_lane<width>(1));
    }
};

struct AverageUnsigned {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return unsigned_lanes<width>(Add::apply<width>(a, b), 0, [](u32 x, u32) { return x >> 1; });
    }
};

struct Min {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return signed_lanes<width>(a, b, [](i32 x, i32 y) { return std::min(x, y); });
    }
};

struct MinUnsigned {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return std::min(x, y); });
    }
};

struct Max {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return signed_lanes<width>(a, b, [](i32 x, i32 y) { return std::max(x, y); });
    }
};

struct MaxUnsigned {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return std::max(x, y); });
    }
};

struct ShiftRight {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return x >> (y & (width - 1)); });
    }
};

struct ShiftRightArithmetic {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return shift_right_arithmetic<width>(a, b);
    }
};

struct ShiftLeft {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return x << (y & (width - 1)); });
    }
};

struct Or {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return a | b;
    }
};

struct Xor {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return a ^ b;
    }
};

struct And {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return a & b;
    }
};

/// `b` is 0 in the canonical form.
struct Abs {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        return signed_lanes<width>(a, b,
                                   [](i32 x, i32 y) { return x > y ? u32(x) : u32(y) - u32(x); });
    }
};

/// All ones in the lanes that are equal. In 4-bit lanes the upper two bits tell whether the whole
/// operands are.
template <unsigned width>
constexpr u32 equal(u32 a, u32 b) {
    const u32 lanes =
        unsigned_lanes<width>(a, b, [](u32 x, u32 y) { return x == y ? ~u32{0} : 0; });
    if constexpr (width == 4) {
        constexpr u32 kLower = in_every_lane<4>(3);
        return (lanes & kLower) | (a == b ? ~kLower : 0);
    } else {
        return lanes;
    }
}

template <unsigned width, bool is_signed>
constexpr u32 greater(u32 a, u32 b) {
    constexpr auto kCompare = [](auto x, auto y) { return x > y ? ~u32{0} : 0; };
    if constexpr (is_signed)
        return signed_lanes<width>(a, b, kCompare);
    else
        return unsigned_lanes<width>(a, b, kCompare);
}

enum class Relation { equal, not_equal, greater, greater_equal, less, less_equal };

/// Built from `greater` and `equal` like the comparator: less is neither, less_equal is not
/// greater.
template <Relation relation, bool is_signed>
struct Compare {
    template <unsigned width>
    static constexpr u32 apply(u32 a, u32 b) {
        switch (relation) {
            case Relation::equal:
                return lanes::equal<width>(a, b);
            case Relation::not_equal:
                return ~lanes::equal<width>(a, b);
            case Relation::greater:
                return lanes::greater<width, is_signed>(a, b);
            case Relation::greater_equal:
                return lanes::greater<width, is_signed>(a, b) | lanes::equal<width>(a, b);
            case Relation::less:
                return ~(lanes::greater<width, is_signed>(a, b) | lanes::equal<width>(a, b));
            case Relation::less_equal:
                return ~lanes::greater<width, is_signed>(a, b);
        }
        return 0;
    }
};

}  // namespace flexv::isa::lanes
