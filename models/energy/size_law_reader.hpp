// SPDX-License-Identifier: Apache-2.0
// What a power annotation file says about the size of the cluster: the counts that its prices were
// made for, and laws that carry them to other counts. Private to this library.
#pragma once

#include "energy/architecture.hpp"
#include "energy/json_view.hpp"
#include "energy/size_law.hpp"

#include <string>
#include <vector>

namespace flexv::energy {

/// `per` of `view`: sizes between `*` and `/`, not yet looked up.
[[nodiscard]] SizeProduct read_product(JsonView& view);

/// The object `reference.architecture`: positive whole numbers and names.
[[nodiscard]] Architecture read_architecture(JsonView view);

/// The object `laws.size`; every size that a law names is one of `reference`.
[[nodiscard]] std::vector<SizeLaw> read_size_laws(JsonView view, const Architecture& reference);

/// The list `key` of a price: names out of `laws`. Empty when the price has none.
[[nodiscard]] std::vector<std::string> read_scales(JsonView& view, const std::string& key,
                                                   const std::vector<SizeLaw>& laws);

}  // namespace flexv::energy
