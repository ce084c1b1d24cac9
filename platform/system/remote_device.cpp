// SPDX-License-Identifier: Apache-2.0
#include "platform/system/remote_device.hpp"

#include "base/error.hpp"
#include "platform/system/outside.hpp"

#include <algorithm>
#include <utility>

namespace flexv::platform {

namespace {

using remote::Command;
using remote::Lost;
using remote::Packet;
using remote::Status;
using sc_core::SC_NS;
using sc_core::sc_time;

constexpr u64 kMostAheadNs = 1'000'000'000;  // a device that is further ahead has lost its clock
constexpr unsigned kMostNested = 8;  // questions within questions; each is a call on one stack
constexpr u64 kAddressSpace = u64{1} << 32;

u64 nanoseconds(const sc_time& time) { return time.value() / sc_time(1, SC_NS).value(); }

u64 now_ns() { return nanoseconds(sc_core::sc_time_stamp()); }

sc_time duration_of(u64 ns) { return sc_time::from_value(ns * sc_time(1, SC_NS).value()); }

/// How long after `from` the other side says `to` is.
u64 ahead_of(u64 from, u64 to) {
    const u64 ahead = to > from ? to - from : 0;
    if (ahead > kMostAheadNs)
        throw Lost(
            fmt::format("sends a time {} ns ahead; at most {} are allowed", ahead, kMostAheadNs));
    return ahead;
}

Status status_of(tlm::tlm_response_status status) {
    if (status == tlm::TLM_OK_RESPONSE)
        return Status::ok;
    return status == tlm::TLM_ADDRESS_ERROR_RESPONSE ? Status::address_error : Status::error;
}

tlm::tlm_response_status response_of(Status status) {
    if (status == Status::ok)
        return tlm::TLM_OK_RESPONSE;
    return status == Status::address_error ? tlm::TLM_ADDRESS_ERROR_RESPONSE
                                           : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

bool can_wait() {
    return sc_core::sc_get_current_process_handle().proc_kind() == sc_core::SC_THREAD_PROC_;
}

}  // namespace

/// One process talks to the other side at a time. What it is asked meanwhile may lead it back here.
class RemoteDevice::Turn {
public:
    explicit Turn(RemoteDevice& device) : device_(device) {
        const sc_core::sc_process_handle own = sc_core::sc_get_current_process_handle();
        while (device_.depth_ != 0 && device_.holder_ != own)
            sc_core::wait(device_.freed_);
        device_.holder_ = own;
        ++device_.depth_;
    }
    ~Turn() {
        if (--device_.depth_ == 0)
            device_.freed_.notify();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    RemoteDevice& device_;
};

RemoteDevice::RemoteDevice(const sc_core::sc_module_name& name, Outside& outside,
                           const RemoteConfiguration& config, cosim::ExternalWindow* window)
    : sc_core::sc_module(name),
      outside_(outside),
      config_(config),
      interrupts_(interrupts_of(config.irq)),
      levels_(interrupts_.size()) {
    for (const Interrupt& interrupt : interrupts_)
        outside.check(interrupt, "soc.remotes." + config.name + ".irq");
    in_.register_b_transport(this, &RemoteDevice::b_transport);
    in_.register_transport_dbg(this, &RemoteDevice::transport_dbg);
    if (window != nullptr)
        window->out.bind(in_);
    outside.add_entrance("remote_" + config.name).bind(out_);
    SC_HAS_PROCESS(RemoteDevice);
    SC_THREAD(keep_time);
    sensitive << connected_;
    dont_initialize();
}

void RemoteDevice::connect(const std::function<std::string()>& must_end) {
    try {
        link_ = std::make_unique<remote::Link>(
            config_.socket, std::chrono::milliseconds(config_.timeout_ms), must_end);
    } catch (const Lost& lost) {
        if (!must_end().empty())
            return fail(lost);  // an interruption, which ends the run as it would later
        throw UserError("soc.remotes.{}: {}: {}", config_.name, config_.socket, lost.what());
    }
    connected_.notify(sc_core::SC_ZERO_TIME);
}

/// The other side is told the time, and acts, at the beginning of each quantum.
void RemoteDevice::keep_time() {
    while (config_.quantum_ns != 0 && link_ && outside_.is_running()) {
        try {
            static_cast<void>(ask({.command = Command::sync, .timestamp = now_ns()}));
        } catch (const Lost& lost) {
            fail(lost);
        }
        wait(duration_of(config_.quantum_ns));
    }
}

void RemoteDevice::b_transport(tlm::tlm_generic_payload& trans, sc_time& delay) {
    if (trans.get_byte_enable_ptr() != nullptr)
        return trans.set_response_status(tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    trans.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    if (!link_ || !can_wait())
        return;
    try {
        access(trans, delay);
    } catch (const Lost& lost) {
        fail(lost);
    }
}

/// The protocol has no accesses without side effects.
unsigned RemoteDevice::transport_dbg(tlm::tlm_generic_payload& /*trans*/) { return 0; }

void RemoteDevice::access(tlm::tlm_generic_payload& trans, sc_time& delay) {
    const unsigned bytes = trans.get_data_length();
    char* const data = reinterpret_cast<char*>(trans.get_data_ptr());
    Packet request{.command = trans.is_write() ? Command::write : Command::read,
                   .device = u32(config_.device),
                   .timestamp = nanoseconds(sc_core::sc_time_stamp() + delay),
                   .address = trans.get_address(),
                   .bytes = bytes,
                   .stream_width = std::min(trans.get_streaming_width(), bytes)};
    if (trans.is_write())
        request.data.assign(data, bytes);
    const Packet answer = ask(request);
    if (trans.is_read() && answer.data.size() != bytes)
        throw Lost(fmt::format("answers a read of {} bytes with {}", bytes, answer.data.size()));
    if (trans.is_read())
        std::ranges::copy(answer.data, data);
    delay += duration_of(ahead_of(request.timestamp, answer.timestamp));
    trans.set_response_status(response_of(answer.status));
}

Packet RemoteDevice::ask(const Packet& request) {
    const Turn turn(*this);
    if (depth_ > kMostNested)
        throw Lost(fmt::format("asks for its own window, and within that again, {} deep", depth_));
    const u32 id = link().send(request);
    for (;;) {
        Packet packet = link().receive();
        if (!packet.is_response) {
            serve(packet);
            continue;
        }
        if (packet.command == Command::interrupt)
            continue;  // of a reset, which nobody waits for
        if (packet.id != id || packet.command != request.command)
            throw Lost(fmt::format("answers {} number {}, expected {} number {}",
                                   name_of(packet.command), packet.id, name_of(request.command),
                                   id));
        return packet;
    }
}

void RemoteDevice::serve(const Packet& request) {
    switch (request.command) {
        case Command::nop:
        case Command::configure:
            return;
        case Command::hello:
            throw Lost("says hello twice");
        case Command::read:
        case Command::write:
            return serve_access(request);
        case Command::interrupt:
            return serve_interrupt(request);
        case Command::sync:
            return link().answer(request, {}, now_ns());
    }
}

void RemoteDevice::serve_access(const Packet& request) {
    wait_until(request.timestamp);
    Packet answer{
        .address = request.address, .bytes = request.bytes, .stream_width = request.stream_width};
    std::string data = request.data;
    data.resize(request.bytes);
    sc_time delay = sc_core::SC_ZERO_TIME;
    tlm::tlm_generic_payload trans;
    trans.set_command(request.command == Command::read ? tlm::TLM_READ_COMMAND
                                                       : tlm::TLM_WRITE_COMMAND);
    trans.set_address(request.address);
    trans.set_data_ptr(reinterpret_cast<unsigned char*>(data.data()));
    trans.set_data_length(request.bytes);
    trans.set_streaming_width(request.stream_width == 0 ? request.bytes : request.stream_width);
    trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    if (request.address < kAddressSpace && request.bytes <= kAddressSpace - request.address)
        out_->b_transport(trans, delay);
    answer.status = status_of(trans.get_response_status());
    if (request.command == Command::read)
        answer.data = std::move(data);
    if (!request.is_posted)
        link().answer(request, std::move(answer), now_ns() + nanoseconds(delay));
}

/// Rising edges count. A side that does not offer posted wires waits for no answer, either.
void RemoteDevice::serve_interrupt(const Packet& request) {
    if (request.line >= levels_.size())
        throw Lost(fmt::format("changes wire {}, but \"irq\" has {} entries", request.line,
                               levels_.size()));
    wait_until(request.timestamp);
    const bool rises = request.level && !levels_[request.line];
    levels_[request.line] = request.level;
    if (rises)
        outside_.raise(interrupts_[request.line]);
    if (!request.is_posted && link().offers(remote::kPostedWires))
        link().answer(request, {.line = request.line, .level = request.level}, now_ns());
}

void RemoteDevice::wait_until(u64 time_ns) const {
    if (const u64 ahead = ahead_of(now_ns(), time_ns); ahead != 0)
        sc_core::wait(duration_of(ahead));
}

void RemoteDevice::reset() {
    std::fill(levels_.begin(), levels_.end(), false);
    try {
        for (const bool level : {true, false})
            if (link_)
                static_cast<void>(link_->send({.command = Command::interrupt,
                                               .is_posted = link_->offers(remote::kPostedWires),
                                               .device = u32(config_.wires),
                                               .timestamp = now_ns(),
                                               .line = 0,
                                               .level = level}));
    } catch (const Lost& lost) {
        fail(lost);
    }
}

/// In the course of an exchange another one may have lost it.
remote::Link& RemoteDevice::link() const {
    if (!link_)
        throw Lost("is lost");
    return *link_;
}

void RemoteDevice::fail(const Lost& lost) {
    link_.reset();
    outside_.fail(fmt::format("soc.remotes.{}: {}: {}", config_.name, config_.socket, lost.what()));
}

}  // namespace flexv::platform
