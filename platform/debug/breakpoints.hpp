// SPDX-License-Identifier: Apache-2.0
// Where cores stop: addresses that the debugger has named, and for the time of a step every
// instruction. The decoded instructions carry the marks, so code without any runs at full speed.
#pragma once

#include "core/decode/decode_cache.hpp"
#include "platform/debug/target.hpp"

#include <map>
#include <set>
#include <vector>

namespace flexv::platform {

class Breakpoints {
public:
    explicit Breakpoints(std::vector<core::DecodeCache*> caches) : caches_(std::move(caches)) {}

    void insert(Address pc) { ++counts_[pc]; }
    /// False when there is none.
    bool remove(Address pc);
    void clear();
    [[nodiscard]] bool contains(Address pc) const { return counts_.contains(pc); }
    [[nodiscard]] std::vector<DebugPoint> points() const;
    /// One that the debugger has taken away for a step of one thread only: the others still stop.
    [[nodiscard]] bool is_lifted(Address pc) const { return lifted_.contains(pc) && !contains(pc); }

    /// Marks the instructions; called when the platform goes on. What was removed since the last
    /// call stays marked when `keeps_removed`.
    void mark(bool everywhere, bool keeps_removed);
    /// Until then every instruction is marked.
    void mark_everything();

private:
    std::vector<core::DecodeCache*> caches_;
    std::map<Address, unsigned> counts_;  // the debugger may insert twice
    std::set<Address> removed_;           // since the last mark()
    std::set<Address> lifted_;
    std::set<Address> marked_;
};

}  // namespace flexv::platform
