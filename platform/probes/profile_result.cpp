// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/profile_result.hpp"

#include <numeric>

namespace flexv::platform {

Cycles ProfileCost::active() const {
    return Cycles{std::accumulate(stalls.begin(), stalls.end(), instructions)};
}

void ProfileCost::add(const ProfileCost& other) {
    instructions += other.instructions;
    for (unsigned cause = 0; cause < kStalls; ++cause)
        stalls[cause] += other.stalls[cause];
    asleep += other.asleep;
    macs += other.macs;
    attojoules += other.attojoules;
}

ProfileCost ProfileNode::own() const {
    ProfileCost sum;
    for (const ProfileLine& line : lines)
        sum.add(line.cost);
    return sum;
}

std::vector<ProfileCost> Profile::inclusive() const {
    std::vector<ProfileCost> costs;
    for (const ProfileNode& node : nodes)
        costs.push_back(node.own());
    for (std::size_t i = nodes.size(); i-- > 0;)
        if (nodes[i].parent != ProfileNode::kNone)
            costs[nodes[i].parent].add(costs[i]);
    return costs;
}

}  // namespace flexv::platform
