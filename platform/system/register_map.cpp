// SPDX-License-Identifier: Apache-2.0
#include "platform/system/register_map.hpp"

#include "platform/system/memory_map.hpp"
#include "platform/system/soc.hpp"

#include <algorithm>

namespace flexv::platform {

std::vector<RegisterChapter> register_blocks(const Soc& soc) {
    std::vector<Block> blocks;
    for (const Cluster* const cluster : soc.clusters.all())
        blocks.insert(blocks.end(), cluster->blocks().begin(), cluster->blocks().end());
    blocks.insert(blocks.end(), soc.peripherals.blocks().begin(), soc.peripherals.blocks().end());
    std::erase_if(blocks, [](const Block& block) { return block.registers == nullptr; });
    std::ranges::sort(blocks, {}, [](const Block& block) { return block.range.base; });

    std::vector<RegisterChapter> result;
    for (const Block& block : blocks) {
        auto entry = std::ranges::find(result, block.manual.name, &RegisterChapter::name);
        if (entry == result.end())
            entry = result.insert(entry, {.name = block.manual.name,
                                          .doc = block.manual.doc,
                                          .instances = {},
                                          .bank = block.registers});
        entry->instances.push_back({.name = block.manual.instance, .base = block.range.base});
    }
    return result;
}

std::string register_name_at(const Soc& soc, Address address) {
    if (address < memory_map::kClusterAlias.size_bytes)
        address += memory_map::kCluster.base;
    for (const RegisterChapter& chapter : register_blocks(soc))
        for (const RegisterChapter::Instance& instance : chapter.instances)
            for (const Register* entry : chapter.bank->registers())
                if (address - instance.base - entry->offset() < 4)
                    return instance.name + "." + entry->name();
    return fmt::format("{:#010x}", address);
}

}  // namespace flexv::platform
