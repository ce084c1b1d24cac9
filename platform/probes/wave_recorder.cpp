// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/wave_recorder.hpp"

#include "platform/probes/call_tracker.hpp"

#include <fmt/format.h>

namespace flexv::platform {

/// One core.
class WaveRecorder::CoreObserver final : public core::Observer, private CallListener {
public:
    CoreObserver(const ElfImage& image, Wave& wave, unsigned core)
        : wave_(wave), core_(core), tracker_(image, *this) {}

    void before(const core::Execution& execution, isa::Hart& hart) override {
        if (execution.previous.slot == nullptr)
            tracker_.forget();
        tracker_.arrive(hart);
        wave_.at(core_, execution.pc, execution.entered);
        const ElfImage::Symbol* const function = tracker_.stack().back().function;
        if (function == function_)
            return;
        function_ = function;
        wave_.function(core_, function == nullptr ? "" : function->name, execution.entered);
    }
    void after(const core::Execution& execution, isa::Hart& hart) override {
        tracker_.leave(execution.row, execution.slot.op, hart);
    }

private:
    void entered(const CallFrame& /*frame*/) override {}
    void left() override {}

    Wave& wave_;
    const unsigned core_;
    CallTracker tracker_;
    const ElfImage::Symbol* function_ = nullptr;
};

WaveRecorder::WaveRecorder(Soc& soc, unsigned channels, const ElfImage& image, Wave& wave) {
    unsigned first_channel = 0;
    for (Cluster* const cluster : soc.clusters.all()) {
        const unsigned first_core = unsigned(observers_.size());
        observe_cores(*cluster, image, wave);
        cluster->event_unit.lines_probe.attach(
            [&wave, first_core](unsigned core, u32 lines, Cycles now) {
                wave.lines(first_core + core, lines, now);
            });
        observe_dma(cluster->dma, wave, first_channel);
        first_channel += channels;
    }
}

void WaveRecorder::observe_cores(Cluster& cluster, const ElfImage& image, Wave& wave) {
    for (unsigned index = 0; index < cluster.core_count(); ++index) {
        const unsigned number = unsigned(observers_.size());
        core::Core& core = cluster.core(index);
        observers_.push_back(std::make_unique<CoreObserver>(image, wave, number));
        core.probes.instruction.attach(*observers_.back());
        core.probes.wait.attach([&wave, number](const core::CoreWait& wait) {
            wave.wait(number, wait.is_asleep, wait.from, wait.to);
        });
    }
}

void WaveRecorder::observe_dma(dma::Mchan& dma, Wave& wave, unsigned first) {
    dma.command_probe.attach([&wave, first](const dma::AcceptedCommand& accepted, Cycles now) {
        const dma::Command& command = accepted.command;
        wave.channel(
            first + accepted.id,
            fmt::format("{}_{}_bytes", command.is_receive ? "in" : "out", command.length_bytes),
            now);
    });
    dma.end_probe.attach([&wave, first](const dma::Notice& notice, Cycles now) {
        wave.channel(first + notice.id, "", now);
    });
}

WaveRecorder::~WaveRecorder() = default;

}  // namespace flexv::platform
