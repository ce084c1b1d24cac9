// SPDX-License-Identifier: Apache-2.0
#include "platform/system/outside.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "base/thrown.hpp"
#include "platform/config/plugins.hpp"
#include "platform/config/windows.hpp"
#include "platform/cosim/inside.hpp"
#include "platform/system/memory_map.hpp"
#include "platform/system/soc.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

/// Lines of the event unit that nothing in this cluster drives (docs/spec/cluster.md 5.11).
constexpr unsigned kFirstAccelerator = 12;
constexpr unsigned kLastAccelerator = 15;

constexpr double kMostPicojoules = 1e12;  // a joule per event

}  // namespace

Outside::Outside(const sc_core::sc_module_name& name, Soc& soc, const SocDomain& clock,
                 const SocConfiguration& config)
    : sc_core::sc_module(name), soc_(soc), clock_(clock) {
    map_windows(config);
    make_devices(config);
    make_remotes(config);
    make_sleep_lines();
    for (Cluster* const cluster : soc_.clusters.all())
        cluster->flush_out.connect([this, cluster] { forget_code(*cluster); });
    soc.peripherals.events.raised_out.connect(
        [this](u8 id, Cycles now) { raised(id, SocCycles(now)); });
}

void Outside::map_windows(const SocConfiguration& config) {
    for (const WindowConfiguration& window : config.external_out)
        all_windows_.push_back({.name = window.name,
                                .window = &add_window("external_out_" + window.name,
                                                      "soc.external_out." + window.name, window)});
    for (Cluster* const cluster : soc_.clusters.all())
        for (std::size_t index = 0; index < config.cluster.external_out.size(); ++index) {
            cosim::ExternalWindow& window = *cluster->external_out.at(index);
            const WindowConfiguration& own = config.cluster.external_out[index];
            const u64 base = own.base - memory_map::kCluster.base + cluster->range().base;
            window.join(soc_.traffic);
            ranges_.emplace_back(Address(base), Address(base + own.size_bytes - 1));
            all_windows_.push_back(
                {.name = own.name, .cluster = cluster->number(), .window = &window});
        }
}

/// What a target holds it may change itself, without a word: what the caches fetch again is decoded
/// again, too.
void Outside::forget_code(Cluster& cluster) const {
    for (const auto& [first, last] : ranges_)
        cluster.code.invalidate(first, last);
}

void Outside::make_sleep_lines() {
    for (Cluster* const cluster : soc_.clusters.all()) {
        const std::string of = cluster->number() == 0 ? "" : cluster->short_name() + "_";
        auto& lines = sleeps_.emplace_back();
        for (unsigned core = 0; core < cluster->core_count(); ++core)
            lines.push_back(std::make_unique<cosim::OutputLine>(
                fmt::format("{}core{}_sleeps_out", of, core).c_str()));
    }
}

cosim::ExternalWindow& Outside::add_window(const std::string& module, const std::string& key,
                                           const WindowConfiguration& window) {
    windows_.push_back(std::make_unique<cosim::ExternalWindow>(
        module.c_str(), clock_,
        cosim::ExternalWindow::Config{
            .key = key, .size_bytes = window.size_bytes, .latency_cycles = window.latency_cycles}));
    soc_.bus.map(key, window.base, window.size_bytes, cluster_bus::Addressing::relative)
        .bind(windows_.back()->bus_in);
    windows_.back()->join(soc_.traffic);
    ranges_.emplace_back(Address(window.base), Address(window.base + window.size_bytes - 1));
    return *windows_.back();
}

void Outside::make_devices(const SocConfiguration& config) {
    for (const PluginConfiguration& device : config.plugins) {
        const std::string name = name_of(device);
        const auto range = window_of(name, device.window, device.latency_cycles);
        cosim::ExternalWindow* const window =
            range ? &add_window("plugin_" + name + "_window", "soc.plugins." + name, *range)
                  : nullptr;
        devices_.push_back(std::make_unique<PluginDevice>(*this, device, window));
    }
}

void Outside::make_remotes(const SocConfiguration& config) {
    for (const RemoteConfiguration& device : config.remotes) {
        const auto range = window_of(device.name, device.window, device.latency_cycles);
        cosim::ExternalWindow* const window =
            range ? &add_window("remote_" + device.name + "_window", "soc.remotes." + device.name,
                                *range)
                  : nullptr;
        remotes_.push_back(std::make_unique<RemoteDevice>(("remote_" + device.name).c_str(), *this,
                                                          device, window));
    }
}

void Outside::connect(const std::function<std::string()>& must_end) {
    for (const auto& remote : remotes_)
        remote->connect(must_end);
}

void Outside::raise(const Interrupt& interrupt) {
    if (interrupt.kind == Interrupt::Kind::soc_event)
        soc_.raise_event(u8(interrupt.number));
    else
        soc_.raise_line(interrupt.number, interrupt.cluster);
}

void Outside::check(const Interrupt& interrupt, const std::string& key) const {
    try {
        if (interrupt.kind == Interrupt::Kind::event_unit_line)
            check_line(interrupt.number, interrupt.cluster);
    } catch (const UserError& error) {
        throw UserError("{}: {}", key, error.what());
    }
}

bool Outside::is_running() const { return soc_.is_running(); }

bool Outside::is_used() const {
    return expects_others_ || !all_windows_.empty() || !entrances_.empty() || !inputs_.empty() ||
           !periods_.empty() || !devices_.empty();
}

Outside::OutSocket& Outside::window(const std::string& name, unsigned cluster) {
    static_cast<void>(checked_cluster(cluster));
    std::vector<std::string> known;
    for (const NamedWindow& own : all_windows_) {
        if (own.cluster != cluster)
            continue;
        if (own.name == name)
            return own.window->out;
        known.push_back(own.name);
    }
    throw UserError("{}: no window{} is called {}; there is {}: add it to soc.{}external_out",
                    soc_.name(), cluster == 0 ? "" : fmt::format(" of cluster {}", cluster), name,
                    known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")),
                    cluster == 0 ? "" : "cluster.");
}

Cluster& Outside::checked_cluster(unsigned number) const {
    const std::vector<Cluster*>& all = soc_.clusters.all();
    if (number >= all.size())
        throw UserError("{}: cluster {}: must be 0..{}, because soc.clusters = {}", soc_.name(),
                        number, all.size() - 1, all.size());
    return *all[number];
}

cosim::Place Outside::place_of(u64 address) const {
    const auto holds = [address](const auto& range) {
        return address >= range.first && address <= range.second;
    };
    if (std::ranges::any_of(ranges_, holds))
        return cosim::Place::window;
    return soc_.bus.holder(address) == nullptr ? cosim::Place::nothing : cosim::Place::inside;
}

Outside::InSocket& Outside::add_entrance(const std::string& name) {
    if (!identifier().contains(Value{name}))
        throw UserError("{}: entrance \"{}\": must be {}", soc_.name(), name, identifier().text);
    const std::string module = "external_in_" + name;
    for (const auto& entrance : entrances_)
        if (entrance->basename() == module)
            throw UserError("{}: there is an entrance {} already; give each initiator its own",
                            soc_.name(), name);
    const cosim::Inside inside(*this);
    entrances_.push_back(std::make_unique<cosim::Entrance>(
        module.c_str(), soc_.traffic, [this](u64 address) { return place_of(address); }));
    entrances_.back()->out.bind(soc_.bus.bus_in);
    return entrances_.back()->bus_in;
}

sc_core::sc_in<bool>& Outside::add_event_input(u8 id) {
    const cosim::Inside inside(*this);
    inputs_.push_back(std::make_unique<cosim::InputLine>(
        sc_core::sc_gen_unique_name(fmt::format("event{}_in", id).c_str()), [this, id](bool level) {
            if (level)
                soc_.raise_event(id);
        }));
    return inputs_.back()->in;
}

void Outside::check_line(unsigned line, unsigned cluster) const {
    static_cast<void>(checked_cluster(cluster));
    if (line < kFirstAccelerator || line > kLastAccelerator)
        throw UserError(
            "{}: line {} of the event unit is not free: {} to {} are those of accelerators",
            soc_.name(), line, kFirstAccelerator, kLastAccelerator);
}

void Outside::raise_line(unsigned line, unsigned cluster) {
    check_line(line, cluster);
    soc_.raise_line(line, cluster);
}

sc_core::sc_in<bool>& Outside::add_line_input(unsigned line, unsigned cluster) {
    check_line(line, cluster);
    const cosim::Inside inside(*this);
    inputs_.push_back(std::make_unique<cosim::InputLine>(
        sc_core::sc_gen_unique_name(fmt::format("line{}_in", line).c_str()),
        [this, line, cluster](bool level) {
            if (level)
                soc_.raise_line(line, cluster);
        }));
    return inputs_.back()->in;
}

sc_core::sc_in<bool>& Outside::add_reset_input(Address entry) {
    if (reset_ != nullptr)
        throw UserError("{}: reset_in is there already; one module drives the reset", soc_.name());
    const cosim::Inside inside(*this);
    inputs_.push_back(std::make_unique<cosim::InputLine>("reset_in", [this, entry](bool level) {
        soc_.traffic.arrive(sc_core::sc_time_stamp());
        if (level)
            soc_.reset();
        else
            soc_.boot(entry);
        soc_.traffic.disturbed();
    }));
    reset_ = inputs_.back().get();
    return inputs_.back()->in;
}

sc_core::sc_in<sc_core::sc_time>& Outside::add_period_input(Clock clock) {
    const char* const name = clock == Clock::cluster ? "cluster_period_in" : "soc_period_in";
    if (drives(clock))
        throw UserError("{}: {} is there already; one module drives a clock", soc_.name(), name);
    const cosim::Inside inside(*this);
    auto& input = periods_[clock];
    input = std::make_unique<cosim::InputPeriod>(
        name, [this, clock](const sc_core::sc_time& period) { set_period(clock, period); });
    return input->in;
}

/// The bounds are those of clock.mhz.
void Outside::set_period(Clock clock, const sc_core::sc_time& period) {
    if (period >= sc_core::sc_time(500, sc_core::SC_PS) &&
        period <= sc_core::sc_time(1, sc_core::SC_US))
        return soc_.set_period(clock, period);
    const std::string name = periods_.at(clock)->name();
    fail(fmt::format("{}: a period of {}: must be 500 ps to 1 us; to hold the chip use the reset",
                     name, period.to_string()));
}

cosim::OutputLine& Outside::event_out(u8 id) {
    const cosim::Inside inside(*this);
    auto& line = events_[id];
    if (!line)
        line = std::make_unique<cosim::OutputLine>(fmt::format("event{}_out", id).c_str());
    return *line;
}

void Outside::add_counter(const std::string& component, const std::string& event,
                          const std::string& meaning, std::function<u64()> count,
                          double pj_per_event, const std::string& source) {
    const bool is_price = pj_per_event >= 0 && pj_per_event <= kMostPicojoules;
    if (!is_price || (pj_per_event > 0 && source.empty()))
        throw UserError("{}: counter {}.{}: {} pJ an event: {}", soc_.name(), component, event,
                        pj_per_event, is_price ? "a price needs a source" : "must be 0..1e12");
    if (!count)
        throw UserError("{}: counter {}.{}: there is no function that counts", soc_.name(),
                        component, event);
    for (const std::string& name : {component, event})
        if (!identifier().contains(Value{name}))
            throw UserError("{}: counter {}.{}: \"{}\" must be {}", soc_.name(), component, event,
                            name, identifier().text);
    const bool is_taken = std::ranges::any_of(
        get_child_objects(), [&](const auto* object) { return object->basename() == component; });
    if (is_taken && !others_.contains(component))
        throw UserError("{}: counter {}.{}: the platform has a part {} there; take another name",
                        soc_.name(), component, event, component);
    auto& module = others_[component];
    if (!module) {
        const cosim::Inside inside(*this);
        module = std::make_unique<Module>(component.c_str());
    }
    for (const CounterInfo& known : module->counters())
        if (known.name == event)
            throw UserError("{}: counter {}.{} is there already", soc_.name(), component, event);
    module->add_counter({.name = event,
                         .doc = meaning,
                         .value = checked(component + "." + event, std::move(count))});
    if (pj_per_event > 0)
        prices_.push_back({.symbol = component + "." + event,
                           .counter = "outside." + component + "." + event,
                           .component = component,
                           .pj = pj_per_event,
                           .kind = energy::Kind::assumed,
                           .source = source,
                           .outside = true,
                           .has_own_supply = true,
                           .scales = {}});
}

std::vector<std::string> Outside::own_counters() const {
    std::vector<std::string> paths;
    for (const auto& [component, module] : others_)
        for (const CounterInfo& counter : module->counters())
            paths.push_back(fmt::format("outside.{}.{}", component, counter.name));
    return paths;
}

/// One that throws or goes back stays where it was, and is told of once.
std::function<u64()> Outside::checked(const std::string& counter, std::function<u64()> count) {
    struct Last {
        u64 value = 0;
        bool is_bad = false;
    };
    const auto last = std::make_shared<Last>();
    return [this, counter, count = std::move(count), last] {
        if (last->is_bad)
            return last->value;
        u64 now = 0;
        std::string wrong = thrown_by([&] { now = count(); });
        if (wrong.empty() && now < last->value)
            wrong = fmt::format("goes back from {} to {}", last->value, now);
        last->is_bad = !wrong.empty();
        if (last->is_bad)
            blame(fmt::format("counter {} of somebody else: {}", counter, wrong));
        else
            last->value = now;
        return last->value;
    };
}

/// Ends a run that goes on; what is found behind it is told.
void Outside::blame(const std::string& reason) {
    if (is_running())
        return fail(reason);
    console::tell("flexv: warning: {}\n", reason);
}

void Outside::fail(const std::string& reason) { soc_.traffic.fail(reason); }

std::string Outside::device_of(const std::string& object) const {
    for (const auto& device : devices_)
        if (device->owns(object))
            return device->text();
    return {};
}

void Outside::reset() const {
    for (const auto& device : devices_)
        device->reset();
    for (const auto& remote : remotes_)
        remote->reset();
}

void Outside::raised(u8 id, SocCycles now) {
    if (const auto found = events_.find(id); found != events_.end())
        found->second->pulse(clock_.time_of(now), clock_.duration_of(1));
}

cosim::OutputLine& Outside::sleep_out(unsigned core, unsigned cluster) {
    const Cluster& of = checked_cluster(cluster);
    if (core >= of.core_count())
        throw UserError("{}: core {}: the cluster has {} cores", soc_.name(), core,
                        of.core_count());
    return *sleeps_[cluster][core];
}

void Outside::look_at_cores() {
    for (Cluster* const cluster : soc_.clusters.all())
        for (unsigned core = 0; core < cluster->core_count(); ++core)
            sleeps_[cluster->number()][core]->set(cluster->core(core).state_letter() == 'S',
                                                  soc_.time());
}

std::vector<std::string> Outside::obstacles() const {
    std::vector<std::string> texts;
    const auto add = [&texts](const cosim::ExternalWindow& window) {
        std::ranges::copy(window.unanswered(), std::back_inserter(texts));
    };
    for (const auto& window : windows_)
        add(*window);
    for (const Cluster* const cluster : soc_.clusters.all())
        for (const auto& window : cluster->external_out)
            add(*window);
    if (reset_ != nullptr && reset_->in.read())
        texts.push_back(fmt::format("{} is high: nothing starts until it falls", reset_->name()));
    return texts;
}

}  // namespace flexv::platform
