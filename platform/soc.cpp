// SPDX-License-Identifier: Apache-2.0
#include "platform/soc.hpp"

#include "base/error.hpp"
#include "core/fault.hpp"
#include "platform/memory_map.hpp"

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr u32 kStatusBits = 0x7fff'ffff;  // bit 31 of CORESTATUS only says that the value is valid

}  // namespace

Soc::Soc(const sc_core::sc_module_name& name, const Configuration& config)
    : Module(name),
      clock_{.timeline = {},
             .period = sc_core::sc_time(1000.0 / config.clock.mhz, sc_core::SC_NS)},
      config_(config),
      bus("bus", clock_, {.latency_cycles = config.soc.bus.latency_cycles}),
      l2("l2", clock_, config.soc.l2),
      control("soc_control", clock_, {.core_count = config.soc.cluster.core_count}),
      terminal("stdout", clock_, {}),
      mock_uart("mock_uart", clock_, {}),
      cluster("cluster", clock_, config.soc.cluster) {
    wire();
    SC_HAS_PROCESS(Soc);
    SC_THREAD(drive);
    sensitive << booted_;
    dont_initialize();
}

void Soc::wire() {
    namespace map = memory_map;
    using enum cluster_bus::Addressing;
    const auto attach = [this](const char* target, const map::Range& range, auto& socket) {
        bus.map(target, range.base, range.size_bytes, relative).bind(socket);
    };
    attach("soc.l2", {map::kL2Base, config_.soc.l2.size_bytes}, l2.bus_in);
    attach("soc.soc_control", map::kSocControl, control.bus_in);
    attach("soc.stdout", map::kStdout, terminal.bus_in);
    attach("soc.mock_uart", map::kMockUart, mock_uart.bus_in);
    bus.map("soc.cluster", map::kCluster.base, map::kCluster.size_bytes, relative)
        .bind(cluster.window.bus_in);
    cluster.bus.map_rest("soc.bus").bind(bus.bus_in);
    debug_out_.bind(bus.bus_in);
    cluster.peripherals.nearest_outside = [this](Address address) { return bus.nearest(address); };

    control.on_core_status = [this](u32 value, Cycles /*now*/) { end_with(value & kStatusBits); };
    if (cluster.marker)
        cluster.marker->on_exit = [this](u32 code, Cycles /*now*/) { end_with(code); };
    cluster.control.on_end_of_computation = [this](u32 value, Cycles /*now*/) {
        end_with(value & kStatusBits);
    };
}

std::vector<MemoryRange> Soc::memories() const {
    return {{.name = "soc.cluster.tcdm",
             .base = memory_map::kCluster.base,
             .size_bytes = config_.soc.cluster.tcdm.size_bytes,
             .size_parameter = "soc.cluster.tcdm.size_bytes"},
            {.name = "soc.l2",
             .base = memory_map::kL2Base,
             .size_bytes = config_.soc.l2.size_bytes,
             .size_parameter = "soc.l2.size_bytes"}};
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
    check_segments(image, memories());
    for (const ElfImage::Segment& segment : image.segments()) {
        std::vector<std::byte> bytes(segment.bytes.begin(), segment.bytes.end());
        bytes.resize(segment.memory_size);
        const unsigned size = unsigned(bytes.size());
        const unsigned written =
            debug_access(tlm::TLM_WRITE_COMMAND, segment.physical_address, bytes.data(), size);
        FLEXV_ASSERT(written == size, "a checked segment lies in a memory that can be written");
    }
}

void Soc::boot(Address entry) {
    cluster.start_all(entry);
    booted_.notify(sc_core::SC_ZERO_TIME);
}

std::optional<u32> Soc::peek(Address address) {
    u32 word = 0;
    if (debug_access(tlm::TLM_READ_COMMAND, address, &word, sizeof word) != sizeof word)
        return std::nullopt;
    return word;
}

void Soc::end_with(u32 code) {
    exit_code_ = code;
    clock_.timeline.stop();
}

void Soc::flush_output() {
    terminal.flush();
    mock_uart.flush();
}

/// The only process. Exceptions neither pass through the kernel nor leave this stack.
void Soc::drive() {
    try {
        run_quanta();
    } catch (const core::Fault& fault) {
        fault_ = {.core = fault.core(), .pc = fault.pc(), .what = fault.what()};
        finish(clock_.timeline.now() + 1);
    } catch (const FirmwareFault& fault) {
        fault_ = {.core = {}, .pc = std::nullopt, .what = fault.what()};
        finish(clock_.timeline.now() + 1);
    } catch (const std::exception& error) {
        broken_ = error.what();
        finish(clock_.timeline.now() + 1);
    }
    sc_core::sc_stop();
}

void Soc::run_quanta() {
    Timeline& timeline = clock_.timeline;
    const Cycles limit =
        config_.simulation.max_cycles == 0 ? kNever : config_.simulation.max_cycles;
    Cycles now = timeline.now();
    while (now < limit) {
        const Cycles quantum_end = now + config_.simulation.quantum_cycles;
        now = timeline.run_until(std::min(limit, quantum_end));
        wait(clock_.time_of(now) - sc_core::sc_time_stamp());
        if (exit_code_)
            break;
        if (timeline.is_idle()) {
            is_deadlocked_ = true;
            now = timeline.last_act() + 1;
            break;
        }
        if (on_quantum)
            on_quantum();
    }
    finish(now);
}

void Soc::finish(Cycles end) {
    end_ = end;
    cluster.settle(end);
    flush_output();
}

}  // namespace flexv::platform
