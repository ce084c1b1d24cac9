// SPDX-License-Identifier: Apache-2.0
// Brings what cores, DMA and event unit do before a wave.
#pragma once

#include "platform/firmware/elf.hpp"
#include "platform/probes/wave.hpp"
#include "platform/system/soc.hpp"

#include <memory>
#include <vector>

namespace flexv::platform {

class WaveRecorder {
public:
    /// Observes the clusters of `soc`, which are not started yet. All outlive it.
    /// \param channels of the DMA of each cluster
    WaveRecorder(Soc& soc, unsigned channels, const ElfImage& image, Wave& wave);
    ~WaveRecorder();
    WaveRecorder(const WaveRecorder&) = delete;
    WaveRecorder& operator=(const WaveRecorder&) = delete;

private:
    class CoreObserver;

    void observe_cores(Cluster& cluster, const ElfImage& image, Wave& wave);
    /// \param first number of its first channel
    static void observe_dma(dma::Mchan& dma, Wave& wave, unsigned first);

    std::vector<std::unique_ptr<CoreObserver>>
        observers_;  // [core], of one cluster after the other
};

}  // namespace flexv::platform
