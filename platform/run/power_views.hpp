// SPDX-License-Identifier: Apache-2.0
// What is shown of a run over time, a window of power at a time: a table, a wave, a timeline.
#pragma once

#include "dma/dma.hpp"
#include "energy/counters.hpp"
#include "energy/pricing.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/probes/power_meter.hpp"
#include "platform/probes/power_trace.hpp"
#include "platform/probes/timeline_trace.hpp"
#include "platform/probes/wave.hpp"
#include "platform/probes/wave_recorder.hpp"
#include "platform/run/run_request.hpp"
#include "platform/system/soc.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

class PowerViews {
public:
    /// Those that `request` wants; all references outlive it.
    PowerViews(Soc& soc, const ElfImage& image, const RunRequest& request,
               const dma::Mchan::Config& dma, const energy::CounterSet& counters,
               const energy::PriceList& prices);

    /// The first window begins in cycle `now`.
    void start_at(Cycles now) { meter_.start_at(now); }
    /// A core begins; `hart` is its place among all cores.
    void start(const core::Core& core, unsigned hart, Cycles now);
    /// It passes the mark of a region.
    void mark(const core::Core& core, unsigned hart, unsigned id, const std::string& name,
              bool is_begin, Cycles now);
    /// The last window ends in cycle `end`.
    void finish(Cycles end);
    /// The same for the wave, whose file may have to wait for others.
    void finish_wave(Cycles end);

    [[nodiscard]] const PowerPeak& peak() const { return meter_.peak(); }

private:
    void write_trace(OutputFile& file);
    void show_wave(OutputFile& file);
    void draw_timeline(OutputFile& file);
    [[nodiscard]] bool is_shown(const core::Core& core) const;
    [[nodiscard]] std::vector<std::string> cluster_cores() const;
    [[nodiscard]] std::vector<std::string> dma_channels() const;
    [[nodiscard]] std::vector<std::size_t> places_of_conflicts() const;
    [[nodiscard]] u64 bank_conflicts() const;

    Soc& soc_;
    const ElfImage& image_;
    const unsigned channels_;  // of the DMA of each cluster
    const energy::CounterSet& counters_;
    const std::vector<std::size_t> conflicts_;  // of banks, in the list of all counters
    PowerMeter meter_;
    std::optional<PowerTrace> trace_;
    std::optional<Wave> wave_;
    std::unique_ptr<WaveRecorder> wave_recorder_;  // null: no wave
    std::unique_ptr<TimelineTrace> timeline_;      // null: nobody asks
};

}  // namespace flexv::platform
