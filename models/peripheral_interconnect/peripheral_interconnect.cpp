// SPDX-License-Identifier: Apache-2.0
#include "peripheral_interconnect/peripheral_interconnect.hpp"

#include "base/error.hpp"
#include "base/state_archive.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace flexv::peripheral_interconnect {

namespace {

constexpr unsigned kMaxCores = 16;

}  // namespace

PeripheralInterconnect::PeripheralInterconnect(const sc_core::sc_module_name& name,
                                               ClockDomain& clock, const Config& config)
    : Module(name), config_(config), clock_(clock), accesses_(config.core_count) {
    if (config.core_count == 0 || config.core_count > kMaxCores)
        throw UserError("{}.core_count = {}: must be 1..{}", this->name(), config.core_count,
                        kMaxCores);
    proxies_.reserve(config.core_count);
    for (unsigned core = 0; core < config.core_count; ++core)
        proxies_.emplace_back(*this, core);
    target_of_slot_.fill(kNoTarget);
    targets_.push_back({.name = "per2axi", .arbiter = RoundRobin(config.core_count)});
    core_in.bind(*this);
    clock.timeline.add(*this, Phase::arbitrate);
}

void PeripheralInterconnect::connect(unsigned first, unsigned last, DataTarget& target,
                                     std::string name) {
    add_target(first, last, &target, std::move(name));
}

void PeripheralInterconnect::tie_off(unsigned first, unsigned last, std::string name) {
    add_target(first, last, nullptr, std::move(name));
}

tlm_utils::simple_initiator_socket<PeripheralInterconnect>& PeripheralInterconnect::connect_socket(
    unsigned first, unsigned last, std::string name) {
    outlets_.push_back(std::make_unique<Outlet>(fmt::format("{}_{}", basename(), name).c_str()));
    add_target(first, last, nullptr, std::move(name));
    targets_.back().socket = &outlets_.back()->out;
    targets_.back().base = config_.cluster_base + kPeripheralOffset + first * kSlotBytes;
    return outlets_.back()->out;
}

void PeripheralInterconnect::add_target(unsigned first, unsigned last, DataTarget* block,
                                        std::string name) {
    FLEXV_ASSERT(first <= last && last < kSlots, "a peripheral lies in slots 0..15");
    for (unsigned slot = first; slot <= last; ++slot) {
        FLEXV_ASSERT(target_of_slot_[slot] == kNoTarget, "two peripherals do not share a slot");
        target_of_slot_[slot] = unsigned(targets_.size());
    }
    // One port more than cores: the slave side of the cluster bus.
    targets_.push_back(
        {.block = block, .name = std::move(name), .arbiter = RoundRobin(config_.core_count + 1)});
}

void PeripheralInterconnect::reset() {
    std::ranges::fill(accesses_, Access{});
    for (Target& target : targets_) {
        target.arbiter.reset();
        target.asking = 0;
        target.held = kNobody;
        target.has_warned = false;
    }
}

void PeripheralInterconnect::request(DataInitiator& initiator, const DataRequest& request,
                                     Cycles now) {
    const unsigned core = initiator.port();
    FLEXV_ASSERT(core < accesses_.size(), "an initiator of the peripheral interconnect is a core");
    FLEXV_ASSERT(accesses_[core].state == Access::State::none,
                 "a core has one access under way at a time");
    const Route found = route(request.address, config_.cluster_base);
    Access& access = accesses_[core];
    access = {.state = Access::State::queued,
              .target = target_of(found),
              .initiator = &initiator,
              .request = request,
              .requested = now,
              .due = now + config_.request_cycles};
    access.request.address = found.address;
    clock_.timeline.schedule(*this, access.due);
}

/// Index into targets_; kNoTarget for an address of the cluster where nothing is.
unsigned PeripheralInterconnect::target_of(const Route& found) const {
    switch (found.kind) {
        case Route::Kind::slot:
            return target_of_slot_[found.slot];
        case Route::Kind::hole:
            return kNoTarget;
        case Route::Kind::external:
            break;
    }
    return kBridge;
}

void PeripheralInterconnect::cancel(DataInitiator& initiator, Cycles now) {
    const unsigned core = initiator.port();
    Access& access = accesses_[core];
    if (access.state == Access::State::at_target) {
        Target& target = targets_[access.target];
        target.block->cancel(proxies_[core], now);
        target.held = kNobody;
        clock_.timeline.schedule(*this, now + 1);
    }
    access = {};
}

void PeripheralInterconnect::make_known(StateArchive& archive) {
    for (Proxy& proxy : proxies_)
        archive.know(proxy);
}

void PeripheralInterconnect::act(Cycles now) {
    std::array<u32, kMaxTargets> asking{};  // [target]: set of cores
    for (unsigned core = 0; core < accesses_.size(); ++core) {
        const Access& access = accesses_[core];
        if (access.due > now)
            continue;
        if (access.state == Access::State::answered)
            deliver(core, now);
        else if (access.state == Access::State::queued && access.target == kNoTarget)
            answered(core, now, 0, refuse_hole(access));
        else if (access.state != Access::State::none)
            asking[access.target] |= 1U << core;
    }
    for (unsigned target = 0; target < targets_.size(); ++target)
        if (asking[target] != 0)
            cross(target, asking[target], now);
}

/// One access per target and cycle. A block that does not take it yet sees the choice made again in
/// each cycle, with those who have come since; the pointer moves only when it takes one.
void PeripheralInterconnect::cross(unsigned index, u32 cores, Cycles now) {
    Target& target = targets_[index];
    target.asking = cores;
    const unsigned winner = target.arbiter.choose(cores);
    if (target.held == winner)
        return;
    if (target.held != kNobody) {
        target.block->cancel(proxies_[target.held], now);
        accesses_[target.held].state = Access::State::queued;
    }
    target.held = winner;
    accesses_[winner].state = Access::State::at_target;
    send(winner, now);
}

/// The target has taken the access; the others ask again in the next cycle.
void PeripheralInterconnect::crossed(unsigned core, Cycles now) {
    Target& target = targets_[accesses_[core].target];
    const unsigned winner = target.arbiter.grant(target.asking);
    FLEXV_ASSERT(winner == core, "the access that is taken is the one in front");
    if (target.asking != 1U << core)
        clock_.timeline.schedule(*this, now + 1);
    target.held = kNobody;
    count(accesses_[core]);
}

void PeripheralInterconnect::send(unsigned core, Cycles now) {
    Access& access = accesses_[core];
    Target& target = targets_[access.target];
    if (access.target == kBridge || target.socket != nullptr)
        send_outside(core, now);
    else if (target.block == nullptr)
        send_tied_off(core, target, now);
    else
        target.block->request(proxies_[core], access.request, now);
}

void PeripheralInterconnect::send_tied_off(unsigned core, Target& target, Cycles now) {
    const Log::Scope about(accesses_[core].request.cause, &clock_, now);
    if (!std::exchange(target.has_warned, true))
        log_.warn("{}: this cluster has no {}; it reads 0 and ignores writes",
                  describe(accesses_[core]), target.name);
    answered(core, now, 0, {});
}

/// The access leaves the cluster, or goes to a target behind a socket: one blocking transport whose
/// delay is the cycle of the access, seen from the present SystemC time.
void PeripheralInterconnect::send_outside(unsigned core, Cycles now) {
    Access& access = accesses_[core];
    const Target& target = targets_[access.target];
    crossed(core, now);
    if (access.target == kBridge)
        (access.request.is_write ? external_stores_ : external_loads_) += 1;
    auto& socket = target.socket == nullptr ? external_out : *target.socket;
    access.ticket = ++tickets_;
    const auto added =
        bus_.send(*socket.operator->(), access.request, access.request.address - target.base,
                  access.data, now, *this, access.ticket);
    if (!added) {
        access.state = Access::State::outside;
        access.due = kNever;
        return;
    }
    if (!bus_.payload().is_response_ok())
        access.refusal = refuse_outside(access, bus_.refusal());
    finish(core, now + way_back(access) + *added);
}

/// The same moment as that of a target that annotates its delay.
void PeripheralInterconnect::replied(u64 ticket, const LateReply& reply) {
    const auto open = std::ranges::find_if(accesses_, [ticket](const Access& access) {
        return access.state == Access::State::outside && access.ticket == ticket;
    });
    if (open == accesses_.end())
        return;  // was cancelled or reset
    if (reply.status != tlm::TLM_OK_RESPONSE)
        open->refusal = refuse_outside(*open, BusInitiator::refusal_of(reply));
    else if (!open->request.is_write)
        std::memcpy(&open->data, reply.data.data(), open->request.bytes);
    const Cycles answered = std::max(clock_.cycle_at(reply.time), clock_.timeline.now());
    finish(unsigned(open - accesses_.begin()), answered + way_back(*open));
}

/// The target has carried out the access in cycle `now`, or refused it.
void PeripheralInterconnect::answered(unsigned core, Cycles now, u32 data,
                                      const std::string& refusal) {
    Access& access = accesses_[core];
    const DataTarget* block = nullptr;
    if (access.target != kNoTarget) {
        crossed(core, now);
        block = targets_[access.target].block;
    }
    access.data = data;
    access.refusal = refusal;
    finish(core, now + (block == nullptr ? 1 : block->latency_cycles()));
}

/// The answer is there in `cycle`; it reaches the core behind the response register.
void PeripheralInterconnect::finish(unsigned core, Cycles cycle) {
    Access& access = accesses_[core];
    access.state = Access::State::answered;
    access.due = cycle + config_.response_cycles;
    clock_.timeline.schedule(*this, access.due);
}

void PeripheralInterconnect::deliver(unsigned core, Cycles now) {
    const Access access = std::exchange(accesses_[core], Access{});
    stall_cycles_ += now - access.requested;
    if (access.refusal.empty())
        access.initiator->granted(now, access.data);
    else
        access.initiator->refused(now, access.refusal);
}

void PeripheralInterconnect::count(const Access& access) {
    ++accesses_count_;
    bytes_ += access.request.bytes;
}

std::string PeripheralInterconnect::describe(const Access& access) const {
    return fmt::format("{} of {} bytes at {:#010x}", access.request.is_write ? "store" : "load",
                       access.request.bytes, access.request.address);
}

/// Names the peripheral whose slots lie nearest.
std::string PeripheralInterconnect::refuse_hole(const Access& access) const {
    const Address first = config_.cluster_base + kPeripheralOffset;
    const i64 wanted = (i64{access.request.address} - first) / kSlotBytes;
    unsigned nearest = kNoTarget;
    for (unsigned slot = 0; slot < kSlots; ++slot)
        if (target_of_slot_[slot] != kNoTarget &&
            (nearest == kNoTarget || std::abs(slot - wanted) < std::abs(nearest - wanted)))
            nearest = slot;
    if (nearest == kNoTarget)
        return name() + std::string(": no peripheral is there");
    const Address base = first + nearest * kSlotBytes;
    return fmt::format("{}: no peripheral is there; nearest: {} {:#010x}..{:#010x}", name(),
                       targets_[target_of_slot_[nearest]].name, base, base + kSlotBytes - 1);
}

std::string PeripheralInterconnect::refuse_outside(const Access& access,
                                                   const std::string& why) const {
    if (access.target != kBridge)
        return fmt::format("{}: {} is refused ({})", name(), describe(access), why);
    const std::string neighbours =
        surroundings_out.is_bound() ? "; " + surroundings_out(access.request.address) : "";
    return fmt::format("{}: nothing outside the cluster takes it ({}){}", name(), why, neighbours);
}

std::string PeripheralInterconnect::waits_for(const DataInitiator& initiator) const {
    const unsigned core = initiator.port();
    const Access& access = accesses_[core];
    if (access.state == Access::State::none)
        return fmt::format("{}: nothing, core {} has no access under way", name(), core);
    const std::string what = fmt::format("{}: {}", name(), describe(access));
    const Target* const target = access.target == kNoTarget ? nullptr : &targets_[access.target];
    if (access.state == Access::State::queued && target != nullptr && target->held != kNobody)
        return fmt::format("{}, its turn behind core {} at {}", what, target->held, target->name);
    if (access.state == Access::State::outside)
        return fmt::format("{}, which its target has not answered yet", what);
    const bool is_held = target != nullptr && target->block != nullptr;
    if (access.state != Access::State::at_target || !is_held)
        return fmt::format("{}, which is granted within a few cycles", what);
    return fmt::format("{}, which {} holds back: {}", what, target->name,
                       target->block->waits_for(proxies_[core]));
}

}  // namespace flexv::peripheral_interconnect
