// SPDX-License-Identifier: Apache-2.0
// The public interface on top of the rooms that do the work; nothing happens here but passing on.
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

/// Platforms whose end the kernel waits for.
unsigned awaited = 0;

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

class Platform::Implementation {
public:
    Implementation(const platform::LoadedConfiguration& loaded, const std::string& firmware)
        : configuration(checked(loaded)),
          image(platform::ElfImage::read(firmware)),
          soc("soc", configuration, platform::core_wiring(configuration.soc.cluster)) {
        ++awaited;
        soc.on_end = [this] {
            leave();
            if (stops_kernel && awaited == 0)
                sc_core::sc_stop();
        };
    }
    ~Implementation() { leave(); }

    void begin() {
        simulation.emplace(configuration, image, soc);
        session.emplace(*simulation, options);
        simulation->begin();
    }
    /// Takes stock where nobody will run it any more.
    void look() {
        if (!sc_core::sc_pending_activity())
            soc.starve();
        if (!soc.is_running() || sc_core::sc_get_status() == sc_core::SC_STOPPED)
            finish();
    }
    /// However it stands.
    void finish() {
        if (std::exchange(is_finished, true))
            return;
        simulation->finish();
        leave();
    }
    void leave() {
        if (is_awaited)
            --awaited;
        is_awaited = false;
    }

    const platform::Configuration configuration;
    const platform::ElfImage image;
    platform::Soc soc;
    platform::RunOptions options;
    std::optional<platform::Simulation> simulation;  // from the start of the simulation on
    std::optional<platform::RunSession> session;     // the same
    bool stops_kernel = true;
    bool is_finished = false;

private:
    static const platform::Configuration& checked(const platform::LoadedConfiguration& loaded) {
        platform::check_consistency(loaded);
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

void Platform::start_of_simulation() { implementation_->begin(); }

Platform::InitiatorSocket& Platform::external_out(const std::string& name) {
    return implementation_->soc.outside.window(name);
}

Platform::TargetSocket& Platform::external_in(const std::string& name) {
    return implementation_->soc.outside.add_entrance(name);
}

sc_core::sc_in<bool>& Platform::soc_event_in(unsigned id) {
    return implementation_->soc.outside.add_event_input(checked_event(id));
}

sc_core::sc_in<bool>& Platform::line_in(unsigned line) {
    return implementation_->soc.outside.add_line_input(line);
}

sc_core::sc_in<bool>& Platform::reset_in() {
    return implementation_->soc.outside.add_reset_input(implementation_->image.entry());
}

Platform::OutputPort& Platform::end_out() { return implementation_->soc.outside.end_out.out; }

Platform::OutputPort& Platform::sleep_out(unsigned core) {
    auto& lines = implementation_->soc.outside.sleep_out;
    if (core >= lines.size())
        throw UserError("{}: core {}: the cluster has {} cores", this->name(), core, lines.size());
    return lines[core]->out;
}

Platform::OutputPort& Platform::soc_event_out(unsigned id) {
    return implementation_->soc.outside.event_out(checked_event(id)).out;
}

void Platform::add_counter(const std::string& component, const std::string& event,
                           const std::string& meaning, std::function<std::uint64_t()> count,
                           double pj_per_event, const std::string& source) {
    implementation_->soc.outside.add_counter(component, event, meaning, std::move(count),
                                             pj_per_event, source);
}

void Platform::ask(const std::vector<std::string>& options) {
    std::vector<std::string> line = {"run", implementation_->image.name()};
    line.insert(line.end(), options.begin(), options.end());
    const platform::Command command = platform::parse_command_line(line);
    const auto* const run = std::get_if<platform::RunCommand>(&command);
    if (run == nullptr)
        throw UserError("{}: {}: is no option of a run", this->name(), fmt::join(options, " "));
    if (!run->configuration.name.empty() || !run->configuration.settings.empty())
        throw UserError(
            "{}: {}: parameters are given to the Configuration that the platform is made of",
            this->name(), fmt::join(options, " "));
    implementation_->options = run->options;
}

void Platform::keep_simulating() { implementation_->stops_kernel = false; }

void Platform::raise_soc_event(unsigned id) { implementation_->soc.raise_event(checked_event(id)); }

void Platform::raise_line(unsigned line) { implementation_->soc.raise_line(line); }

unsigned Platform::debug_read(std::uint32_t address, void* data, unsigned bytes) {
    return implementation_->soc.read(address, data, bytes);
}

unsigned Platform::debug_write(std::uint32_t address, const void* data, unsigned bytes) {
    return implementation_->soc.write(address, data, bytes);
}

bool Platform::is_running() const { return implementation_->soc.is_running(); }

int Platform::run() {
    platform::handle_signals();
    return platform::guarded([this] {
        sc_core::sc_start();
        return finish();
    });
}

int Platform::finish() {
    implementation_->finish();
    return implementation_->session->end();
}

Result Platform::result() {
    implementation_->look();
    const platform::RunResult all = implementation_->simulation->result();
    const bool runs = is_running();
    return {.outcome = runs ? "running" : std::string(name_of(all.outcome)),
            .exit_status = runs ? 0 : status_of(all),
            .exit_code = all.exit_code,
            .cycles = all.cycles,
            .time_ns = all.time_ns,
            .instructions = all.instructions,
            .energy_pj = double(all.energy.bill.total) / 1e6,
            .problem = runs ? std::string() : implementation_->simulation->problem()};
}

std::string Platform::report() {
    implementation_->look();
    return report_text(implementation_->simulation->result());
}

std::string Platform::summary() {
    implementation_->look();
    return platform::summary(implementation_->simulation->result());
}

}  // namespace flexv
