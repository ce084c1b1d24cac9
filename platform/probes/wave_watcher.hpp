// SPDX-License-Identifier: Apache-2.0
// Brings what cores, DMA and event unit do before a wave.
#pragma once

#include "platform/firmware/elf.hpp"
#include "platform/probes/wave.hpp"
#include "platform/system/soc.hpp"

#include <memory>
#include <vector>

namespace flexv::platform {

class WaveWatcher {
public:
    /// Observes the cluster of `soc`, which is not started yet. All outlive it.
    WaveWatcher(Soc& soc, const ElfImage& image, Wave& wave);
    ~WaveWatcher();
    WaveWatcher(const WaveWatcher&) = delete;
    WaveWatcher& operator=(const WaveWatcher&) = delete;

private:
    class Watcher;

    std::vector<std::unique_ptr<Watcher>> watchers_;  // [core]
};

}  // namespace flexv::platform
