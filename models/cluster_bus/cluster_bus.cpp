// SPDX-License-Identifier: Apache-2.0
#include "cluster_bus/cluster_bus.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <limits>

namespace flexv::cluster_bus {

namespace {

/// Shows a target its own addresses while the payload is there; the initiator gets its payload
/// back.
class Translation {
public:
    Translation(tlm::tlm_generic_payload& trans, const Route& route)
        : trans_(trans), address_(trans.get_address()) {
        trans.set_address(route.to_target(address_));
    }
    Translation(const Translation&) = delete;
    Translation& operator=(const Translation&) = delete;
    ~Translation() { trans_.set_address(address_); }

private:
    tlm::tlm_generic_payload& trans_;
    const u64 address_;
};

}  // namespace

ClusterBus::ClusterBus(const sc_core::sc_module_name& name, ClockDomain& clock,
                       const Config& config)
    : Module(name), config_(config), clock_(clock) {
    bus_in.register_b_transport(this, &ClusterBus::b_transport);
    bus_in.register_transport_dbg(this, &ClusterBus::transport_dbg);
    bus_in.register_get_direct_mem_ptr(this, &ClusterBus::get_direct_mem_ptr);
}

ClusterBus::TargetSocket& ClusterBus::add_target(const std::string& target) {
    std::string outlet_name = std::string(basename()) + "_" + target;
    std::ranges::replace(outlet_name, '.', '_');  // a dot would be a level of the hierarchy
    outlets_.push_back(std::make_unique<Outlet>(outlet_name.c_str()));
    TargetSocket& socket = outlets_.back()->out;
    socket.register_invalidate_direct_mem_ptr(this, &ClusterBus::invalidate_direct_mem_ptr,
                                              int(outlets_.size() - 1));
    return socket;
}

ClusterBus::TargetSocket& ClusterBus::map(const std::string& target, u64 start, u64 size_bytes,
                                          Addressing addressing) {
    routes_.add(name(), {.name = target,
                         .start = start,
                         .size_bytes = size_bytes,
                         .addressing = addressing,
                         .target = unsigned(outlets_.size())});
    return add_target(target);
}

void ClusterBus::map_again(const std::string& window, const TargetSocket& target, u64 start,
                           u64 size_bytes, Addressing addressing) {
    const auto known =
        std::ranges::find_if(outlets_, [&](const auto& outlet) { return &outlet->out == &target; });
    FLEXV_ASSERT(known != outlets_.end(), "map_again() is given a socket of this bus");
    routes_.add(name(), {.name = window,
                         .start = start,
                         .size_bytes = size_bytes,
                         .addressing = addressing,
                         .target = unsigned(known - outlets_.begin())});
}

ClusterBus::TargetSocket& ClusterBus::map_rest(const std::string& target) {
    FLEXV_ASSERT(rest_ == nullptr, "a bus has one target for the rest");
    rest_ = std::make_unique<Route>(Route{.name = target,
                                          .size_bytes = std::numeric_limits<u64>::max(),
                                          .target = unsigned(outlets_.size())});
    return add_target(target);
}

/// A transaction that begins inside a range and leaves it is served by nobody.
const Route* ClusterBus::find(u64 address, u64 length) const {
    if (const Route* const route = routes_.find(address, length))
        return route;
    const Route* const next = routes_.next(address);
    const bool is_clear =
        next == nullptr || (next->start > address && next->start - address >= length);
    return is_clear ? rest_.get() : nullptr;
}

void ClusterBus::b_transport(int /*initiator*/, tlm::tlm_generic_payload& trans,
                             sc_core::sc_time& delay) {
    const Route* const route = find(trans.get_address(), trans.get_data_length());
    if (route == nullptr) {
        ++errors_;
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return;
    }
    ++transactions_;
    bytes_ += trans.get_data_length();
    delay += clock_.duration_of(config_.latency_cycles);
    const Translation translation(trans, *route);
    outlets_[route->target]->out->b_transport(trans, delay);
}

/// Clips to the end of the range, as the target would clip to its own end.
unsigned ClusterBus::transport_dbg(int /*initiator*/, tlm::tlm_generic_payload& trans) {
    const Route* const route = find(trans.get_address(), 1);
    if (route == nullptr) {
        trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
        return 0;
    }
    const Translation translation(trans, *route);
    const unsigned length = trans.get_data_length();
    const u64 room = route->last() - route->to_bus(trans.get_address());
    if (length != 0 && length - 1 > room)
        trans.set_data_length(unsigned(room + 1));
    const unsigned moved = outlets_[route->target]->out->transport_dbg(trans);
    trans.set_data_length(length);
    return moved;
}

bool ClusterBus::get_direct_mem_ptr(int /*initiator*/, tlm::tlm_generic_payload& trans,
                                    tlm::tlm_dmi& dmi) {
    const u64 address = trans.get_address();
    const Route* const route = find(address, 1);
    if (route == nullptr) {
        refuse_around(address, dmi);
        return false;
    }
    const Translation translation(trans, *route);
    const bool is_granted = outlets_[route->target]->out->get_direct_mem_ptr(trans, dmi);
    const u64 first = route->to_target(route->start);
    const u64 start = std::max<u64>(dmi.get_start_address(), first);
    const u64 end = std::min<u64>(dmi.get_end_address(), route->to_target(route->last()));
    if (!is_granted) {  // whoever asks may remember for which addresses
        dmi.set_start_address(route->to_bus(start));
        dmi.set_end_address(route->to_bus(end));
        return false;
    }
    dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (start - dmi.get_start_address()));
    dmi.set_start_address(route->to_bus(start));
    dmi.set_end_address(route->to_bus(end));
    const sc_core::sc_time latency = clock_.duration_of(config_.latency_cycles);
    dmi.set_read_latency(dmi.get_read_latency() + latency);
    dmi.set_write_latency(dmi.get_write_latency() + latency);
    if (route == rest_.get())
        clip_to_rest(address, dmi);
    return true;
}

/// Nobody serves the gap that `address` is in, or what crosses its end.
void ClusterBus::refuse_around(u64 address, tlm::tlm_dmi& dmi) const {
    dmi.allow_none();
    dmi.set_start_address(0);
    dmi.set_end_address(std::numeric_limits<u64>::max());
    for (const Route& route : routes_.routes()) {
        if (route.last() < address)
            dmi.set_start_address(std::max<u64>(dmi.get_start_address(), route.last() + 1));
        else
            dmi.set_end_address(std::min<u64>(dmi.get_end_address(), route.start - 1));
    }
}

/// A pointer to the rest must not cover a mapped range.
void ClusterBus::clip_to_rest(u64 address, tlm::tlm_dmi& dmi) const {
    for (const Route& route : routes_.routes()) {
        if (route.last() < address && route.last() >= dmi.get_start_address()) {
            dmi.set_dmi_ptr(dmi.get_dmi_ptr() + (route.last() + 1 - dmi.get_start_address()));
            dmi.set_start_address(route.last() + 1);
        } else if (route.start > address && route.start <= dmi.get_end_address()) {
            dmi.set_end_address(route.start - 1);
        }
    }
}

void ClusterBus::invalidate_direct_mem_ptr(int target, sc_dt::uint64 start, sc_dt::uint64 end) {
    for (const Route& route : routes_.routes())
        if (route.target == unsigned(target))
            withdraw(route, start, end);
    if (rest_ && rest_->target == unsigned(target))
        withdraw(*rest_, start, end);
}

/// Tells every initiator about the part of start..end (the target's addresses) seen through
/// `route`.
void ClusterBus::withdraw(const Route& route, u64 start, u64 end) {
    const u64 first = std::max(start, route.to_target(route.start));
    const u64 last = std::min(end, route.to_target(route.last()));
    if (first > last)
        return;
    for (unsigned initiator = 0; initiator < bus_in.size(); ++initiator)
        bus_in[int(initiator)]->invalidate_direct_mem_ptr(route.to_bus(first), route.to_bus(last));
}

}  // namespace flexv::cluster_bus
