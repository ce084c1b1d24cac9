// SPDX-License-Identifier: Apache-2.0
#include "dma/dma.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace flexv::dma {

namespace {
constexpr u32 kSlotBytes = 0x400;  // of a peripheral slot, source: docs/spec/cluster.md 2.1
constexpr u32 kRegisterBytes = 0x10;
constexpr Cycles kRegisterLatency = 1;

const Mchan::Config& checked(const char* name, const Mchan::Config& config) {
    if (config.id_count == 0 || config.id_count > TransferIds::kMaxIds)
        throw UserError("{}: id_count = {}: must be 1 to 16", name, config.id_count);
    if (config.queue_depth == 0 || config.two_dimensional_depth == 0 ||
        config.port_queue_depth == 0)
        throw UserError("{}: every queue depth must be at least 1", name);
    if (config.outstanding_bursts == 0 || config.outstanding_bursts > DataPath::kMaxOutstanding)
        throw UserError("{}: outstanding_bursts = {}: must be 1 to {}", name,
                        config.outstanding_bursts, DataPath::kMaxOutstanding);
    if (config.bus_bytes != 4 && config.bus_bytes != 8 && config.bus_bytes != 16)
        throw UserError("{}: bus_bytes = {}: must be 4, 8 or 16", name, config.bus_bytes);
    if (config.target_bytes == 0)
        throw UserError("{}: target_bytes = 0: must be at least 1", name);
    return config;
}

}  // namespace

/// One of the three ways to the registers. The private ports of the cores share one, as they differ
/// by who asks.
class Mchan::CommandPort final : public DataTarget {
public:
    CommandPort(Mchan& dma, std::optional<unsigned> port) : dma_(dma), port_(port) {}

    void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override {
        dma_.request(port_of(initiator), initiator,
                     {.address = request.address,
                      .data = request.data,
                      .bytes = request.bytes,
                      .is_write = request.is_write,
                      .cause = request.cause},
                     now);
    }
    void cancel(DataInitiator& initiator, Cycles /*now*/) override {
        dma_.cancel(port_of(initiator), initiator);
    }
    [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override {
        return dma_.waits_for(port_of(initiator), initiator);
    }

private:
    [[nodiscard]] unsigned port_of(const DataInitiator& initiator) const {
        const unsigned port = port_.value_or(initiator.port());
        FLEXV_ASSERT(port_ || port < dma_.config_.core_count, "each core has a DMA port");
        return port;
    }

    Mchan& dma_;
    const std::optional<unsigned> port_;  // none: that of the initiating core
};

/// The registers for a TLM master. It cannot be held up, so what would wait is carried out at once,
/// or refused.
class Mchan::Registers final : public BusTarget {
public:
    Registers(Mchan& dma, const char* name, unsigned port, BusTarget::Socket& bus_in)
        : BusTarget(dma, name, kSlotBytes, kRegisterLatency, &dma.clock_), dma_(dma), port_(port) {
        serve(bus_in);
    }

protected:
    BusAnswer perform(const BusAccess& access) override {
        if (access.is_debug)
            return {.data = peek(access)};
        const Access word{.address = access.offset,
                          .data = access.data,
                          .bytes = access.bytes,
                          .is_write = access.is_write,
                          .cause = Log::cause()};
        CommandUnit& unit = dma_.engine_.unit();
        if (const std::optional<std::string> refusal = unit.refusal(port_, word))
            return {.refusal =
                        dma_.is_beyond_registers(word) ? dma_.beyond_registers(word) : *refusal};
        dma_.tell_beyond_registers(word);
        const std::optional<u32> data = unit.access_at_once(port_, word, now());
        if (!data)
            return {.refusal = "would wait for " + unit.waits_for(port_)};
        dma_.note_commands();
        const Cycles next = std::max(now(), dma_.clock_.timeline.now()) + 1;
        dma_.count_activity(next - 1);
        dma_.wake(next);
        return {.data = *data};
    }

private:
    [[nodiscard]] u32 peek(const BusAccess& access) const {
        const u32 offset = access.offset % 16;
        const bool is_status = offset / 4 == u32(RegisterOffset::status) / 4;
        return is_status ? dma_.engine_.ids().status_at_once() >> (8 * (offset % 4)) : 0;
    }

    Mchan& dma_;
    const unsigned port_;
};

/// One 32-bit port of the DMA at the TCDM's crossbar.
class Mchan::TcdmPort final : public DataInitiator {
public:
    TcdmPort(Mchan& dma, bool is_receive, unsigned lane, unsigned port)
        : dma_(dma), is_receive_(is_receive), lane_(lane), port_(port) {}

    void granted(Cycles now, u32 /*data*/) override { dma_.bank_granted(is_receive_, lane_, now); }
    void refused(Cycles /*now*/, const std::string& /*what*/) override {
        FLEXV_ASSERT(false, "every address of the TCDM exists");
    }
    [[nodiscard]] unsigned port() const override { return port_; }

private:
    Mchan& dma_;
    const bool is_receive_;
    const unsigned lane_;
    const unsigned port_;
};

Mchan::Mchan(const sc_core::sc_module_name& module_name, ClockDomain& clock, const Config& config)
    : Module(module_name),
      config_(checked(name(), config)),
      clock_(clock),
      engine_(*this,
              {.port_count = config.core_count + 2,
               .port_queue_depth = config.port_queue_depth,
               .queue_depth = config.queue_depth,
               .two_dimensional_depth = config.two_dimensional_depth},
              config.id_count, config.path()),
      cluster_registers_(std::make_unique<Registers>(*this, "registers", cluster_port(), bus_in)),
      fabric_registers_(
          std::make_unique<Registers>(*this, "fabric_registers", fabric_port(), fabric_bus_in)),
      waiting_(config.core_count + 2) {
    for (unsigned port = 0; port < config.tcdm_ports(); ++port)
        tcdm_ports_.push_back(std::make_unique<TcdmPort>(*this, port >= config.path().lanes(),
                                                         port % config.path().lanes(),
                                                         config.first_tcdm_port + port));
    command_ports_.push_back(std::make_unique<CommandPort>(*this, std::nullopt));
    command_ports_.push_back(std::make_unique<CommandPort>(*this, cluster_port()));
    command_ports_.push_back(std::make_unique<CommandPort>(*this, fabric_port()));
    core_in.bind(*command_ports_[0]);
    cluster_in.bind(*command_ports_[1]);
    fabric_in.bind(*command_ports_[2]);
    // A cycle is carried out when all accesses to the ports and all grants of banks are known.
    clock_.timeline.add(*this, Phase::settle);
}

Mchan::~Mchan() = default;

void Mchan::end_of_elaboration() {
    tcdm_ = tcdm_out.operator->();
    FLEXV_ASSERT(std::has_single_bit(tcdm_out->size_bytes()), "the TCDM's size is a power of two");
    memory_mask_ = tcdm_out->size_bytes() - 1;
}

void Mchan::reset() {
    for (const bool is_receive : {false, true})
        for (unsigned lane = 0; lane < config_.path().lanes(); ++lane)
            if (engine_.is_asking(is_receive, lane))
                tcdm_out->cancel(tcdm_port(is_receive, lane));
    engine_.reset();
    external_side_.reset();
    std::ranges::for_each(waiting_, [](auto& queue) { queue.clear(); });
    if (std::exchange(was_active_, false))
        active_ += clock_.timeline.now() - std::min(active_since_, clock_.timeline.now());
}

void Mchan::make_known(StateArchive& archive) {
    for (const auto& port : tcdm_ports_)
        archive.know(*port);
}

void Mchan::serialize(StateArchive& archive) {
    archive(external_side_, engine_, waiting_, causes_, active_since_, was_active_);
}

void Mchan::act(Cycles now) {
    const Cycles next = engine_.step(now);
    note_commands();
    count_activity(now);
    give_answers(now);
    if (next != kNever)
        wake(next);
}

/// From the last word of a command until nothing is on its way and the end has been told.
void Mchan::count_activity(Cycles now) {
    constexpr Cycles kTellCycles = 2;  // docs/spec/state_machines.md 4.4
    if (was_active_ == !is_idle())
        return;
    was_active_ = !was_active_;
    if (was_active_)
        active_since_ = now;
    else
        active_ += now + kTellCycles - active_since_;
}

void Mchan::give_answers(Cycles now) {
    for (u32 rest = engine_.unit().granted(); rest != 0; rest &= rest - 1) {
        const unsigned port = unsigned(std::countr_zero(rest));
        DataInitiator& initiator = *waiting_[port].front().initiator;
        const u32 data = engine_.unit().answer(port);
        waiting_[port].pop_front();
        if (!waiting_[port].empty())
            present(port, now + 1);
        initiator.granted(now, data);
    }
}

void Mchan::request(unsigned port, DataInitiator& initiator, const Access& access, Cycles now) {
    waiting_[port].push_back({.initiator = &initiator, .access = access});
    if (waiting_[port].size() == 1)
        present(port, now);
}

/// An access that can never be granted is refused; the next one is looked at instead.
void Mchan::present(unsigned port, Cycles now) {
    while (!waiting_[port].empty()) {
        const Waiting first = waiting_[port].front();
        const std::optional<std::string> refusal = engine_.unit().refusal(port, first.access);
        if (!refusal) {
            tell_beyond_registers(first.access);
            engine_.unit().present(port, first.access);
            wake(now);
            return;
        }
        waiting_[port].pop_front();
        first.initiator->refused(
            now, is_beyond_registers(first.access) ? beyond_registers(first.access) : *refusal);
    }
}

bool Mchan::is_beyond_registers(const Access& access) {
    return access.address % kSlotBytes >= kRegisterBytes;
}

/// The registers repeat through the slot, which no program for the DMA uses; but some clusters have
/// an accelerator at this place, RedMulE for one (0x10201c00).
std::string Mchan::beyond_registers(const Access& access) const {
    return fmt::format(
        "{}: {} at offset {:#x} of the DMA's slot, whose registers end at {:#x}: is the program "
        "for an accelerator? This cluster has none",
        name(), access.is_write ? "store" : "load", access.address % kSlotBytes, kRegisterBytes);
}

void Mchan::tell_beyond_registers(const Access& access) const {
    if (is_beyond_registers(access))
        misuse_out(access.cause, beyond_registers(access));
}

void Mchan::note_commands() {
    for (const AcceptedCommand& accepted : engine_.unit().take_accepted()) {
        ++commands_;
        causes_[accepted.id] = accepted.cause;
        check_tcdm_side(accepted);
        command_probe(accepted, clock_.timeline.now());
    }
}

/// Only the address bits inside the TCDM count, so what lies outside lands somewhere inside.
void Mchan::check_tcdm_side(const AcceptedCommand& accepted) const {
    if (!misuse_out.is_bound())
        return;
    const Command& command = accepted.command;
    const u64 size = u64{memory_mask_} + 1;
    const Address own = command.tcdm - config_.cluster_base;
    const Address offset = own < size ? own : command.tcdm;  // else the alias
    if (offset < size && command.tcdm_reach_bytes() <= size - offset)
        return;
    const u64 reach = command.tcdm_reach_bytes();
    const std::string lines = reach == command.length_bytes
                                  ? std::string{}
                                  : fmt::format(", in lines over {} bytes,", reach);
    const std::string bounds = fmt::format("the TCDM, {:#010x}..{:#010x}", config_.cluster_base,
                                           config_.cluster_base + memory_mask_);
    misuse_out(
        accepted.cause,
        offset < size
            ? fmt::format("{}: transfer {} of {} bytes at TCDM address {:#010x}{} goes on behind "
                          "the end of {}, and wraps to its start",
                          name(), accepted.id, command.length_bytes, command.tcdm, lines, bounds)
            : fmt::format("{}: TCDM address {:#010x} of transfer {} is outside of {}; only its "
                          "low bits count: {:#010x}",
                          name(), command.tcdm, accepted.id, bounds,
                          config_.cluster_base + (command.tcdm & memory_mask_)));
}

void Mchan::cancel(unsigned port, const DataInitiator& initiator) {
    auto& queue = waiting_[port];
    const bool was_first = !queue.empty() && queue.front().initiator == &initiator;
    std::erase_if(queue, [&](const Waiting& waiting) { return waiting.initiator == &initiator; });
    if (!was_first)
        return;
    engine_.unit().withdraw(port);
    present(port, clock_.timeline.now());
}

std::string Mchan::waits_for(unsigned port, const DataInitiator& initiator) const {
    const auto& queue = waiting_[port];
    const auto mine = std::ranges::find(queue, &initiator, &Waiting::initiator);
    if (mine == queue.end())
        return fmt::format("{}: nothing", name());
    if (mine != queue.begin())
        return fmt::format("{}: its turn behind another access to the port", name());
    return fmt::format("{}: {}", name(), engine_.unit().waits_for(port));
}

void Mchan::bank_granted(bool is_receive, unsigned lane, Cycles now) {
    engine_.granted(is_receive, lane, now);
    wake(now);
}

Mchan::TcdmPort& Mchan::tcdm_port(bool is_receive, unsigned lane) {
    return *tcdm_ports_[(is_receive ? config_.path().lanes() : 0) + lane];
}

void Mchan::request_word(bool is_receive, unsigned lane, Address address, Cycles cycle) {
    tcdm_out->request(tcdm_port(is_receive, lane), address & memory_mask_, is_receive, cycle);
}

void Mchan::move_word(bool is_receive, u8* data, Address address, u32 bytes) {
    const u32 place = address & memory_mask_;
    if (!is_receive) {
        std::memcpy(data, tcdm_->storage() + place, bytes);
        return;
    }
    tcdm_->write(place, data, bytes);
}

Cycles Mchan::access_external(OpenBurst& burst, Cycles now) {
    ++bursts_;
    (burst.is_receive ? bytes_in_ : bytes_out_) += burst.burst.bytes;
    const auto answer = external_side_.access(*external_out.operator->(), burst,
                                              config_.target_bytes, now, causes_[burst.id]);
    if (!answer)
        return kNever;
    tell_fault(burst.id, *answer);
    return answer->latency_cycles;
}

/// A device outside has answered.
void Mchan::answered(OpenBurst& burst, const ExternalAnswer& answer, Cycles sent) {
    const Cycles cycle = std::max(sent + answer.latency_cycles, clock_.timeline.now());
    engine_.answered(burst, cycle);
    wake(cycle);
    tell_fault(burst.id, answer);
}

void Mchan::tell_fault(unsigned id, const ExternalAnswer& answer) {
    if (answer.fault.empty())
        return;
    const std::string around = surroundings_out(answer.fault_at);
    const std::string what = answer.fault + (around.empty() ? "" : "; " + around);
    log_.debug("{}", what);
    fault_out(causes_[id], what);
}

void Mchan::tell(const Notice& notice, Cycles now) {
    end_probe(notice, now);
    if (!event_out.is_bound())
        return;
    const unsigned first = notice.is_broadcast ? 0 : notice.port;
    const unsigned last = notice.is_broadcast ? fabric_port() : notice.port;
    for (unsigned port = first; port <= last; ++port) {
        if (notice.raises_event)
            event_out(port, kEventLine, now);
        if (notice.raises_interrupt)
            event_out(port, kInterruptLine, now);
    }
}

}  // namespace flexv::dma
