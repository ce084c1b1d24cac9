// SPDX-License-Identifier: Apache-2.0
#include "fabric_port/fabric_port.hpp"

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
    const Cycles added =
        bus_.transport(*(is_memory ? memory_out : bus_out).operator->(), request,
                       is_memory ? address - config_.memory_base : address, data, now);
    const bool is_taken = bus_.payload().is_response_ok();
    const Cycles wait = added + (is_memory ? 0 : config_.bus_cycles);
    waiting_ = {.initiator = &initiator,
                .data = data,
                .due = now + wait,
                .refusal = is_taken ? std::string() : refuse(request)};
    if (wait == 0)
        return answer(now);
    clock_.timeline.schedule(*this, waiting_.due);
}

void FabricPort::act(Cycles now) {
    if (waiting_.initiator == nullptr || now != waiting_.due)
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

std::string FabricPort::refuse(const DataRequest& request) const {
    const std::string neighbours =
        surroundings_out.is_bound() ? "; " + surroundings_out(request.address) : "";
    return fmt::format("{}: nothing in the SoC takes it ({}){}", name(),
                       bus_.payload().get_response_string(), neighbours);
}

std::string FabricPort::waits_for(const DataInitiator& /*initiator*/) const {
    if (waiting_.initiator == nullptr)
        return fmt::format("{}: nothing", name());
    return fmt::format("{}: an answer, which comes within a few cycles", name());
}

}  // namespace flexv::fabric_port
