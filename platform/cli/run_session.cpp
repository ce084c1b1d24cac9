// SPDX-License-Identifier: Apache-2.0
#include "platform/cli/run_session.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "platform/cli/exit_status.hpp"
#include "platform/files/output_file.hpp"
#include "platform/results/profile_views.hpp"
#include "platform/results/report.hpp"
#include "platform/results/summary.hpp"
#include "platform/run/interruption.hpp"
#include "platform/run/simulation.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

namespace {

/// A line on the terminal every second, for runs that last.
class Progress {
public:
    explicit Progress(Simulation& simulation) : simulation_(simulation) {
        if (isatty(STDERR_FILENO) != 0)
            simulation.quantum_probe().attach([this] { update(); });
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
        console::tell("\r\x1b[Kcycle {}  {:.1f} MIPS  cores {}", simulation_.now(),
                      double(simulation_.instructions()) / seconds / 1e6,
                      simulation_.core_states());
        is_shown_ = true;
    }
    void clear() const {
        if (is_shown_)
            console::tell("\r\x1b[K");
    }

    Simulation& simulation_;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point next_ = start_ + std::chrono::seconds(2);
    bool is_shown_ = false;
};

/// The files that the user asked for: opened before the run, which finds out what cannot be
/// written, and put into their places behind it.
class Outputs {
public:
    explicit Outputs(const RunOptions& options)
        : report(open("--report", options.report)),
          profile(open("--profile", options.profile)),
          coverage(open("--coverage", options.coverage)),
          signature(open("--signature", options.signature)),
          checkpoint(open("--save-at", options.checkpoint)),
          trace(open("--trace", options.instrumentation.trace)),
          power_trace(open("--power-trace", options.power_trace)),
          wave(open("--wave", options.wave)),
          timeline(open("--timeline", options.timeline)) {}

    /// The first output of which something could not be written; nullptr for none.
    [[nodiscard]] const OutputFile* failed() const { return first(&OutputFile::has_failed); }
    /// Nobody reads stdout any more, or a file that is the same stream.
    [[nodiscard]] bool have_lost_reader() const {
        return console::failure() == EPIPE || first(&OutputFile::has_lost_reader) != nullptr;
    }

    /// What a person should read about each of them; empty texts for those that are whole.
    [[nodiscard]] std::vector<std::string> problems() const {
        std::vector<std::string> texts;
        for (const OutputFile* file : all_)
            texts.push_back(file->problem());
        return texts;
    }

private:
    [[nodiscard]] const OutputFile* first(bool (OutputFile::*holds)() const) const {
        const auto found = std::ranges::find_if(
            all_, [holds](const OutputFile* file) { return (file->*holds)(); });
        return found == all_.end() ? nullptr : *found;
    }
    std::unique_ptr<OutputFile> open(const char* option, const std::string& path) {
        if (path.empty())
            return nullptr;
        auto file = std::make_unique<OutputFile>(option, path);
        all_.push_back(file.get());
        return file;
    }

    std::vector<const OutputFile*> all_;  // before those that open() makes

public:
    using File = std::unique_ptr<OutputFile>;  // null: not asked for
    const File report;
    const File profile;
    const File coverage;
    const File signature;
    const File checkpoint;
    const File trace;
    const File power_trace;
    const File wave;
    const File timeline;
};

/// Why the run shall end in its course; empty to go on.
std::string stop_reason(const SignalDeferral& signals, const Outputs& outputs) {
    if (signals.noted() != 0)
        return interruption_text(signals.noted());
    if (outputs.have_lost_reader())
        return interruption_text(SIGPIPE) + ", the reader of stdout has gone away,";
    if (console::failure() != 0)
        return "stopped, because stdout cannot be written,";
    const OutputFile* const failed = outputs.failed();
    return failed == nullptr
               ? ""
               : fmt::format("stopped, because {} cannot be written,", failed->name());
}

void save_signature(Simulation& simulation, OutputFile& file) {
    for (const u32 word : simulation.signature())
        file.write(fmt::format("{:08x}\n", word));
    file.commit();
}

void save_coverage(const Simulation& simulation, OutputFile& file) {
    file.write(simulation.coverage());
    file.commit();
}

/// Everything that was asked for, also behind an output that fails. Nothing is thrown: behind a
/// coroutine of SystemC, AddressSanitizer does not know the stack that an exception unwinds.
void write_outputs(const Outputs& outputs, Simulation& simulation, const RunResult& result) {
    for (const Outputs::File* file :
         {&outputs.trace, &outputs.power_trace, &outputs.wave, &outputs.timeline})
        if (*file)
            (*file)->commit();
    if (outputs.profile)
        save_profile(simulation.profile(), result, *outputs.profile);
    if (outputs.coverage)
        save_coverage(simulation, *outputs.coverage);
    if (outputs.report)
        save_report(result, *outputs.report);
    if (outputs.signature)
        save_signature(simulation, *outputs.signature);
}

/// \returns whether all that was asked for has been written
bool tell_problems(const Outputs& outputs) {
    std::vector<std::string> problems = outputs.problems();
    if (console::failure() != EPIPE)
        problems.push_back(console::problem());
    std::erase(problems, "");
    for (const std::string& problem : problems)
        console::tell("flexv: error: {}\n", problem);
    return problems.empty();
}

/// Tells where the run has not come to the cycle of its checkpoint.
bool lacks_checkpoint(const Outputs& outputs, const Simulation& simulation) {
    const OutputFile* const file = outputs.checkpoint.get();
    if (file == nullptr || simulation.has_saved() || file->has_failed())
        return false;
    console::tell("flexv: error: {}: no checkpoint was made, the run ended at cycle {}\n",
                  file->name(), simulation.ending().cycles);
    return true;
}

int status_of(const RunResult& result, int signal) {
    if (signal != 0)
        return signal_base + signal;
    switch (result.outcome) {
        case Outcome::exit:
            return result.exit_status();
        case Outcome::fault:
            return firmware_fault;
        case Outcome::limit:
            return limit_reached;
        case Outcome::deadlock:
            return deadlock;
        case Outcome::interrupted:
            return user_error;  // an output could not be written
    }
    return internal_error;
}

}  // namespace

class RunSession::Parts {
public:
    Parts(const Configuration& configuration, const ElfImage& image, const RunOptions& options)
        : options_(options), outputs_(options), simulation_(configuration, image, request()) {
        progress_.emplace(simulation_);
    }
    Parts(const Configuration& configuration, const ElfImage& image, const RunOptions& options,
          Soc& soc)
        : options_(options), outputs_(options), simulation_(configuration, image, soc, request()) {
        progress_.emplace(simulation_);
    }

    Simulation& simulation() { return simulation_; }

    int end() {
        progress_.reset();
        const RunResult result = wants_figures() ? simulation_.result() : simulation_.ending();
        tell(result);
        write_outputs(outputs_, simulation_, result);
        const bool is_written = tell_problems(outputs_);
        const int signal =
            signals_.noted() == 0 && outputs_.have_lost_reader() ? SIGPIPE : signals_.noted();
        if (signals_.noted() != 0 && result.outcome != Outcome::interrupted)
            console::tell("flexv: {} behind the end of the run\n", interruption_text(signal));
        const bool has_no_checkpoint = lacks_checkpoint(outputs_, simulation_);
        const bool looks_well = signal == 0 && result.outcome == Outcome::exit;
        if (!is_written || (has_no_checkpoint && looks_well))
            return user_error;
        const Checks* const checks = simulation_.checks();
        if (options_.strict && checks != nullptr && checks->found_mistakes())
            return firmware_fault;
        return status_of(result, simulation_.was_killed() ? SIGKILL : signal);
    }

private:
    RunRequest request() {
        return {.platform = options_.platform,
                .is_strict = options_.strict,
                .wants_signature = outputs_.signature != nullptr,
                .wants_profile = outputs_.profile != nullptr,
                .wants_coverage = outputs_.coverage != nullptr,
                .instrumentation = options_.instrumentation,
                .trace = outputs_.trace.get(),
                .checks = options_.checks,
                .power_trace = outputs_.power_trace.get(),
                .wave = outputs_.wave.get(),
                .timeline = outputs_.timeline.get(),
                .power_window = options_.power_window,
                .gdb = options_.gdb,
                .uart = options_.uart,
                .semihosting = options_.semihosting,
                .restore = options_.restore,
                .checkpoint = outputs_.checkpoint.get(),
                .save_at = options_.save_at,
                .why_stop = [this] { return stop_reason(signals_, outputs_); },
                .must_end = [this] { return signals_.noted() != 0; }};
    }
    /// Whether anybody reads what the run has counted and cost.
    [[nodiscard]] bool wants_figures() const {
        return !options_.quiet || outputs_.report || outputs_.profile;
    }
    void tell(const RunResult& result) {
        if (!simulation_.problem().empty())
            console::tell("flexv: {}\n", simulation_.problem());
        if (options_.quiet)
            return;
        if (const Checks* const checks = simulation_.checks())
            console::tell("flexv: {}\n", checks->summary());
        console::tell(summary(result));
    }

    const RunOptions options_;
    const Outputs outputs_;
    const SignalDeferral signals_;
    Simulation simulation_;
    std::optional<Progress> progress_;
};

RunSession::RunSession(const Configuration& configuration, const ElfImage& image,
                       const RunOptions& options)
    : parts_(std::make_unique<Parts>(configuration, image, options)) {}

RunSession::RunSession(const Configuration& configuration, const ElfImage& image,
                       const RunOptions& options, Soc& soc)
    : parts_(std::make_unique<Parts>(configuration, image, options, soc)) {}

RunSession::~RunSession() = default;

Simulation& RunSession::simulation() const { return parts_->simulation(); }

int RunSession::end() { return parts_->end(); }

}  // namespace flexv::platform
