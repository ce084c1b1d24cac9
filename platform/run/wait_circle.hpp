// SPDX-License-Identifier: Apache-2.0
// Cores that wait for each other in a circle, such as the holder of a mutex who waits at a barrier
// for those who want the mutex.
#pragma once

#include "base/units.hpp"

#include <vector>

namespace flexv::platform {

/// \param awaited [core] the cores that it waits for, one bit for each
/// \returns a shortest circle, each core behind one that waits for it; the first is the one in a
/// circle that most wait for. Empty: there is none.
[[nodiscard]] std::vector<unsigned> wait_circle(const std::vector<u32>& awaited);

}  // namespace flexv::platform
