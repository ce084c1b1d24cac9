// SPDX-License-Identifier: Apache-2.0
#include "platform/system/serialize_blocks.hpp"

#include "base/module.hpp"
#include "core/core.hpp"
#include "core/decode/decode_cache.hpp"

#include <algorithm>
#include <vector>

namespace flexv::platform {

namespace {

void collect(const sc_core::sc_object& top, std::vector<Module*>& modules) {
    for (sc_core::sc_object* const child : top.get_child_objects()) {
        if (auto* const module = dynamic_cast<Module*>(child))
            modules.push_back(module);
        collect(*child, modules);
    }
}

/// Code is decoded from memories, and cores stand in front of decoded instructions.
int rank_of(const Module* module) {
    if (dynamic_cast<const core::Core*>(module) != nullptr)
        return 2;
    return dynamic_cast<const core::DecodeCache*>(module) != nullptr ? 1 : 0;
}

}  // namespace

void serialize_blocks(const sc_core::sc_object& top, StateArchive& archive) {
    std::vector<Module*> modules;
    collect(top, modules);
    std::ranges::stable_sort(modules, {}, rank_of);
    for (Module* const module : modules)
        module->make_known(archive);
    for (Module* const module : modules)
        archive.part(module->name(), [&] { module->serialize_with_counters(archive); });
}

}  // namespace flexv::platform
