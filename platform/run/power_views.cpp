// SPDX-License-Identifier: Apache-2.0
#include "platform/run/power_views.hpp"

#include "base/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flexv::platform {

/// Those who listen do so in the order in which they are set up.
PowerViews::PowerViews(Soc& soc, const ElfImage& image, const RunRequest& request,
                       const dma::Mchan::Config& dma, const energy::CounterSet& counters,
                       const energy::PriceList& prices)
    : soc_(soc),
      image_(image),
      channels_(dma.id_count),
      counters_(counters),
      conflicts_(places_of_conflicts()),
      meter_(prices, soc.cluster_clocks(), [this] { return counters_.read(); }) {
    FLEXV_ASSERT(request.power_window > 0, "power is measured in windows of some cycles");
    meter_.show_others(soc_.outside.own_counters(), counters_.paths());
    soc_.sample_probe.attach([this](ClusterCycles now) { meter_.close(Cycles(now)); });
    soc_.sample_every(ClusterCycles(request.power_window));
    if (request.power_trace != nullptr)
        write_trace(*request.power_trace);
    if (request.wave != nullptr)
        show_wave(*request.wave);
    if (request.timeline != nullptr)
        draw_timeline(*request.timeline);
}

void PowerViews::write_trace(OutputFile& file) {
    trace_.emplace(file, meter_.components(), meter_.others());
    meter_.window_probe.attach([this](const PowerWindow& window) { trace_->add(window); });
}

void PowerViews::show_wave(OutputFile& file) {
    wave_.emplace(file, cluster_cores(), dma_channels(), meter_.components(), soc_.cluster_clocks(),
                  meter_.others());
    wave_recorder_ = std::make_unique<WaveRecorder>(soc_, channels_, image_, *wave_);
    meter_.window_probe.attach([this, before = u64{0}](const PowerWindow& window) mutable {
        const u64 now = bank_conflicts();
        wave_->conflicts(window, now - std::exchange(before, now));
        wave_->add(window);
    });
}

void PowerViews::draw_timeline(OutputFile& file) {
    timeline_ = std::make_unique<TimelineTrace>(soc_, image_, file);
    meter_.window_probe.attach(
        [this](const PowerWindow& window) { timeline_->add(window, bank_conflicts()); });
}

/// Among all counters, one of each cluster.
std::vector<std::size_t> PowerViews::places_of_conflicts() const {
    std::vector<std::size_t> places;
    for (const Cluster* const cluster : soc_.clusters.all()) {
        const auto found =
            std::ranges::find(counters_.paths(), soc_.path_of(cluster->tcdm) + ".conflicts");
        FLEXV_ASSERT(found != counters_.paths().end(), "a TCDM counts its conflicts");
        places.push_back(std::size_t(found - counters_.paths().begin()));
    }
    return places;
}

/// Of all clusters, since the start.
u64 PowerViews::bank_conflicts() const {
    const energy::Counts counts = counters_.read();
    u64 sum = 0;
    for (const std::size_t place : conflicts_)
        sum += counts[place];
    return sum;
}

/// A wave shows the cores of the clusters.
bool PowerViews::is_shown(const core::Core& core) const {
    return wave_ && soc_.cluster_of(core) != nullptr;
}

void PowerViews::start(const core::Core& core, unsigned hart, Cycles now) {
    if (is_shown(core))
        wave_->start(hart, now);
}

void PowerViews::mark(const core::Core& core, unsigned hart, unsigned id, const std::string& name,
                      bool is_begin, Cycles now) {
    if (is_shown(core))
        wave_->region(hart, id, name, is_begin, now);
}

void PowerViews::finish(Cycles end) {
    meter_.close(end);
    if (timeline_)
        timeline_->finish(end);
}

void PowerViews::finish_wave(Cycles end) {
    if (wave_)
        wave_->finish(end);
}

/// Paths of the cores of all clusters.
std::vector<std::string> PowerViews::cluster_cores() const {
    std::vector<std::string> paths;
    for (const core::Core* core : soc_.cores())
        if (soc_.cluster_of(*core) != nullptr)
            paths.push_back(soc_.path_of(*core));
    return paths;
}

/// The same of their DMA channels, "cluster.dma.channel0".
std::vector<std::string> PowerViews::dma_channels() const {
    std::vector<std::string> paths;
    for (const Cluster* cluster : soc_.clusters.all())
        for (unsigned id = 0; id < channels_; ++id)
            paths.push_back(fmt::format("{}.channel{}", soc_.path_of(cluster->dma), id));
    return paths;
}

}  // namespace flexv::platform
