// SPDX-License-Identifier: Apache-2.0
#include "platform/run/simulation.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "core/fault.hpp"
#include "energy/figures.hpp"
#include "platform/config/energy_profiles.hpp"
#include "platform/results/summary.hpp"
#include "platform/run/post_mortem.hpp"
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
    Log::set_surroundings(
        {.time = [this] { return soc_.time(); }, .place = [this](u32 pc) { return place(pc); }});
}

Simulation::~Simulation() { Log::set_surroundings({}); }

/// `hart` is its place among all cores: its own number repeats in each cluster.
void Simulation::observe_core(core::Core& core, unsigned hart) {
    core.probes.start.attach([this, &core, hart](Cycles now) {
        starts_[&core] = now;
        if (wave_ && is_of_cluster(core))
            wave_->start(hart, now);
    });
    core.probes.region.attach([this, &core, hart](const core::RegionMark& mark) {
        pass_mark(core, hart, mark.id, mark.is_begin, Cycles(soc_.cluster_cycle(core, mark.now)));
    });
    core.probes.trap.attach(
        [this, &core](const std::string& what, Address pc) { report_trap(core, what, pc); });
}

/// What passes at a new clock is priced at it.
void Simulation::observe_clock() {
    soc_.cluster_clock_probe.attach([this](double mhz) {
        prices_.add_clock(profile_, mhz);
        const std::string doubt = profile_.clock_doubt({.vdd = point_.vdd, .mhz = mhz});
        if (doubt.empty() || std::exchange(has_warned_of_clock_, true))
            return;
        console::tell("flexv: warning: {:.3f} us the clock leaves what the profile knows: {}{}\n",
                      soc_.time().to_seconds() * 1e6, doubt, Log::text_of(Log::cause()));
    });
}

void Simulation::set_up() {
    set_up_instruments();
    if (request_.wants_power())
        measure_power();
    open_host();
    if (!request_.restore.empty())
        restore(request_.restore);
    if (request_.checkpoint != nullptr)
        save_at(ClusterCycles(request_.save_at), *request_.checkpoint);
}

void Simulation::set_up_instruments() {
    if (request_.wants_signature)
        find_signature();
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
    if (wave_ && is_of_cluster(core))
        wave_->region(hart, id, regions_.name_of(id), is_begin, now);
}

bool Simulation::is_of_cluster(const core::Core& core) const {
    return !soc_.fabric_controller || &core != &soc_.fabric_controller->core;
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

bool Simulation::revive() { return gdb_ && gdb_->wait_for_somebody(); }

/// Those who listen do so in the order in which they are set up.
void Simulation::measure_power() {
    FLEXV_ASSERT(request_.power_window > 0, "power is measured in windows of some cycles");
    meter_ = std::make_unique<PowerMeter>(prices_, soc_.cluster_clocks(),
                                          [this] { return counters_.read(); });
    meter_->show_others(soc_.outside.own_counters(), counters_.paths());
    soc_.sample_every(ClusterCycles(request_.power_window),
                      [this](ClusterCycles now) { meter_->close(Cycles(now)); });
    if (request_.power_trace != nullptr) {
        power_trace_.emplace(*request_.power_trace, meter_->components(), meter_->others());
        meter_->window_probe.attach(
            [this](const PowerWindow& window) { power_trace_->add(window); });
    }
    if (request_.wave != nullptr)
        show_wave();
    if (request_.timeline != nullptr)
        draw_timeline();
}

void Simulation::show_wave() {
    wave_.emplace(*request_.wave, cluster_cores(), dma_channels(), meter_->components(),
                  soc_.cluster_clocks(), meter_->others());
    wave_recorder_ = std::make_unique<WaveRecorder>(soc_, configuration_.soc.cluster.dma.id_count,
                                                    image_, *wave_);
    meter_->window_probe.attach([this, before = u64{0}](const PowerWindow& window) mutable {
        const u64 now = bank_conflicts();
        wave_->conflicts(window, now - std::exchange(before, now));
        wave_->add(window);
    });
}

/// Of all clusters, since the start.
u64 Simulation::bank_conflicts() const {
    const std::vector<std::string>& paths = counters_.paths();
    const std::vector<u64> counts = counters_.read();
    u64 conflicts = 0;
    for (std::size_t i = 0; i < paths.size(); ++i)
        if (paths[i].ends_with(".tcdm.conflicts"))
            conflicts += counts[i];
    return conflicts;
}

void Simulation::draw_timeline() {
    timeline_ = std::make_unique<TimelineTrace>(soc_, image_, *request_.timeline);
    meter_->window_probe.attach(
        [this](const PowerWindow& window) { timeline_->add(window, bank_conflicts()); });
}

/// "cluster.core0": without the SoC around it.
std::string Simulation::path_of(const Module& module) const {
    return std::string(module.name()).substr(std::string_view(soc_.name()).size() + 1);
}

/// Paths of the cores of all clusters.
std::vector<std::string> Simulation::cluster_cores() {
    std::vector<std::string> paths;
    for (const core::Core* core : soc_.cores())
        if (is_of_cluster(*core))
            paths.push_back(path_of(*core));
    return paths;
}

/// The same of their DMA channels, "cluster.dma.channel0".
std::vector<std::string> Simulation::dma_channels() const {
    std::vector<std::string> paths;
    for (const Cluster* cluster : soc_.clusters.all())
        for (unsigned id = 0; id < configuration_.soc.cluster.dma.id_count; ++id)
            paths.push_back(fmt::format("{}.channel{}", path_of(cluster->dma), id));
    return paths;
}

void Simulation::profile_functions() {
    functions_ = std::make_unique<FunctionProfile>(image_);
    calls_ = std::make_unique<CallProfile>(
        image_, [this](Address address) { return register_name_at(soc_, address); });
    for (core::Core* core : soc_.cores()) {
        functions_->observe(*core, path_of(*core));
        calls_->observe(*core, path_of(*core));
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
    if (meter_)
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
    if (outcome() == Outcome::limit || outcome() == Outcome::deadlock)
        htif_.conclude();
    if (rewind_)
        rewind_->tell();
    if (uart_line_)
        uart_line_->finish();
    const auto stop = std::chrono::steady_clock::now();
    host_seconds_ = std::chrono::duration<double>(stop - host_start_).count();
    const Cycles end(soc_.end());
    regions_.finish(end);
    if (meter_)
        meter_->close(end);
    if (timeline_)
        timeline_->finish(end);
    if (functions_) {
        functions_->finish();
        calls_->finish();
    }
    if (checks_)
        checks_->finish(outcome() == Outcome::exit);
    if (gdb_)
        tell_debugger_the_end();
    if (!soc_.broken().empty())
        throw InternalError(soc_.broken());
    if (outcome() != Outcome::exit)
        diagnosis_ = PostMortem(soc_, image_, configuration_)
                         .diagnosis(outcome(), what_happened(), rewind_.get(), starts_);
    rewind_.reset();
    if (wave_)  // behind the copies of the program: they hold the pipe of an .fst open
        wave_->finish(end);
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
    switch (outcome()) {
        case Outcome::exit:
            return gdb_->tell_exit(unsigned(result().exit_status()));
        case Outcome::fault: {
            const auto core = std::ranges::find_if(soc_.cores(), faulty);
            return gdb_->tell_failure(signal_of(*soc_.fault()),
                                      core == soc_.cores().end() ? nullptr : *core, what_ended());
        }
        case Outcome::deadlock:
            return gdb_->tell_failure(gdb_signal::kAbort, nullptr, what_ended());
        case Outcome::limit:
            return gdb_->tell_failure(gdb_signal::kLimit, nullptr, what_ended());
        case Outcome::interrupted:
            return;
    }
}

std::string Simulation::fault_text() const {
    const Soc::Fault& fault = *soc_.fault();
    const double time = soc_.end_ns() / 1000;
    const std::string who = fault.core.empty() ? "" : fault.core + ": ";
    const std::string where = fault.pc ? fmt::format(" (pc {})", place(*fault.pc)) : "";
    return fmt::format("{:.3f} us {}{}{}; stopped", time, who, fault.what, where);
}

/// "0x1c008a42 dma_start+0x12"
std::string Simulation::place(u32 pc) const {
    const std::string symbol = image_.symbol_at(pc);
    return symbol.empty() ? fmt::format("{:#010x}, no symbol", pc)
                          : fmt::format("{:#010x} {}", pc, symbol);
}

/// Firmware that handles an illegal instruction often does so in silence and runs astray.
void Simulation::report_trap(const core::Core& core, const std::string& what, u32 pc) {
    if (!what.starts_with("illegal"))
        return;
    if (request_.is_strict)
        throw core::Fault(core.name(), pc, what);
    if (reported_traps_.insert(pc).second)
        console::tell("flexv: warning: {}: {} (pc {}), goes to the firmware's handler\n",
                      core.name(), what, place(pc));
}

/// The hardware goes on; a person should know, once for each instruction.
void Simulation::report_misuse(const Cause& cause, const std::string& what) {
    if (request_.is_strict && cause.is_known())
        throw core::Fault(cause.initiator, cause.pc, what);
    if (request_.is_strict)
        throw FirmwareFault(what);
    if (reported_misuses_.insert(cause.pc).second)
        console::tell("flexv: warning: {:.3f} us {}{}\n", soc_.time().to_seconds() * 1e6, what,
                      Log::text_of(cause));
}

Outcome Simulation::outcome() const {
    if (soc_.fault())
        return Outcome::fault;
    if (soc_.exit_code())
        return Outcome::exit;
    if (soc_.is_interrupted())
        return Outcome::interrupted;
    return soc_.is_deadlocked() ? Outcome::deadlock : Outcome::limit;
}

std::string Simulation::deadlock_text() const {
    return fmt::format("deadlock at cycle {}: every core sleeps and nothing is pending",
                       soc_.end()) +
           where_cores_are() + where_accesses_are();
}

std::string Simulation::where_accesses_are() const {
    std::string text;
    for (const std::string& line : soc_.outside.obstacles())
        text += "\n  " + line;
    return text;
}

std::string Simulation::where_cores_are() const {
    std::string text;
    for (const core::Core* core : soc_.cores())
        text += fmt::format("\n  {} at pc {}: {}", core->name(), place(core->hart().pc),
                            core->describe_wait());
    return text;
}

std::string Simulation::problem() const {
    return diagnosis_ ? what_ended() + details_of(*diagnosis_) : std::string{};
}

/// One sentence, without the cores.
std::string Simulation::what_happened() const {
    const std::string text = what_ended();
    return text.substr(0, text.find('\n'));
}

std::string Simulation::what_ended() const {
    switch (outcome()) {
        case Outcome::exit:
            return {};
        case Outcome::fault:
            return fault_text();
        case Outcome::deadlock:
            return deadlock_text();
        case Outcome::limit:
            return fmt::format("stopped at the limit of {} cycles (simulation.max_cycles)",
                               configuration_.simulation.max_cycles) +
                   where_cores_are();
        case Outcome::interrupted:
            return fmt::format("{} at cycle {}",
                               was_killed() ? "killed by the debugger" : stop_reason_, soc_.end()) +
                   where_cores_are();
    }
    return {};
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
        result.harts.push_back(
            hart_result(path_of(*core), core->hartid(), result.counter_paths, result.counts));
}

RunResult Simulation::result() const {
    RunResult result;
    result.platform = request_.platform;
    result.outcome = outcome();
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
    result.diagnosis = diagnosis_;
    if (checks_)
        result.findings = checks_->findings();
    price_run(result, profile_, configuration_.energy.profile);
    if (meter_) {
        const PowerPeak& peak = meter_->peak();
        result.energy.peak_mw = peak.mw;
        result.energy.peak_cycles = peak.cycles;
    }
    return result;
}

void Simulation::find_signature() {
    const auto begin = image_.symbol("begin_signature");
    const auto end = image_.symbol("end_signature");
    if (!begin || !end)
        throw UserError(
            "{}: no symbols begin_signature and end_signature, so no signature; define them "
            "around the words, or leave out --signature",
            image_.name());
    for (Address address = *begin & ~3U; address < *end; address += 4) {
        if (!soc_.peek(address))
            throw UserError("{}: the signature at {:#010x} lies in no memory", image_.name(),
                            address);
        signature_addresses_.push_back(address);
    }
}

std::vector<u32> Simulation::signature() {
    std::vector<u32> words;
    for (const Address address : signature_addresses_)
        words.push_back(soc_.peek(address).value());
    return words;
}

}  // namespace flexv::platform
