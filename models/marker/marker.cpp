// SPDX-License-Identifier: Apache-2.0
#include "marker/marker.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace flexv::marker {

namespace {

// Offsets; source: tests/reference/timing/README.md.
constexpr Address kStart = 0;
constexpr Address kStop = 4;
constexpr Address kExit = 8;
constexpr Address kPrint = 12;
constexpr Address kInterrupt = 16;
constexpr Address kSync = 32;

}  // namespace

Marker::Marker(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name),
      interrupt_out("interrupt_out", config.core_count),
      config_(config),
      clock_(clock),
      harts_(config.core_count) {
    if (config.core_count == 0)
        throw UserError("{}: core_count = 0: must be at least 1", this->name());
    clock_.timeline.add(*this);
    core_in.bind(*this);
    interrupt_ack_in.bind(*this);
    for (unsigned index = 0; index < config.core_count; ++index)
        add_counters(index);
}

void Marker::add_counters(unsigned index) {
    const auto add = [&](const char* what, const char* doc, auto value) {
        DerivedCounter(*this, fmt::format("hart{}_{}", index, what), doc,
                       [this, index, value] { return u64{value(harts_[index])}; });
    };
    add("started", "1: stored a start marker",
        [](const Hart& hart) { return hart.measurement.is_started() ? u64{1} : u64{0}; });
    add("start", "cycle of the last start marker",
        [](const Hart& hart) { return hart.measurement.start_cycle(); });
    add("stop", "cycle of the stop marker behind it",
        [](const Hart& hart) { return hart.measurement.stop_cycle(); });
    add("instructions", "instructions behind the start up to and including the stop",
        [](const Hart& hart) { return hart.measurement.spent().instructions; });
    add("tcdm_stalls", "cycles between them in which a TCDM request was not granted",
        [](const Hart& hart) { return hart.measurement.spent().tcdm_stalls; });
    add("exit", "value of the exit store",
        [](const Hart& hart) { return hart.exit_value.value_or(0); });
}

void Marker::reset() {
    std::ranges::fill(harts_, Hart{});
    exit_code_ = 0;
}

/// Answers in the cycle of the request, like a bank of the TCDM that nobody else wants.
void Marker::request(DataInitiator& initiator, const DataRequest& request, Cycles now) {
    const Address offset = request.address - config_.base;
    const unsigned index = initiator.port();
    FLEXV_ASSERT(index < harts_.size(), "the device serves the cores of the bench");
    if (offset >= kBytes)
        return access_memory(initiator, request, now);
    if (!request.is_write && offset == kSync) {
        harts_[index].waiting = &initiator;
        return release_if_complete(now);
    }
    if (request.is_write)
        store(index, offset, request.data, now);
    initiator.granted(now, 0);
}

void Marker::store(unsigned index, Address offset, u32 value, Cycles now) {
    Measurement& measurement = harts_[index].measurement;
    switch (offset) {
        case kStart:
            return measurement.start(now, sample_out(index));
        case kStop:
            return measurement.stop(now, sample_out(index));
        case kExit:
            return exit(index, value, now);
        case kPrint:
            return log_.info("hart {} prints {:#010x}", index, value);
        case kInterrupt:
            return arm_interrupt(index, Cycles{value}, now);
        default:
            return;
    }
}

void Marker::exit(unsigned index, u32 value, Cycles now) {
    if (harts_[index].exit_value)
        return;
    harts_[index].exit_value = value;
    if (exit_code_ == 0)
        exit_code_ = value;
    if (has_everybody([](const Hart& hart) { return hart.exit_value.has_value(); }))
        return exit_out(exit_code_, now);
    clock_.timeline.schedule(*this, now + 1);  // harts at the meeting point see it a cycle later
}

bool Marker::has_everybody(bool (*is_there)(const Hart&)) const {
    return std::ranges::all_of(harts_, is_there);
}

/// Lets the harts at the meeting point go when all that still run are there.
void Marker::release_if_complete(Cycles now) {
    if (!has_everybody([](const Hart& hart) {
            return hart.waiting != nullptr || hart.exit_value.has_value();
        }))
        return;
    for (Hart& hart : harts_)
        if (DataInitiator* const initiator = std::exchange(hart.waiting, nullptr))
            initiator->granted(now, 0);
}

void Marker::cancel(DataInitiator& initiator, Cycles /*now*/) {
    harts_[initiator.port()].waiting = nullptr;
}

std::string Marker::waits_for(const DataInitiator& initiator) const {
    if (harts_[initiator.port()].waiting == nullptr)
        return "nothing";
    std::string missing;
    for (std::size_t index = 0; index < harts_.size(); ++index)
        if (harts_[index].waiting == nullptr && !harts_[index].exit_value)
            missing += fmt::format(" {}", index);
    return "the meeting point of all harts, where these are missing:" + missing;
}

/// The line is high from `now + delay + 1` on; 0 lowers it. The core is told one cycle ahead, so
/// that it never runs past the edge.
void Marker::arm_interrupt(unsigned index, Cycles delay, Cycles now) {
    if (delay == 0)
        return lower_line(index, now);
    harts_[index].line_rises = now + delay + 1;
    clock_.timeline.schedule(*this, now + delay);
}

void Marker::lower_line(unsigned index, Cycles now) {
    Hart& hart = harts_[index];
    hart.line_rises = kNever;
    hart.is_line_high = false;
    if (interrupt_out[index].size() != 0)
        interrupt_out[index]->interrupt(now + 1, false, kInterruptLine);
}

void Marker::act(Cycles now) {
    release_if_complete(now);
    for (unsigned index = 0; index < config_.core_count; ++index) {
        Hart& hart = harts_[index];
        if (hart.line_rises != now + 1)
            continue;
        hart.line_rises = kNever;
        hart.is_line_high = true;
        if (interrupt_out[index].size() != 0)
            interrupt_out[index]->interrupt(now + 1, true, kInterruptLine);
    }
}

void Marker::acknowledge(unsigned core, unsigned id, Cycles now) {
    if (harts_[core].is_line_high && id == kInterruptLine)
        lower_line(core, now);
    else if (interrupt_ack_out.size() != 0)
        interrupt_ack_out->acknowledge(core, id, now);
}

void Marker::access_memory(DataInitiator& initiator, const DataRequest& request, Cycles now) {
    std::array<u8, 4> bytes = {u8(request.data), u8(request.data >> 8), u8(request.data >> 16),
                               u8(request.data >> 24)};
    tlm::tlm_generic_payload trans;
    trans.set_command(request.is_write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    trans.set_address(request.address);
    trans.set_data_ptr(bytes.data());
    trans.set_data_length(request.bytes);
    trans.set_streaming_width(request.bytes);
    if (memory_out.size() == 0 || memory_out->transport_dbg(trans) != request.bytes)
        return initiator.refused(now, "no memory of the timing bench is there");
    u32 data = 0;
    for (unsigned i = 0; i < request.bytes; ++i)
        data |= u32{bytes[i]} << (8 * i);
    initiator.granted(now, data);
}

}  // namespace flexv::marker
