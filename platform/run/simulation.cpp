// SPDX-License-Identifier: Apache-2.0
#include "platform/run/simulation.hpp"

#include "base/error.hpp"
#include "platform/config/energy_profiles.hpp"
#include "platform/results/summary.hpp"
#include "platform/system/architecture.hpp"
#include "platform/system/register_map.hpp"
#include "platform/system/timing_bench.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace flexv::platform {

namespace {

RegionNames region_names(const ElfImage& image) {
    const auto section = image.section(".flexv.regions");
    return section ? parse_region_names(*section) : RegionNames{};
}

/// The profile knows nothing of what stands outside: others bring their own prices, and windows,
/// entrances and counters without one are statistics.
energy::Profile with(energy::Profile profile, const std::vector<energy::Coefficient>& prices) {
    profile.coefficients.insert(profile.coefficients.end(), prices.begin(), prices.end());
    for (const char* const counter : {"outside.*.*", "cluster.external_out_*.*"})
        profile.statistics.push_back({.counter = counter, .reason = "of components outside"});
    return profile;
}

unsigned signal_of(const Soc::Fault& fault) {
    return fault.what.starts_with("illegal instruction") ? gdb_signal::kIllegal
                                                         : gdb_signal::kSegmentation;
}

}  // namespace

Simulation::Simulation(const Configuration& configuration, const ElfImage& image,
                       RunRequest request)
    : Simulation(configuration, image, nullptr, std::move(request)) {
    set_up();
}

Simulation::Simulation(const Configuration& configuration, const ElfImage& image, Soc& soc,
                       RunRequest request)
    : Simulation(configuration, image, &soc, std::move(request)) {
    set_up();
}

Simulation::Simulation(const Configuration& configuration, const ElfImage& image, Soc* others,
                       RunRequest&& request)
    : configuration_(configuration),
      image_(image),
      request_(std::move(request)),
      own_soc_(others != nullptr
                   ? nullptr
                   : std::make_unique<Soc>("soc", configuration,
                                           core_wiring(configuration.soc.cluster), *this)),
      soc_(own_soc_ ? *own_soc_ : *others),
      counters_(soc_),
      point_{.vdd = configuration.clock.vdd, .mhz = configuration.clock.mhz},
      profile_(with(load_energy_profile(configuration.energy.profile), soc_.outside.prices())),
      prices_(profile_, point_, architecture_of(configuration.soc), counters_.paths()),
      regions_(
          region_names(image),
          [this] {
              soc_.clusters.settle_part(soc_.now());
              return counters_.read();
          },
          [this](Cycles from, Cycles to) { return soc_.cluster_clocks().between(from, to); }),
      ending_(soc_, image, configuration.simulation.max_cycles),
      warnings_(soc_, image, request_.is_strict),
      htif_(soc_, image) {
    static_cast<void>(profile_.doubts(point_));  // throws before time starts
    if (own_soc_)  // completes the binding; the process waits for time
        sc_core::sc_start(sc_core::SC_ZERO_TIME);
    soc_.load(image);
    for (unsigned hart = 0; hart < soc_.cores().size(); ++hart)
        observe_core(*soc_.cores()[hart], hart);
    observe_clock();
    if (htif_.is_used())
        soc_.write_probe.attach(
            [this](Address first, Address last) { htif_.on_written(first, last); });
    Log::set_surroundings({.time = [this] { return soc_.time(); },
                           .place = [this](u32 pc) { return image_.place_of(pc); }});
}

Simulation::~Simulation() { Log::set_surroundings({}); }

/// `hart` is its place among all cores: its own number repeats in each cluster.
void Simulation::observe_core(core::Core& core, unsigned hart) {
    core.probes.start.attach([this, &core, hart](Cycles now) {
        starts_[&core] = now;
        if (views_)
            views_->start(core, hart, now);
    });
    core.probes.region.attach([this, &core, hart](const core::RegionMark& mark) {
        pass_mark(core, hart, mark.id, mark.is_begin, Cycles(soc_.cluster_cycle(core, mark.now)));
    });
    core.probes.trap.attach(
        [this, &core](const std::string& what, Address pc) { warnings_.trap(core, what, pc); });
}

/// What passes at a new clock is priced at it.
void Simulation::observe_clock() {
    soc_.cluster_clock_probe.attach([this](double mhz) {
        prices_.add_clock(profile_, mhz);
        warnings_.clock(profile_.clock_doubt({.vdd = point_.vdd, .mhz = mhz}));
    });
}

void Simulation::set_up() {
    set_up_instruments();
    if (request_.wants_power())
        views_ = std::make_unique<PowerViews>(soc_, image_, request_,
                                              configuration_.soc.cluster.dma, counters_, prices_);
    open_host();
    if (!request_.restore.empty())
        restore(request_.restore);
    if (request_.checkpoint != nullptr)
        save_at(ClusterCycles(request_.save_at), *request_.checkpoint);
}

void Simulation::set_up_instruments() {
    if (request_.wants_signature)
        signature_.emplace(soc_, image_);
    if (request_.trace != nullptr)
        instrumentation_.emplace(request_.instrumentation, soc_.cores(), *request_.trace);
    if (request_.checks.any())
        checks_ = std::make_unique<Checks>(request_.checks, soc_, image_, request_.is_strict);
    if (request_.wants_profile)
        profile_functions();
    if (request_.wants_coverage)
        cover();
}

/// Semihosting behind the debugger, whom it asks what a breakpoint is.
void Simulation::open_host() {
    if (request_.gdb.is_wanted())
        serve_debugger();
    if (request_.uart.is_wanted())
        connect_uart();
    if (request_.semihosting.is_open)
        open_semihosting();
}

void Simulation::pass_mark(const core::Core& core, unsigned hart, unsigned id, bool is_begin,
                           Cycles now) {
    if (is_begin)
        regions_.begin(hart, id, now);
    else
        regions_.end(hart, id, now);
    if (views_)
        views_->mark(core, hart, id, regions_.name_of(id), is_begin, now);
}

/// Asked between slices of the run.
bool Simulation::must_stop() {
    if (rewind_ && rewind_->look())
        return true;
    stop_reason_ = reason_to_stop();
    if (gdb_ && stop_reason_.empty())
        gdb_->look();
    return !stop_reason_.empty();
}

/// Of others or the user; empty for none.
std::string Simulation::reason_to_stop() const {
    const std::string& failure = soc_.traffic.failure();
    return failure.empty() ? request_.why_stop() : failure;
}

bool Simulation::take_input(bool is_asleep) { return uart_line_->exchange(is_asleep); }

void Simulation::report_misuse(const Cause& cause, const std::string& what) {
    warnings_.misuse(cause, what);
}

bool Simulation::revive() { return gdb_ && gdb_->wait_for_somebody(); }

void Simulation::profile_functions() {
    functions_ = std::make_unique<FunctionProfile>(image_);
    calls_ = std::make_unique<CallProfile>(
        image_, [this](Address address) { return register_name_at(soc_, address); });
    for (core::Core* core : soc_.cores()) {
        functions_->observe(*core, soc_.path_of(*core));
        calls_->observe(*core, soc_.path_of(*core));
    }
}

void Simulation::cover() {
    coverage_ = std::make_unique<Coverage>(image_);
    for (core::Core* core : soc_.cores())
        coverage_->observe(*core);
}

Profile Simulation::profile() const {
    return calls_->result(counters_.paths(), [this](const energy::Counts& counts) {
        return prices_.price(counts, 0).total;
    });
}

void Simulation::run() {
    begin();
    soc_.poll_while_asleep();
    run_kernel();
    finish();
}

/// What a process of a plug-in throws comes out of the kernel as a report.
void Simulation::run_kernel() {
    try {
        sc_core::sc_start();
    } catch (const sc_core::sc_report& report) {
        const char* const process = report.get_process_name();
        const std::string device = process == nullptr ? "" : soc_.outside.device_of(process);
        if (device.empty())
            throw;
        soc_.outside.fail(
            fmt::format("{}: its process {} throws: {}", device, process, report.get_msg()));
    }
}

void Simulation::begin() {
    host_start_ = std::chrono::steady_clock::now();
    if (soc_.outside.is_used())
        rewind_.reset();  // its copies would talk to others
    soc_.outside.connect(request_.why_stop);
    if (restored_)
        soc_.resume();
    else
        soc_.boot(image_.entry());
    htif_.begin();
    if (uart_line_)
        uart_line_->begin();
    if (gdb_)
        gdb_->begin(why_no_past());
}

/// What would be done twice if the same cycles ran again.
std::string Simulation::why_no_past() const {
    if (instrumentation_)
        return "--trace";
    if (views_)
        return "--wave, --timeline or --power-trace";
    if (semihosting_ && semihosting_->is_used())
        return "semihosting";
    if (uart_line_)
        return "--uart";
    return soc_.outside.is_used() ? "modules of others in the same simulation" : "";
}

void Simulation::finish() {
    if (soc_.traffic.failure().empty() && !sc_core::sc_pending_activity())
        soc_.starve();
    if (soc_.is_running()) {
        stop_reason_ = reason_to_stop();
        if (stop_reason_.empty())
            stop_reason_ = "stopped by others";
        soc_.abandon();
    }
    if (ending_.outcome() == Outcome::limit || ending_.outcome() == Outcome::deadlock)
        htif_.conclude();
    if (rewind_)
        rewind_->tell();
    if (uart_line_)
        uart_line_->finish();
    const auto stop = std::chrono::steady_clock::now();
    host_seconds_ = std::chrono::duration<double>(stop - host_start_).count();
    const Cycles end(soc_.end());
    regions_.finish(end);
    if (views_)
        views_->finish(end);
    if (functions_) {
        functions_->finish();
        calls_->finish();
    }
    if (checks_)
        checks_->finish(ending_.outcome() == Outcome::exit);
    if (gdb_)
        tell_debugger_the_end();
    if (!soc_.broken().empty())
        throw InternalError(soc_.broken());
    if (ending_.outcome() != Outcome::exit)
        diagnosis_ = PostMortem(soc_, image_, configuration_)
                         .diagnosis(ending_.outcome(), ending_.sentence(interruption()),
                                    rewind_.get(), starts_);
    rewind_.reset();
    if (views_)  // behind the copies of the program: they hold the pipe of an .fst open
        views_->finish_wave(end);
}

void Simulation::serve_debugger() {
    rewind_.reset();  // its copies would hold the connection
    gdb_ =
        std::make_unique<GdbServer>(soc_, request_.gdb, request_.must_end,
                                    MonitorTexts{.report = [this] { return report_so_far(); },
                                                 .regions = [this] { return regions_so_far(); }});
}

void Simulation::open_semihosting() {
    const SemihostingOptions& options = request_.semihosting;
    host_access_ = fmt::format("semihosting open, root \"{}\", arguments \"{}\"", options.root,
                               fmt::join(options.arguments, " "));
    semihosting_ = std::make_unique<Semihosting>(
        soc_, image_, options, soc_.peripherals.uart.input(), gdb_ ? &gdb_->debugger() : nullptr);
    if (semihosting_->is_used())
        rewind_.reset();  // its copies would use the same files, and are a debugger of their own
}

void Simulation::connect_uart() {
    if (!configuration_.soc.uart.input.empty())
        throw UserError(
            "--uart {}: soc.uart.input = {} says already what the UART receives; leave one of them "
            "out",
            request_.uart.place, configuration_.soc.uart.input);
    rewind_.reset();  // its copies would hold the connection
    uart_line_ = std::make_unique<UartLine>(soc_, request_.uart, request_.must_end);
}

std::string Simulation::report_so_far() const {
    if (soc_.now() == 0)
        return "no cycle has passed yet\n";
    const std::string text = summary(result());
    return fmt::format("running for {} cycles\n", soc_.now()) + text.substr(text.find('\n') + 1);
}

std::string Simulation::regions_so_far() const {
    std::string text;
    for (const Region& region : regions_.regions())
        text += fmt::format("{:>4} {:<24} {:>6} visits {:>12} cycles\n", region.id, region.name,
                            region.visits, region.cycles);
    return text.empty() ? "none so far\n" : text;
}

void Simulation::tell_debugger_the_end() {
    const auto faulty = [this](const core::Core* core) {
        return core->name() == soc_.fault()->core;
    };
    switch (ending_.outcome()) {
        case Outcome::exit:
            return gdb_->tell_exit(unsigned(ending().exit_status()));
        case Outcome::fault: {
            const auto core = std::ranges::find_if(soc_.cores(), faulty);
            return gdb_->tell_failure(signal_of(*soc_.fault()),
                                      core == soc_.cores().end() ? nullptr : *core,
                                      ending_.text(interruption()));
        }
        case Outcome::deadlock:
            return gdb_->tell_failure(gdb_signal::kAbort, nullptr, ending_.text(interruption()));
        case Outcome::limit:
            return gdb_->tell_failure(gdb_signal::kLimit, nullptr, ending_.text(interruption()));
        case Outcome::interrupted:
            return;
    }
}

std::string Simulation::problem() const {
    return diagnosis_ ? ending_.text(interruption()) + details_of(*diagnosis_) : std::string{};
}

std::string Simulation::interruption() const {
    return was_killed() ? "killed by the debugger" : stop_reason_;
}

u64 Simulation::instructions() const {
    u64 sum = 0;
    for (const core::Core* core : soc_.cores())
        sum += core->instructions();
    return sum;
}

std::string Simulation::core_states() {
    std::string states;
    for (const core::Core* core : soc_.cores())
        states += core->state_letter();
    return states;
}

void Simulation::add_harts(RunResult& result) const {
    for (const core::Core* core : soc_.cores())
        result.harts.push_back(hart_result(CoreCounters(soc_.path_of(*core), result.counter_paths),
                                           core->hartid(), result.counts));
}

RunResult Simulation::ending() const {
    RunResult result;
    result.platform = request_.platform;
    result.outcome = ending_.outcome();
    result.exit_code = soc_.exit_code().value_or(0);
    result.warnings = regions_.warnings();
    if (result.outcome == Outcome::exit && result.exit_code != u32(result.exit_status()))
        result.warnings.push_back(fmt::format(
            "the firmware returned {} ({:#x}, {} unsigned), which is clamped to {}",
            i32(result.exit_code), result.exit_code, result.exit_code, result.exit_status()));
    result.cycles = Cycles(soc_.end());
    result.time_ns = soc_.end_ns();
    result.instructions = instructions();
    result.restored = restored_;
    result.host_seconds = host_seconds_;
    result.clock = {.vdd = configuration_.clock.vdd, .mhz = soc_.mean_mhz()};
    result.diagnosis = diagnosis_;
    return result;
}

RunResult Simulation::result() const {
    RunResult result = ending();
    result.architecture = architecture_of(configuration_.soc);
    result.counter_paths = counters_.paths();
    result.counts = counters_.read();
    if (soc_.cluster_clocks().has_changed()) {
        result.clocks = soc_.cluster_clocks().clocks();
        result.elapsed = soc_.cluster_clocks().between(0, result.cycles);
    }
    add_harts(result);
    add_regions(result, regions_);
    if (functions_)
        result.functions = functions_->functions(result.counter_paths);
    if (checks_)
        result.findings = checks_->findings();
    price_run(result, profile_, configuration_.energy.profile);
    if (views_) {
        const PowerPeak& peak = views_->peak();
        result.energy.peak_mw = peak.mw;
        result.energy.peak_cycles = peak.cycles;
    }
    return result;
}

}  // namespace flexv::platform
