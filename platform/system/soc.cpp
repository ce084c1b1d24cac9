// SPDX-License-Identifier: Apache-2.0
#include "platform/system/soc.hpp"

#include "base/error.hpp"
#include "platform/firmware/image_placement.hpp"
#include "platform/system/memory_map.hpp"
#include "platform/system/reset_blocks.hpp"
#include "platform/system/serialize_blocks.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

/// Of the only process: a debugger talks to its user in the middle of an access.
constexpr std::size_t kStackBytes = 1 << 20;

sc_core::sc_time period_of(double mhz) { return {1000.0 / mhz, sc_core::SC_NS}; }

std::unique_ptr<FabricController> make_fabric_controller(ClockDomain& clock,
                                                         const Configuration& configuration) {
    const SocConfiguration& config = configuration.soc;
    if (config.boot != Boot::fabric_controller)
        return nullptr;
    return std::make_unique<FabricController>(
        "fc", clock, config.clusters * config.cluster.core_count, config,
        core::translation::Settings::of(configuration.simulation.translate));
}

std::unique_ptr<external_memory::ExternalMemory> make_external_memory(
    ClockDomain& clock, const external_memory::ExternalMemory::Config& config) {
    if (config.size_bytes == 0)
        return nullptr;
    return std::make_unique<external_memory::ExternalMemory>("external_memory", clock, config);
}

}  // namespace

Soc::Soc(const sc_core::sc_module_name& name, const Configuration& config,
         std::unique_ptr<CoreWiring> wiring, RunControl& control)
    : Module(name),
      config_(config),
      wiring_(std::move(wiring)),
      control_(control),
      bus("bus", clock_, {.latency_cycles = config.soc.bus.latency_cycles}),
      fabric_controller(make_fabric_controller(clock_, config)),
      l2("l2", clock_, config.soc.l2),
      external_memory(make_external_memory(clock_, config.soc.external_memory)),
      peripherals(clock_, config),
      clusters(cluster_clock_, clock_, config_, *wiring_),
      cluster(clusters.first()),
      outside("outside", *this, clock_, config.soc) {
    cluster_clock_.period = period_of(config.clock.mhz);
    clock_.period = period_of(soc_mhz(config));
    for (ClockDomain* const domain : clocks())
        domain->timeline.bound_run_ahead(config.simulation.run_ahead_cycles);
    for (Cluster* const each : clusters.all())
        for (unsigned index = 0; index < each->core_count(); ++index)
            cores_.push_back(&each->core(index));
    wire_buses();
    wire_events();
    wire_clocks();
    wire_ends();
    if (fabric_controller)
        wire_fabric_controller();
    wiring_->complete(*this);
    SC_HAS_PROCESS(Soc);
    SC_THREAD(drive);
    set_stack_size(kStackBytes);
    sensitive << booted_;
    dont_initialize();
}

void Soc::wire_buses() {
    namespace map = memory_map;
    using enum cluster_bus::Addressing;
    bus.map("soc.l2", map::kL2Base, config_.soc.l2.size_bytes, relative).bind(l2.bus_in);
    peripherals.connect(bus);
    if (external_memory)
        wire_external_memory();
    clusters.connect(bus);
    debug_out_.bind(bus.bus_in);
    debug_out_.register_invalidate_direct_mem_ptr(this, &Soc::tell_written);
    for (Cluster* const each : clusters.all()) {
        const auto tell = [this, each](Address address) {
            const bool is_alias = address < map::kClusterAlias.size_bytes;
            return surroundings(is_alias ? each->range().base + address : address);
        };
        each->peripherals.surroundings_out.connect(tell);
        each->dma.surroundings_out.connect(tell);
    }
}

void Soc::wire_external_memory() {
    const auto& config = config_.soc.external_memory;
    bus.map("soc.external_memory", config.base, config.size_bytes,
            cluster_bus::Addressing::relative)
        .bind(external_memory->bus_in);
    external_memory->elapsed_out.connect(
        [this] { return Cycles(clock_.cycle_at(cluster_clock_.time_of(end()))); });
}

void Soc::wire_fabric_controller() {
    FabricController& fabric = *fabric_controller;
    fabric.core.probes.misuse.attach([this](const Cause& cause, const std::string& what) {
        control_.report_misuse(cause, what);
    });
    cores_.push_back(&fabric.core);
    fabric.code.code_out.bind(bus.bus_in);
    fabric.port.bus_out.bind(bus.bus_in);
    fabric.port.memory_out.bind(l2.fabric_in);
    fabric.port.surroundings_out.connect([this](Address address) { return surroundings(address); });
    peripherals.interrupt_controller.interrupt_out(fabric.core.interrupt_in);
    fabric.core.interrupt_ack_out(peripherals.interrupt_controller.interrupt_ack_in);
}

/// Why nobody takes an access: it lies between two ranges, in a hole of the cluster, or in a block
/// that refuses it.
std::string Soc::surroundings(Address address) const {
    const cluster_bus::Route* const holder = bus.holder(address);
    if (holder == nullptr)
        return "nearest: " + bus.nearest(address);
    const Cluster* const inside = clusters.holder(address);
    if (inside == nullptr)
        return fmt::format("it begins in {}, which refuses it", holder->text());
    if (inside->is_held_in_reset())
        return "the cluster is held in reset: set RESETN of CLUSTER_CTRL in SoC control";
    const u64 offset = address - inside->range().base;
    if (const cluster_bus::Route* const inner = inside->window.holder(offset))
        return fmt::format("it begins in {}, which refuses it", inner->text(holder->start));
    return fmt::format("it is in a hole of {}; nearest in there: {}", holder->text(),
                       inside->window.nearest(offset, holder->start));
}

sc_core::sc_time Soc::time() const { return interleaver_.time(); }

sc_core::sc_time Soc::wait_for_kernel() {
    interleaver_.pause();
    return time();
}

void Soc::catch_up(const sc_core::sc_time& time) { interleaver_.arrive(time.value()); }

/// Events that cross from one clock domain into the other.
void Soc::wire_events() {
    for (Cluster* const each : clusters.all())
        wire_cluster_events(*each);
    peripherals.events.cluster_event_out.connect([this](u8 id, Cycles now) {
        const Crossing crossing(clock_, cluster_clock_);
        const ClusterCycles seen = crossing.arrival_of(SocCycles(now));
        for (Cluster* const each : clusters.all())
            each->event_unit.soc_event(id, Cycles(seen));
        return true;  // the event units warn of ids that find their FIFO full
    });
    peripherals.control.cluster_reset_out.connect([this](bool is_held, Cycles now) {
        const Crossing crossing(clock_, cluster_clock_);
        clusters.hold_in_reset(is_held, crossing.arrival_of(SocCycles(now)));
    });
}

void Soc::wire_cluster_events(Cluster& source) {
    source.misuse_out.connect([this](const Cause& cause, const std::string& what) {
        control_.report_misuse(cause, what);
    });
    source.fabric_event_out.connect([this](unsigned line, ClusterCycles now) {
        const Crossing crossing(cluster_clock_, clock_);
        peripherals.interrupt_controller.raise(line, Cycles(crossing.arrival_of(now)));
    });
}

void Soc::wire_clocks() {
    peripherals.fll_soc.frequency_out.connect([this](double hz) {
        if (follows_fll(Clock::soc))
            retune_soc(hz);
    });
    peripherals.fll_cluster.frequency_out.connect([this](double hz) {
        if (!follows_fll(Clock::cluster))
            return;
        const Crossing crossing(clock_, cluster_clock_);
        retune_clusters(hz);
    });
}

bool Soc::follows_fll(Clock clock) const {
    return config_.clock.follows_fll && !outside.drives(clock);
}

void Soc::retune(ClockDomain& domain, double hz) {
    domain.retune(period_of(hz / 1e6));
    interleaver_.reconsider();
}

void Soc::retune_soc(double hz) {
    retune(clock_, hz);
    peripherals.timer.set_reference_clock_cycles(reference_clock_cycles(hz / 1e6));
}

void Soc::retune_clusters(double hz) {
    retune(cluster_clock_, hz);
    for (Cluster* const each : clusters.all())
        each->timer.set_reference_clock_cycles(reference_clock_cycles(hz / 1e6));
    change_cluster_clock(hz / 1e6);
}

void Soc::wire_ends() {
    peripherals.control.core_status_out.connect([this](u32 value, Cycles /*now*/) {
        if ((value & soc_control::SocControl::end_of_computation.mask()) != 0)
            end_with(code_of_status(value));
    });
    clusters.ended_out.connect([this](u32 code) { end_with(code); });
}

std::vector<MemoryRange> Soc::memories() const {
    const auto memory = [](const std::string& name, Address base, u64 size_bytes,
                           const std::string& key) {
        return MemoryRange{.name = name,
                           .base = base,
                           .size_bytes = size_bytes,
                           .size_parameter = key,
                           .largest_bytes = largest_power_of_two(allowed_values(key))};
    };
    std::vector<MemoryRange> found;
    for (const Cluster* const each : clusters.all())
        found.push_back(memory(fmt::format("soc.{}.tcdm", each->short_name()), each->range().base,
                               config_.soc.cluster.tcdm.size_bytes, "soc.cluster.tcdm.size_bytes"));
    found.push_back(
        memory("soc.l2", memory_map::kL2Base, config_.soc.l2.size_bytes, "soc.l2.size_bytes"));
    const auto& external = config_.soc.external_memory;
    if (external_memory)
        found.push_back(memory("soc.external_memory", Address(external.base), external.size_bytes,
                               "soc.external_memory.size_bytes"));
    return found;
}

unsigned Soc::debug_access(tlm::tlm_command command, Address address, void* data, unsigned bytes) {
    tlm::tlm_generic_payload trans;
    trans.set_command(command);
    trans.set_address(address);
    trans.set_data_ptr(static_cast<unsigned char*>(data));
    trans.set_data_length(bytes);
    trans.set_streaming_width(bytes);
    return debug_out_->transport_dbg(trans);
}

void Soc::load(const ElfImage& image) {
    const auto segments = placed_segments(image, memories());
    const auto write = [this](Address address, std::vector<std::byte> bytes) {
        const unsigned size = unsigned(bytes.size());
        const unsigned written =
            size == 0 ? 0 : debug_access(tlm::TLM_WRITE_COMMAND, address, bytes.data(), size);
        FLEXV_ASSERT(written == size, "a placed segment lies in a memory that can be written");
    };
    for (const auto& segment : segments)  // first, because they may lie over contents
        write(segment.physical_address, std::vector<std::byte>(segment.memory_size));
    for (const auto& segment : segments)
        write(segment.physical_address, {segment.bytes.begin(), segment.bytes.end()});
}

void Soc::boot(Address entry) {
    if (fabric_controller) {
        peripherals.control.set_fc_boot_address(entry);
        fabric_controller->core.start(entry, Cycles(clock_.now()));
    } else {
        cluster.start_all(entry);
    }
    booted_.notify(sc_core::SC_ZERO_TIME);
}

void Soc::reset() {
    loop_.settle(now());
    reset_blocks(*this);
    for (ClockDomain* const domain : clocks())
        domain->timeline.forget();
    clusters.forget_reset();
    outside.reset();
    if (follows_fll(Clock::soc))
        retune_soc(soc_mhz(config_) * 1e6);
    if (follows_fll(Clock::cluster))
        retune_clusters(config_.clock.mhz * 1e6);
}

void Soc::serialize(StateArchive& archive) {
    archive(cluster_clock_.timeline, clock_.timeline, interleaver_);
    archive(cluster_clock_, clock_, cluster_clocks_);
    serialize_blocks(*this, archive);
}

/// The FLLs have not been touched, both clocks are one, and nobody counts another one.
bool Soc::retime() {
    const auto counts_reference = [](Cluster* each) { return each->timer.uses_reference_clock(); };
    const bool depends = cluster_clocks_.has_changed() || soc_mhz(config_) != config_.clock.mhz ||
                         peripherals.timer.uses_reference_clock() ||
                         std::ranges::any_of(clusters.all(), counts_reference);
    if (depends)
        return false;
    cluster_clocks_ = energy::ClockHistory(config_.clock.mhz);
    for (ClockDomain* const domain : clocks()) {
        domain->period = period_of(config_.clock.mhz);
        domain->anchor = 0;
        domain->anchor_time = sc_core::SC_ZERO_TIME;
    }
    const Cycles cycles = reference_clock_cycles(config_.clock.mhz);
    peripherals.timer.set_reference_clock_cycles(cycles);
    for (Cluster* const each : clusters.all())
        each->timer.set_reference_clock_cycles(cycles);
    return true;
}

void Soc::resume() {
    loop_.resume();
    booted_.notify(sc_core::SC_ZERO_TIME);
}

std::optional<u32> Soc::peek(Address address) {
    u32 word = 0;
    if (debug_access(tlm::TLM_READ_COMMAND, address, &word, sizeof word) != sizeof word)
        return std::nullopt;
    return word;
}

unsigned Soc::read(Address address, void* data, unsigned bytes) {
    return debug_access(tlm::TLM_READ_COMMAND, address, data, bytes);
}

unsigned Soc::write(Address address, const void* data, unsigned bytes) {
    const unsigned written =
        debug_access(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes);
    if (written != 0)
        outside_write_probe(address, written);
    return written;
}

Timeline& Soc::timeline_at(Address address) {
    return clusters.holder(address) == nullptr ? clock_.timeline : cluster_clock_.timeline;
}

/// A memory grants a pointer to the word, and withdraws it when the word is written.
bool Soc::watch_word(Address address) {
    tlm::tlm_generic_payload trans;
    tlm::tlm_dmi dmi;
    trans.set_command(tlm::TLM_READ_COMMAND);
    trans.set_address(address);
    return debug_out_->get_direct_mem_ptr(trans, dmi);
}

void Soc::tell_written(sc_dt::uint64 first, sc_dt::uint64 last) {
    write_probe(Address(first), Address(last));
}

ClusterCycles Soc::cluster_cycle(const core::Core& core, Cycles now) const {
    if (!fabric_controller || &core != &fabric_controller->core)
        return ClusterCycles(now);
    return cluster_clock_.cycle_at(clock_.time_of(SocCycles(now)));
}

std::vector<core::DecodeCache*> Soc::codes() const {
    std::vector<core::DecodeCache*> found;
    for (Cluster* const each : clusters.all())
        found.push_back(&each->code);
    if (fabric_controller)
        found.push_back(&fabric_controller->code);
    return found;
}

const Cluster* Soc::cluster_of(const core::Core& core) const {
    for (Cluster* const each : clusters.all())
        for (unsigned index = 0; index < each->core_count(); ++index)
            if (&each->core(index) == &core)
                return each;
    return nullptr;
}

CoreView Soc::view_of(const core::Core& core) const {
    if (const Cluster* const own = cluster_of(core))
        return {.alias_bytes = Address(memory_map::kClusterAlias.size_bytes),
                .base = own->range().base};
    return {.alias_bytes = fabric_port::FabricPort::Config{}.alias_bytes,
            .base = memory_map::kL2Base};
}

void Soc::change_cluster_clock(double mhz) {
    const std::size_t known = cluster_clocks_.clocks().size();
    cluster_clocks_.change(Cycles(now()), mhz);
    if (cluster_clocks_.clocks().size() != known)
        cluster_clock_probe(mhz);
}

/// From the frequencies: a period in SystemC time is rounded.
double Soc::end_ns() const { return cluster_clocks_.nanoseconds_at(Cycles(end())); }

double Soc::mean_mhz() const {
    return energy::mean_mhz(cluster_clocks_.between(0, Cycles(end())), cluster_clocks_.clocks());
}

void Soc::end_with(u32 code) {
    loop_.end_with(code);
    outside.end_out.set(true, time());
}

SocCycles Soc::arrival_cycle() const {
    return std::max(clock_.now(), clock_.cycle_at(sc_core::sc_time_stamp()));
}

void Soc::raise_event(u8 id) {
    traffic.arrive(sc_core::sc_time_stamp());
    peripherals.events.trigger(id, Cycles(arrival_cycle()));
    traffic.disturbed();
}

void Soc::set_period(Clock clock, const sc_core::sc_time& period) {
    const bool is_cluster = clock == Clock::cluster;
    if (period == (is_cluster ? cluster_clock_.period : clock_.period))
        return;
    const double hz = 1e9 / (period / sc_core::sc_time(1, sc_core::SC_NS));
    traffic.arrive(sc_core::sc_time_stamp());
    if (is_cluster)
        retune_clusters(hz);
    else
        retune_soc(hz);
    traffic.disturbed();
}

void Soc::raise_line(unsigned line, unsigned cluster_number) {
    traffic.arrive(sc_core::sc_time_stamp());
    const ClusterCycles cycle =
        std::max(cluster_clock_.now(), cluster_clock_.cycle_at(sc_core::sc_time_stamp()));
    clusters.all().at(cluster_number)->event_unit.event_all(line, Cycles(cycle));
    traffic.disturbed();
}

}  // namespace flexv::platform
