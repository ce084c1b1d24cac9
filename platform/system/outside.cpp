// SPDX-License-Identifier: Apache-2.0
#include "platform/system/outside.hpp"

#include "base/error.hpp"
#include "platform/config/plugins.hpp"
#include "platform/config/windows.hpp"
#include "platform/cosim/inside.hpp"
#include "platform/system/soc.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

/// Lines of the event unit that nothing in this cluster drives (docs/spec/cluster.md 5.11).
constexpr unsigned kFirstAccelerator = 12;
constexpr unsigned kLastAccelerator = 15;

}  // namespace

Outside::Outside(const sc_core::sc_module_name& name, Soc& soc, const ClockDomain& clock,
                 const SocConfiguration& config)
    : sc_core::sc_module(name), soc_(soc), clock_(clock) {
    map_windows(config);
    make_devices(config);
    make_remotes(config);
    for (unsigned core = 0; core < config.cluster.core_count; ++core)
        sleep_out.push_back(
            std::make_unique<cosim::OutputLine>(fmt::format("core{}_sleeps_out", core).c_str()));
    soc.peripherals.events.raised_out.connect([this](u8 id, Cycles now) { raised(id, now); });
}

void Outside::map_windows(const SocConfiguration& config) {
    for (const WindowConfiguration& window : config.external_out)
        all_windows_.emplace_back(window.name,
                                  &add_window("external_out_" + window.name,
                                              "soc.external_out." + window.name, window, false));
    for (std::size_t index = 0; index < config.cluster.external_out.size(); ++index) {
        cosim::ExternalWindow& window = *soc_.cluster.external_out.at(index);
        window.join(soc_.traffic);
        all_windows_.emplace_back(config.cluster.external_out[index].name, &window);
    }
}

cosim::ExternalWindow& Outside::add_window(const std::string& module, const std::string& key,
                                           const WindowConfiguration& window, bool is_guarded) {
    windows_.push_back(std::make_unique<cosim::ExternalWindow>(
        module.c_str(), clock_,
        cosim::ExternalWindow::Config{.key = key,
                                      .size_bytes = window.size_bytes,
                                      .latency_cycles = window.latency_cycles,
                                      .is_guarded = is_guarded}));
    soc_.bus.map(key, window.base, window.size_bytes, cluster_bus::Addressing::relative)
        .bind(windows_.back()->bus_in);
    windows_.back()->join(soc_.traffic);
    return *windows_.back();
}

void Outside::make_devices(const SocConfiguration& config) {
    for (const PluginConfiguration& device : config.plugins) {
        const std::string name = name_of(device);
        const auto range = window_of(name, device.window, device.latency_cycles);
        cosim::ExternalWindow* const window =
            range ? &add_window("plugin_" + name + "_window", "soc.plugins." + name, *range, true)
                  : nullptr;
        devices_.push_back(std::make_unique<PluginDevice>(*this, device, window));
    }
}

void Outside::make_remotes(const SocConfiguration& config) {
    for (const RemoteConfiguration& device : config.remotes) {
        const auto range = window_of(device.name, device.window, device.latency_cycles);
        cosim::ExternalWindow* const window =
            range ? &add_window("remote_" + device.name + "_window", "soc.remotes." + device.name,
                                *range, true)
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
        soc_.raise_line(interrupt.number);
}

bool Outside::is_running() const { return soc_.is_running(); }

bool Outside::is_used() const {
    return expects_others_ || !all_windows_.empty() || !entrances_.empty() || !inputs_.empty() ||
           !devices_.empty();
}

Outside::OutSocket& Outside::window(const std::string& name) {
    std::vector<std::string> known;
    for (const auto& [own, window] : all_windows_) {
        if (own == name)
            return window->out;
        known.push_back(own);
    }
    throw UserError("{}: no window is called {}; there is {}: add it to soc.external_out",
                    soc_.name(), name,
                    known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", ")));
}

Outside::InSocket& Outside::add_entrance(const std::string& name) {
    const cosim::Inside inside(*this);
    entrances_.push_back(
        std::make_unique<cosim::Entrance>(("external_in_" + name).c_str(), soc_.traffic));
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

sc_core::sc_in<bool>& Outside::add_line_input(unsigned line) {
    if (line < kFirstAccelerator || line > kLastAccelerator)
        throw UserError(
            "{}: line {} of the event unit is not free: {} to {} are those of accelerators",
            soc_.name(), line, kFirstAccelerator, kLastAccelerator);
    const cosim::Inside inside(*this);
    inputs_.push_back(std::make_unique<cosim::InputLine>(
        sc_core::sc_gen_unique_name(fmt::format("line{}_in", line).c_str()),
        [this, line](bool level) {
            if (level)
                soc_.raise_line(line);
        }));
    return inputs_.back()->in;
}

sc_core::sc_in<bool>& Outside::add_reset_input(Address entry) {
    const cosim::Inside inside(*this);
    inputs_.push_back(std::make_unique<cosim::InputLine>("reset_in", [this, entry](bool level) {
        soc_.traffic.arrive(sc_core::sc_time_stamp());
        if (level)
            soc_.reset();
        else
            soc_.boot(entry);
        soc_.traffic.disturbed();
    }));
    return inputs_.back()->in;
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
    if (!(pj_per_event >= 0) || (pj_per_event > 0 && source.empty()))
        throw UserError("{}: counter {}.{}: {} pJ an event: {}", soc_.name(), component, event,
                        pj_per_event,
                        pj_per_event > 0 ? "a price needs a source" : "must be 0 or more");
    for (const std::string& name : {component, event})
        if (!identifier().contains(Value{name}))
            throw UserError("{}: counter {}.{}: \"{}\" must be {}", soc_.name(), component, event,
                            name, identifier().text);
    auto& module = others_[component];
    if (!module) {
        const cosim::Inside inside(*this);
        module = std::make_unique<Module>(component.c_str());
    }
    for (const CounterInfo& known : module->counters())
        if (known.name == event)
            throw UserError("{}: counter {}.{} is there already", soc_.name(), component, event);
    module->add_counter({.name = event, .doc = meaning, .value = std::move(count)});
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

void Outside::raised(u8 id, Cycles now) {
    if (const auto found = events_.find(id); found != events_.end())
        found->second->pulse(clock_.time_of(now), clock_.duration_of(1));
}

void Outside::look_at_cores() {
    for (unsigned core = 0; core < sleep_out.size(); ++core)
        sleep_out[core]->set(soc_.cluster.core(core).state_letter() == 'S', soc_.time());
}

std::vector<std::string> Outside::unanswered() const {
    std::vector<std::string> texts;
    const auto add = [&texts](const cosim::ExternalWindow& window) {
        std::ranges::copy(window.unanswered(), std::back_inserter(texts));
    };
    for (const auto& window : windows_)
        add(*window);
    for (const auto& window : soc_.cluster.external_out)
        add(*window);
    return texts;
}

}  // namespace flexv::platform
