// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/breakpoints.hpp"

#include <utility>

namespace flexv::platform {

bool Breakpoints::remove(Address pc) {
    const auto found = counts_.find(pc);
    if (found == counts_.end())
        return false;
    if (--found->second == 0) {
        counts_.erase(found);
        removed_.insert(pc);
    }
    return true;
}

void Breakpoints::clear() {
    counts_.clear();
    removed_.clear();
}

std::vector<DebugPoint> Breakpoints::points() const {
    std::vector<DebugPoint> points;
    for (const auto& [pc, count] : counts_)
        points.insert(points.end(), count, {.kind = PointKind::software, .address = pc});
    return points;
}

void Breakpoints::mark_everything() {
    for (core::DecodeCache* cache : caches_)
        cache->stop_everywhere(true);
}

/// Only differences are told: a debugger takes all breakpoints away at a stop and puts them back.
void Breakpoints::mark(bool everywhere, bool keeps_removed) {
    lifted_ = std::exchange(removed_, {});
    if (!keeps_removed)
        lifted_.clear();
    std::set<Address> wanted = lifted_;
    for (const auto& [pc, count] : counts_)
        wanted.insert(pc);
    for (core::DecodeCache* cache : caches_) {
        for (const Address pc : marked_)
            if (!wanted.contains(pc))
                cache->stop_at(pc, false);
        for (const Address pc : wanted)
            if (!marked_.contains(pc))
                cache->stop_at(pc, true);
        cache->stop_everywhere(everywhere);
    }
    marked_ = std::move(wanted);
}

}  // namespace flexv::platform
