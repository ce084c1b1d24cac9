// SPDX-License-Identifier: Apache-2.0
// How a price follows the size of the platform: declared in a profile under `laws.size`, named by
// the prices that obey it. Pure arithmetic on two architectures.
#pragma once

#include "base/units.hpp"
#include "energy/architecture.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::energy {

/// How a part of a price grows with n, where n0 is n of the reference architecture.
enum class Curve : u8 {
    linear,   ///< n / n0
    sqrt,     ///< (n / n0)^0.5: wires across an area, bit and word lines of a memory
    log2,     ///< log2(1 + n) / log2(1 + n0): trees
    inverse,  ///< n0 / n: what is shared by more
    table     ///< a value for each name
};
[[nodiscard]] std::string_view name_of(Curve curve);

/// Sizes that are multiplied, and those that divide: "tcdm.bytes / tcdm.banks".
struct SizeProduct {
    std::vector<std::string> factors;
    std::vector<std::string> divisors;

    /// Reads names between `*` and `/`. Throws UserError without a place.
    [[nodiscard]] static SizeProduct parse(const std::string& text);
    [[nodiscard]] std::vector<std::string> names() const;
    /// All names must be counts of `architecture`.
    [[nodiscard]] double of(const Architecture& architecture) const;
};

/// A part of a price.
struct SizeTerm {
    double share = 0;  ///< of the price at the reference architecture, 0..1
    SizeProduct per;   ///< one choice for Curve::table
    Curve curve = Curve::linear;
    std::map<std::string, double> table;  ///< value of each choice
};

struct SizeLaw {
    std::string name;
    std::vector<SizeTerm> terms;  ///< what their shares leave does not change

    /// Price at `now` over price at `reference`; exactly 1 where they are equal. Throws UserError
    /// when `now` lacks a size, or a table a value for it.
    [[nodiscard]] double factor(const Architecture& now, const Architecture& reference) const;
    [[nodiscard]] std::vector<std::string> names() const;
};

}  // namespace flexv::energy
