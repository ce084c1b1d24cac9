// SPDX-License-Identifier: Apache-2.0
#include "fabric_port/fabric_port.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace flexv::fabric_port {

FabricPort::FabricPort(const sc_core::sc_module_name& name, ClockDomain& clock,
                       const Config& config)
    : Module(name), config_(config), clock_(clock) {
    core_in.bind(*this);
    clock_.timeline.add(*this);
}

/// The alias at 0 is on the data side only: SDK images have data there.
Address FabricPort::translated(Address address) const {
    return address < config_.alias_bytes ? config_.memory_base + address : address;
}

/// One blocking transport in the cycle of the request; the delay that comes back says when the core
/// is answered.
void FabricPort::request(DataInitiator& initiator, const DataRequest& request, Cycles now) {
    const Address address = translated(request.address);
    const bool is_memory = is_in_memory(address);
    (is_memory ? memory_accesses_ : bus_accesses_) += 1;
    u32 data = 0;
    const auto added = bus_.send(*(is_memory ? memory_out : bus_out).operator->(), request,
                                 is_memory ? address - config_.memory_base : address, data, now,
                                 *this, ++tickets_);
    waiting_ = {.initiator = &initiator};
    if (!added) {
        waiting_.ticket = tickets_;
        waiting_.request = request;
        return;
    }
    const Cycles wait = *added + (is_memory ? 0 : config_.bus_cycles);
    waiting_.data = data;
    waiting_.due = now + wait;
    if (!bus_.payload().is_response_ok())
        waiting_.refusal = refuse(request, bus_.refusal());
    if (wait == 0)
        return answer(now);
    clock_.timeline.schedule(*this, waiting_.due);
}

/// The same moment as that of a target that annotates its delay.
void FabricPort::replied(u64 ticket, const LateReply& reply) {
    if (waiting_.initiator == nullptr || waiting_.ticket != ticket)
        return;  // was cancelled or reset
    waiting_.ticket = 0;
    if (reply.status != tlm::TLM_OK_RESPONSE)
        waiting_.refusal = refuse(waiting_.request, BusInitiator::refusal_of(reply));
    else if (!waiting_.request.is_write)
        std::memcpy(&waiting_.data, reply.data.data(), waiting_.request.bytes);
    const Cycles answered = std::max(clock_.cycle_at(reply.time), clock_.timeline.now());
    waiting_.due = answered + config_.bus_cycles;
    clock_.timeline.schedule(*this, waiting_.due);
}

void FabricPort::act(Cycles now) {
    if (waiting_.initiator == nullptr || waiting_.ticket != 0 || now != waiting_.due)
        return;
    answer(now);
}

void FabricPort::answer(Cycles now) {
    const Waiting done = std::exchange(waiting_, {});
    if (done.refusal.empty())
        done.initiator->granted(now, done.data);
    else
        done.initiator->refused(now, done.refusal);
}

void FabricPort::cancel(DataInitiator& /*initiator*/, Cycles /*now*/) { waiting_ = {}; }

std::string FabricPort::refuse(const DataRequest& request, const std::string& why) const {
    const std::string neighbours =
        surroundings_out.is_bound() ? "; " + surroundings_out(request.address) : "";
    return fmt::format("{}: nothing in the SoC takes it ({}){}", name(), why, neighbours);
}

std::string FabricPort::waits_for(const DataInitiator& /*initiator*/) const {
    if (waiting_.initiator == nullptr)
        return fmt::format("{}: nothing", name());
    if (waiting_.ticket != 0)
        return fmt::format("{}: {} of {} bytes at {:#010x}, which nobody outside has answered yet",
                           name(), waiting_.request.is_write ? "store" : "load",
                           waiting_.request.bytes, waiting_.request.address);
    return fmt::format("{}: an answer, which comes within a few cycles", name());
}

}  // namespace flexv::fabric_port
