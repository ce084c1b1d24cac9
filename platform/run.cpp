// SPDX-License-Identifier: Apache-2.0
#include "platform/run.hpp"

#include "base/error.hpp"
#include "platform/elf_checks.hpp"
#include "platform/exit_status.hpp"
#include "platform/function_profile.hpp"
#include "platform/power_trace.hpp"
#include "platform/report.hpp"
#include "platform/simulation.hpp"
#include "platform/summary.hpp"
#include "platform/wave.hpp"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <optional>

namespace flexv::platform {

namespace {

/// A line on the terminal once a second, for runs that last.
class Progress {
public:
    explicit Progress(Simulation& simulation) : simulation_(simulation) {
        if (isatty(STDERR_FILENO) != 0)
            simulation.on_quantum([this] { update(); });
    }
    ~Progress() { clear(); }
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

private:
    using Clock = std::chrono::steady_clock;

    void update() {
        const Clock::time_point now = Clock::now();
        if (now < next_)
            return;
        next_ = now + std::chrono::seconds(1);
        const double seconds = std::chrono::duration<double>(now - start_).count();
        fmt::print(stderr, "\r\x1b[Kcycle {}  {:.1f} MIPS  cores {}", simulation_.now(),
                   double(simulation_.instructions()) / seconds / 1e6, simulation_.core_states());
        is_shown_ = true;
    }
    void clear() const {
        if (is_shown_)
            fmt::print(stderr, "\r\x1b[K");
    }

    Simulation& simulation_;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_ + std::chrono::seconds(2);
    bool is_shown_ = false;
};

void save_signature(Simulation& simulation, const std::string& path) {
    std::ofstream file(path);
    for (const u32 word : simulation.signature())
        file << fmt::format("{:08x}\n", word);
    if (!file.flush())
        throw UserError("{}: cannot write the signature", path);
}

/// The files that show power over time; nothing of it exists when the user asks for none.
class PowerFiles {
public:
    PowerFiles(const RunOptions& options, Simulation& simulation, double mhz) {
        if (options.power_trace.empty() && options.wave.empty())
            return;
        PowerMeter& meter = simulation.measure_power(options.power_window);
        if (!options.power_trace.empty()) {
            trace_.emplace(options.power_trace, meter.components(), mhz);
            meter.listen([this](const PowerWindow& window) { trace_->add(window); });
        }
        if (!options.wave.empty()) {
            wave_.emplace(options.wave, simulation.core_count(), meter.components(), mhz);
            simulation.show(*wave_);
        }
    }
    void finish(Cycles end) {
        if (trace_)
            trace_->finish();
        if (wave_)
            wave_->finish(end);
    }

private:
    std::optional<PowerTrace> trace_;
    std::optional<Wave> wave_;
};

int status_of(const RunResult& result) {
    switch (result.outcome) {
        case Outcome::exit:
            return result.exit_status();
        case Outcome::fault:
            return firmware_fault;
        case Outcome::limit:
            return limit_reached;
        case Outcome::deadlock:
            return deadlock;
    }
    return internal_error;
}

}  // namespace

int run_simulation(const RunOptions& options, const Configuration& configuration) {
    const ElfImage image = ElfImage::read(options.firmware);
    if (const std::string warning = abi_warning(image.flags()); !warning.empty())
        fmt::print(stderr, "flexv: warning: {}: {}\n", image.name(), warning);
    Simulation simulation(configuration, image);
    if (options.strict)
        simulation.make_strict();
    if (!options.signature.empty())
        simulation.ask_for_signature();
    if (options.instrumentation.is_wanted())
        simulation.instrument(options.instrumentation);
    if (!options.profile.empty())
        simulation.profile_functions();
    PowerFiles power(options, simulation, configuration.clock.mhz);
    {
        const Progress progress(simulation);
        simulation.run();
    }
    std::fflush(stdout);
    const RunResult result = simulation.result();
    power.finish(result.cycles);
    if (!simulation.problem().empty())
        fmt::print(stderr, "flexv: {}\n", simulation.problem());
    if (!options.quiet)
        fmt::print(stderr, "{}", summary(result));
    if (!options.profile.empty())
        save_function_profile(result, options.profile);
    if (!options.report.empty())
        save_report(result, options.report);
    if (!options.signature.empty())
        save_signature(simulation, options.signature);
    return status_of(result);
}

}  // namespace flexv::platform
