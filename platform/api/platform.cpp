// SPDX-License-Identifier: Apache-2.0
// The public interface on top of the rooms that do the work; nothing happens here but passing on.
#include "base/console.hpp"
#include "base/error.hpp"
#include "energy/profile.hpp"
#include "flexv/flexv.hpp"
#include "platform/cli/command_line.hpp"
#include "platform/cli/exit_status.hpp"
#include "platform/cli/run_session.hpp"
#include "platform/config/configuration_reader.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/results/report.hpp"
#include "platform/results/summary.hpp"
#include "platform/run/interruption.hpp"
#include "platform/run/simulation.hpp"
#include "platform/system/soc.hpp"
#include "platform/system/timing_bench.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

namespace flexv {

namespace {

u8 checked_event(unsigned id) {
    constexpr unsigned kEvents = 256;
    if (id >= kEvents)
        throw UserError("SoC event {}: must be 0..{}", id, kEvents - 1);
    return u8(id);
}

int status_of(const platform::RunResult& result) {
    switch (result.outcome) {
        case platform::Outcome::exit:
            return result.exit_status();
        case platform::Outcome::fault:
            return platform::firmware_fault;
        case platform::Outcome::limit:
            return platform::limit_reached;
        case platform::Outcome::deadlock:
            return platform::deadlock;
        case platform::Outcome::interrupted:
            return platform::user_error;
    }
    return platform::internal_error;
}

/// How far the kernel runs between two looks at what the user wants: some 20 ms of the host,
/// whatever others simulate meanwhile. Where it pauses changes nothing.
class Stride {
public:
    void take() {
        const Clock::time_point start = Clock::now();
        sc_core::sc_start(to_next(), sc_core::SC_EXIT_ON_STARVATION);
        adapt(Clock::now() - start);
    }

private:
    using Clock = std::chrono::steady_clock;

    /// A step that ends before anything happens would leave the time where it is.
    [[nodiscard]] sc_core::sc_time to_next() const {
        return sc_core::sc_pending_activity()
                   ? std::max(length_, sc_core::sc_time_to_pending_activity())
                   : length_;
    }
    void adapt(Clock::duration took) {
        constexpr std::chrono::milliseconds kWanted{20};
        const sc_core::sc_time shortest(1, sc_core::SC_NS);
        const sc_core::sc_time longest(1, sc_core::SC_MS);
        if (took > kWanted)
            length_ = std::max(shortest, length_ / 4);
        else if (took < kWanted / 2)
            length_ = std::min(longest, length_ * 2);
    }

    sc_core::sc_time length_{1, sc_core::SC_US};
};

/// The kernel tells on stdout, which belongs to the firmware, that it was stopped. Whoever has said
/// what is done with that message keeps his word; a report handler of his is called as before.
void leave_stdout_to_firmware() {
    using Reports = sc_core::sc_report_handler;
    constexpr const char* kKernel = "/OSCI/SystemC";
    const sc_core::sc_actions before =
        Reports::set_actions(kKernel, sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
    if (before != sc_core::SC_UNSPECIFIED)
        Reports::set_actions(kKernel, sc_core::SC_INFO, before);
}

/// Whoever makes SystemC's time coarser makes periods longer or shorter. Throws UserError.
void check_resolution(double mhz) {
    constexpr double kMostError = 1e-3;
    const double resolution = sc_core::sc_get_time_resolution().to_seconds();
    const double period = 1e-6 / mhz;
    if (std::abs(std::round(period / resolution) * resolution / period - 1) > kMostError)
        throw UserError(
            "the time resolution of SystemC, {} ns, is too coarse for a period of {:.3f} ns; leave "
            "it at 1 ps, or call sc_set_time_resolution(1, SC_PS)",
            resolution * 1e9, period * 1e9);
}

/// Platforms whose end the kernel waits for.
unsigned awaited = 0;
/// All that have been made.
unsigned made = 0;

}  // namespace

int library_version() { return FLEXV_VERSION_NUMBER; }

struct Configuration::Contents {
    platform::LoadedConfiguration loaded;
};

Configuration::Configuration(const std::string& name)
    : contents_(
          std::make_shared<Contents>(Contents{.loaded = platform::load_configuration(name, {})})) {}

Configuration& Configuration::set(const std::string& key, const std::string& value) {
    contents_ = std::make_shared<Contents>(*contents_);  // a copy of this object keeps its own
    platform::apply_setting(contents_->loaded,
                            {.key = key, .text = value, .origin = key + "=" + value});
    return *this;
}

std::string Configuration::text() const { return platform::to_text(contents_->loaded); }

/// Its Soc is made while others elaborate, the run when time is about to start: until then nobody
/// stops it.
class Platform::Implementation final : private platform::RunControl {
public:
    Implementation(const platform::LoadedConfiguration& loaded, const std::string& firmware)
        : configuration(checked(loaded)),
          image(platform::ElfImage::read(firmware)),
          soc("soc", configuration, platform::core_wiring(configuration.soc.cluster), *this) {
        ++awaited;
        ++made;
    }
    ~Implementation() { leave(); }

    void begin(const std::string& name) {
        leave_stdout_to_firmware();
        if (made > 1)
            options.platform = name;
        session.emplace(configuration, image, options, soc);
        simulation().begin();
    }
    platform::Simulation& simulation() { return session->simulation(); }
    /// How it stands now. Whether a run that sleeps is over is nobody's to say who only asks: the
    /// owner may go on.
    void look() {
        soc.take_stock();
        if (sc_core::sc_get_status() == sc_core::SC_RUNNING)
            return;
        if (!soc.is_running() || sc_core::sc_get_status() == sc_core::SC_STOPPED)
            finish();
    }
    /// The next steps up to the end; behind each the user may stop what sleeps, and whatever goes
    /// on when this platform has ended. What a process of somebody else throws ends the run in
    /// order. One that pauses the kernel has nobody here who would do anything meanwhile: it goes
    /// on.
    void run_kernel(const std::string& own) {
        const platform::SignalDeferral signals;
        Stride stride;
        try {
            do {
                stride.take();
            } while (sc_core::sc_get_status() == sc_core::SC_PAUSED &&
                     sc_core::sc_pending_activity() && signals.noted() == 0 &&
                     !(soc.is_running() && must_stop()));
        } catch (const sc_core::sc_report& report) {
            const char* const process = report.get_process_name();
            if (process == nullptr && !session)  // of the elaboration: ports of the integrator
                throw UserError("{}: the simulation cannot start: {}: {}", own,
                                report.get_msg_type(), report.get_msg());
            if (process == nullptr || std::string(process).starts_with(own + "."))
                throw;
            soc.outside.fail(fmt::format("process {} throws: {}", process, report.get_msg()));
        }
    }
    /// However it stands.
    void finish() {
        if (std::exchange(is_finished, true))
            return;
        simulation().finish();
        leave();
    }
    void leave() {
        if (is_awaited)
            --awaited;
        is_awaited = false;
    }
    /// Throws UserError where it is too late, or too early, for `what` of the platform `name`.
    void require_not_started(const char* name, const char* what) const {
        if (session)
            throw UserError("{}: {}: the simulation has started; call it before", name, what);
    }
    void require_started(const char* name, const char* what,
                         const char* how = "call sc_start() before") const {
        if (!session)
            throw UserError("{}: {}: the simulation has not started; {}", name, what, how);
    }
    /// The same for what needs memories and their contents.
    void require_loaded(const char* name, const char* what) const {
        require_started(
            name, what,
            "call sc_start(sc_core::SC_ZERO_TIME) before, which loads the firmware and no more");
    }

    const platform::Configuration configuration;
    const platform::ElfImage image;
    platform::Soc soc;
    std::vector<std::string> asked;               // all that ask() was given
    platform::RunOptions options;                 // what it means
    std::optional<platform::RunSession> session;  // from the start of the simulation on
    bool stops_kernel = true;
    bool is_finished = false;
    std::optional<int> status;  // once it is concluded

private:
    bool must_stop() override { return session && simulation().must_stop(); }
    [[nodiscard]] bool has_input() const override {
        return session && session->simulation().has_input();
    }
    bool take_input(bool is_asleep) override { return simulation().take_input(is_asleep); }
    bool revive() override { return session && simulation().revive(); }
    void report_misuse(const Cause& cause, const std::string& what) override {
        if (session)
            simulation().report_misuse(cause, what);
    }
    /// The last of several platforms stops the kernel.
    void note_end() override {
        leave();
        if (stops_kernel && awaited == 0)
            sc_core::sc_stop();
    }

    static const platform::Configuration& checked(const platform::LoadedConfiguration& loaded) {
        platform::check_consistency(loaded);
        for (const double mhz : {loaded.values.clock.mhz, platform::soc_mhz(loaded.values)})
            check_resolution(mhz);
        return loaded.values;
    }

    bool is_awaited = true;
};

Platform::Platform(const sc_core::sc_module_name& name, const Configuration& configuration,
                   const std::string& firmware)
    : sc_core::sc_module(name),
      implementation_(std::make_unique<Implementation>(configuration.contents_->loaded, firmware)) {
    implementation_->soc.outside.expect_others();
}

Platform::~Platform() = default;

void Platform::start_of_simulation() { implementation_->begin(name()); }

Platform::InitiatorSocket& Platform::external_out(const std::string& name, unsigned cluster) {
    return implementation_->soc.outside.window(name, cluster);
}

Platform::TargetSocket& Platform::external_in(const std::string& name) {
    implementation_->require_not_started(this->name(), "external_in");
    return implementation_->soc.outside.add_entrance(name);
}

sc_core::sc_in<bool>& Platform::soc_event_in(unsigned id) {
    implementation_->require_not_started(this->name(), "soc_event_in");
    return implementation_->soc.outside.add_event_input(checked_event(id));
}

sc_core::sc_in<bool>& Platform::line_in(unsigned line, unsigned cluster) {
    implementation_->require_not_started(this->name(), "line_in");
    return implementation_->soc.outside.add_line_input(line, cluster);
}

sc_core::sc_in<bool>& Platform::reset_in() {
    implementation_->require_not_started(this->name(), "reset_in");
    return implementation_->soc.outside.add_reset_input(implementation_->image.entry());
}

sc_core::sc_in<sc_core::sc_time>& Platform::cluster_period_in() {
    implementation_->require_not_started(this->name(), "cluster_period_in");
    return implementation_->soc.outside.add_period_input(platform::Clock::cluster);
}

sc_core::sc_in<sc_core::sc_time>& Platform::soc_period_in() {
    implementation_->require_not_started(this->name(), "soc_period_in");
    return implementation_->soc.outside.add_period_input(platform::Clock::soc);
}

Platform::OutputPort& Platform::end_out() { return implementation_->soc.outside.end_out.out; }

Platform::OutputPort& Platform::sleep_out(unsigned core, unsigned cluster) {
    return implementation_->soc.outside.sleep_out(core, cluster).out;
}

Platform::OutputPort& Platform::soc_event_out(unsigned id) {
    implementation_->require_not_started(this->name(), "soc_event_out");
    return implementation_->soc.outside.event_out(checked_event(id)).out;
}

void Platform::add_counter(const std::string& component, const std::string& event,
                           const std::string& meaning, std::function<std::uint64_t()> count,
                           double pj_per_event, const std::string& source) {
    implementation_->require_not_started(this->name(), "add_counter");
    implementation_->soc.outside.add_counter(component, event, meaning, std::move(count),
                                             pj_per_event, source);
}

void Platform::ask(const std::vector<std::string>& options) {
    implementation_->require_not_started(this->name(), "ask");
    std::vector<std::string> all = implementation_->asked;
    all.insert(all.end(), options.begin(), options.end());
    std::vector<std::string> line = {"run", implementation_->image.name()};
    line.insert(line.end(), all.begin(), all.end());
    const platform::Command command = platform::parse_command_line(line);
    const auto* const run = std::get_if<platform::RunCommand>(&command);
    if (run == nullptr)
        throw UserError("{}: {}: is no option of a run", this->name(), fmt::join(options, " "));
    if (!run->configuration.name.empty() || !run->configuration.settings.empty())
        throw UserError(
            "{}: {}: parameters are given to the Configuration that the platform is made of",
            this->name(), fmt::join(options, " "));
    implementation_->options = run->options;
    implementation_->asked = std::move(all);
}

void Platform::keep_simulating() { implementation_->stops_kernel = false; }

void Platform::raise_soc_event(unsigned id) { implementation_->soc.raise_event(checked_event(id)); }

void Platform::raise_line(unsigned line, unsigned cluster) {
    implementation_->soc.outside.raise_line(line, cluster);
}

unsigned Platform::debug_read(std::uint32_t address, void* data, unsigned bytes) {
    implementation_->require_loaded(name(), "debug_read");
    return implementation_->soc.read(address, data, bytes);
}

unsigned Platform::debug_write(std::uint32_t address, const void* data, unsigned bytes) {
    implementation_->require_loaded(name(), "debug_write");
    return implementation_->soc.write(address, data, bytes);
}

bool Platform::is_running() const { return implementation_->soc.is_running(); }

int Platform::run() {
    platform::handle_signals();
    if (implementation_->status || sc_core::sc_get_status() == sc_core::SC_STOPPED)
        return platform::refuse(
            UserError("{}: run: the simulation has ended; a process has one", name()));
    return platform::guarded([this] {
        implementation_->run_kernel(this->name());
        return finish();
    });
}

int Platform::finish() {
    implementation_->require_started(this->name(), "finish");
    implementation_->finish();
    const bool tells =
        !implementation_->options.quiet || !implementation_->simulation().problem().empty();
    if (made > 1 && tells)
        console::tell("{}:\n", this->name());
    implementation_->status = implementation_->session->end();
    return *implementation_->status;
}

Result Platform::result() {
    Result result;
    result.outcome = "running";
    if (!implementation_->session)
        return result;
    implementation_->look();
    const platform::RunResult all = implementation_->simulation().result();
    result.exit_code = all.exit_code;
    result.cycles = u64(all.cycles);
    result.time_ns = all.time_ns;
    result.instructions = all.instructions;
    result.energy_pj = double(all.energy.bill.total) / 1e6;
    if (is_running())
        return result;
    result.outcome = name_of(all.outcome);
    result.exit_status = implementation_->status.value_or(status_of(all));
    result.problem = implementation_->simulation().problem();
    return result;
}

std::string Platform::report() {
    implementation_->require_started(this->name(), "report");
    implementation_->look();
    return report_text(implementation_->simulation().result());
}

std::string Platform::summary() {
    implementation_->require_started(this->name(), "summary");
    implementation_->look();
    const std::string whose = made > 1 ? std::string(name()) + ":\n" : std::string();
    return whose + platform::summary(implementation_->simulation().result());
}

}  // namespace flexv
