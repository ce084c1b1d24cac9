// SPDX-License-Identifier: Apache-2.0
#include "platform/system/reset_blocks.hpp"

#include "base/module.hpp"
#include "core/core.hpp"
#include "core/decode/decode_cache.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace flexv::platform {

namespace {

/// Blocks let go of the cores' lines and requests before the cores forget them, and cores of their
/// instructions before those are gone.
enum Turn : unsigned { kBlocks, kCores, kCode, kTurns };
using Turns = std::array<std::vector<Module*>, kTurns>;

Turn turn_of(const Module& module) {
    if (dynamic_cast<const core::Core*>(&module) != nullptr)
        return kCores;
    return dynamic_cast<const core::DecodeCache*>(&module) != nullptr ? kCode : kBlocks;
}

bool is_module(const sc_core::sc_object* object) {
    return dynamic_cast<const Module*>(object) != nullptr;
}

/// Modules without modules below them.
void collect(const sc_core::sc_object& top, Turns& turns) {
    for (sc_core::sc_object* const child : top.get_child_objects()) {
        auto* const module = dynamic_cast<Module*>(child);
        if (module == nullptr)
            continue;
        if (std::ranges::any_of(module->get_child_objects(), is_module))
            collect(*module, turns);
        else
            turns[turn_of(*module)].push_back(module);
    }
}

}  // namespace

void reset_blocks(const sc_core::sc_object& top) {
    Turns turns;
    collect(top, turns);
    for (const std::vector<Module*>& modules : turns)
        for (Module* const module : modules)
            module->reset_within_run();
}

}  // namespace flexv::platform
