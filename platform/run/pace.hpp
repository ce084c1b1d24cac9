// SPDX-License-Identifier: Apache-2.0
// Keeps simulated time from passing faster than the user's: who types would otherwise find that
// every timeout of an idle firmware has passed. Plain C++.
#pragma once

#include <chrono>

namespace flexv::platform {

class Pace {
public:
    using Duration = std::chrono::nanoseconds;

    /// How far the simulation is ahead of the user, both measured from any start. Where it was
    /// slower it does not catch up.
    [[nodiscard]] Duration lead(Duration simulated, Duration host) {
        const Duration ahead = (simulated - simulated_) - (host - host_);
        if (ahead >= Duration::zero())
            return ahead;
        simulated_ = simulated;
        host_ = host;
        return Duration::zero();
    }

private:
    Duration simulated_{};  // when both were last together
    Duration host_{};
};

}  // namespace flexv::platform
