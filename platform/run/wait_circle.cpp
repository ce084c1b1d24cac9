// SPDX-License-Identifier: Apache-2.0
#include "platform/run/wait_circle.hpp"

#include <algorithm>
#include <deque>
#include <optional>

namespace flexv::platform {

namespace {

bool waits_for(const std::vector<u32>& awaited, unsigned core, unsigned other) {
    return (awaited[core] >> other & 1) != 0;
}

/// A shortest way from `start` back to it, breadth first.
std::vector<unsigned> circle_through(const std::vector<u32>& awaited, unsigned start) {
    std::vector<std::optional<unsigned>> reached_from(awaited.size());
    std::deque<unsigned> open = {start};
    while (!open.empty() && !reached_from[start]) {
        const unsigned core = open.front();
        open.pop_front();
        for (unsigned other = 0; other < awaited.size(); ++other)
            if (waits_for(awaited, core, other) && !reached_from[other]) {
                reached_from[other] = core;
                open.push_back(other);
            }
    }
    std::vector<unsigned> circle;
    if (!reached_from[start])
        return circle;
    for (unsigned core = *reached_from[start]; core != start; core = *reached_from[core])
        circle.push_back(core);
    circle.push_back(start);
    std::ranges::reverse(circle);
    return circle;
}

}  // namespace

std::vector<unsigned> wait_circle(const std::vector<u32>& awaited) {
    std::vector<unsigned> found;
    unsigned most = 0;
    for (unsigned core = 0; core < awaited.size(); ++core) {
        unsigned waiting = 0;
        for (unsigned other = 0; other < awaited.size(); ++other)
            waiting += waits_for(awaited, other, core) ? 1U : 0U;
        if (waiting <= most)
            continue;
        if (std::vector<unsigned> circle = circle_through(awaited, core); !circle.empty()) {
            found = std::move(circle);
            most = waiting;
        }
    }
    return found;
}

}  // namespace flexv::platform
