// SPDX-License-Identifier: Apache-2.0
#include "dma/dma.hpp"

#include "base/error.hpp"
#include "dma/external_side.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace flexv::dma {

namespace {
constexpr u32 kSlotBytes = 0x400;  // of a peripheral slot, source: spec/cluster.md 2.1
constexpr u32 kRegisterBytes = 0x10;
constexpr unsigned kRegisterLatency = 1;
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

/// The registers for a TLM master. It cannot be held up, so what would wait is carried out as soon
/// as the port accepts it, or refused.
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
        dma_.catch_up(dma_.clock_.timeline.now());
        Answer answer = dma_.access_register(port_, word, now());
        if (answer.kind == Answer::Kind::waits && answer.retry_at != kNever)
            answer = dma_.access_register(port_, word, answer.retry_at);
        if (answer.kind == Answer::Kind::granted)
            return {.data = answer.data};
        const bool waits = answer.kind == Answer::Kind::waits;
        return {.refusal = (waits ? "would wait for " : "") + answer.text};
    }

private:
    [[nodiscard]] u32 peek(const BusAccess& access) const {
        const u32 offset = access.offset % 16;
        const bool is_status = offset / 4 == u32(RegisterOffset::status) / 4;
        return is_status ? dma_.unit_.ids().latest_status() >> (8 * (offset % 4)) : 0;
    }

    Mchan& dma_;
    const unsigned port_;
};

/// One 32-bit port of the DMA at the TCDM's crossbar.
class Mchan::TcdmPort final : public DataInitiator {
public:
    TcdmPort(Side& side, unsigned lane, unsigned port) : side_(side), lane_(lane), port_(port) {}

    void granted(Cycles now, u32 /*data*/) override;
    void refused(Cycles /*now*/, const std::string& /*what*/) override {
        FLEXV_ASSERT(false, "every address of the TCDM exists");
    }
    [[nodiscard]] unsigned port() const override { return port_; }

private:
    Side& side_;
    const unsigned lane_;
    const unsigned port_;
};

/// What one engine sees of the rest.
class Mchan::Side final : public Surroundings {
public:
    Side(Mchan& dma, bool is_receive, const std::array<unsigned, 2>& ports)
        : dma_(dma),
          is_receive_(is_receive),
          ports_{TcdmPort(*this, 0, ports[0]), TcdmPort(*this, 1, ports[1])} {}

    [[nodiscard]] LanePair& lanes() {
        return is_receive_ ? dma_.receiver_.lanes() : dma_.sender_.lanes();
    }
    void cancel_requests() {
        for (unsigned lane = 0; lane < LanePair::kLanes; ++lane)
            if (lanes().is_asking(lane))
                dma_.tcdm_out->cancel(ports_[lane]);
    }

    void request_word(unsigned lane, u32 offset, Cycles cycle) override {
        dma_.tcdm_out->request(ports_[lane], offset & dma_.memory_mask_, is_receive_, cycle);
    }

    void move_word(u8* data, u32 offset, u32 bytes) override {
        const u32 place = offset & dma_.memory_mask_;
        if (!is_receive_) {
            std::memcpy(data, dma_.memory_ + place, bytes);
            return;
        }
        std::memcpy(dma_.memory_ + place, data, bytes);
        if (dma_.code_words_->meets_access(place, bytes))
            dma_.tcdm_out->code_written(place, bytes);
    }

    Cycles access_external(OpenBurst& burst, Cycles now) override {
        ++dma_.bursts_;
        (is_receive_ ? dma_.bytes_in_ : dma_.bytes_out_) += burst.burst.bytes;
        const Cause& cause = dma_.causes_[burst.id];
        const ExternalAnswer answer =
            dma::access_external(dma_.bus_, *dma_.external_out.operator->(), burst, now, cause);
        if (!answer.fault.empty()) {
            dma_.log_.debug("{}", answer.fault);
            if (dma_.on_fault)
                dma_.on_fault(cause, answer.fault);
        }
        return answer.latency_cycles;
    }

    void wake(Cycles cycle) override { dma_.wake(cycle); }

    void command_left(bool is_two_dimensional) override {
        --dma_.queued_;
        if (is_two_dimensional)
            --dma_.queued_two_dimensional_;
        dma_.wake_for_next_command(dma_.clock_.timeline.now());
    }

    void command_done(unsigned id, Cycles cycle) override {
        dma_.endings_.emplace(cycle, id);
        dma_.wake(cycle);
    }

    void stalled(Cycles cycles) override { dma_.stalls_ += cycles; }

private:
    Mchan& dma_;
    const bool is_receive_;
    std::array<TcdmPort, LanePair::kLanes> ports_;
};

void Mchan::TcdmPort::granted(Cycles now, u32 /*data*/) { side_.lanes().granted(lane_, now); }

Mchan::Mchan(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : Module(name),
      config_(config),
      clock_(clock),
      unit_({.port_count = config.core_count + 2,
             .id_count = config.id_count,
             .port_queue_depth = config.port_queue_depth}),
      cluster_registers_(std::make_unique<Registers>(*this, "registers", cluster_port(), bus_in)),
      fabric_registers_(
          std::make_unique<Registers>(*this, "fabric_registers", fabric_port(), fabric_bus_in)),
      receive_side_(std::make_unique<Side>(*this, true, config.tcdm_write_ports)),
      send_side_(std::make_unique<Side>(*this, false, config.tcdm_read_ports)),
      receiver_(*receive_side_),
      sender_(*send_side_),
      waiting_(config.core_count + 2) {
    if (config.id_count == 0 || config.id_count > TransferIds::kMaxIds)
        throw UserError("{}: id_count = {}: must be 1 to 16", this->name(), config.id_count);
    if (config.queue_depth == 0 || config.two_dimensional_depth == 0 ||
        config.port_queue_depth == 0)
        throw UserError("{}: every queue depth must be at least 1", this->name());
    clock.timeline.add(*this);
    command_ports_.push_back(std::make_unique<CommandPort>(*this, std::nullopt));
    command_ports_.push_back(std::make_unique<CommandPort>(*this, cluster_port()));
    command_ports_.push_back(std::make_unique<CommandPort>(*this, fabric_port()));
    core_in.bind(*command_ports_[0]);
    cluster_in.bind(*command_ports_[1]);
    fabric_in.bind(*command_ports_[2]);
}

Mchan::~Mchan() = default;

void Mchan::end_of_elaboration() {
    memory_ = tcdm_out->storage();
    FLEXV_ASSERT(std::has_single_bit(tcdm_out->size_bytes()), "the TCDM's size is a power of two");
    memory_mask_ = tcdm_out->size_bytes() - 1;
    code_words_ = &tcdm_out->code_words();
}

void Mchan::reset() {
    receive_side_->cancel_requests();
    send_side_->cancel_requests();
    receiver_.reset();
    sender_.reset();
    unit_.reset();
    std::ranges::for_each(waiting_, [](auto& queue) { queue.clear(); });
    endings_ = {};
    queued_ = queued_two_dimensional_ = 0;
    caught_up_at_ = kNever;
    was_active_ = false;
}

void Mchan::act(Cycles now) {
    catch_up(now);
    feed_engines(now);
    receiver_.step(now);
    sender_.step(now);
}

/// Done before anything else in a cycle, whoever comes first: what ends in this cycle is visible in
/// it, and who waits longest is served first.
void Mchan::catch_up(Cycles now) {
    if (caught_up_at_ == now)
        return;
    caught_up_at_ = now;
    end_commands(now);
    for (unsigned port = 0; port < waiting_.size(); ++port)
        if (!waiting_[port].empty())
            serve_waiting(port, now);
}

void Mchan::end_commands(Cycles now) {
    while (!endings_.empty() && endings_.top().first <= now) {
        const auto [cycle, id] = endings_.top();
        endings_.pop();
        if (const std::optional<Notice> notice = unit_.ids().finish_command(id))
            tell(*notice, cycle);
        if (was_active_ && !unit_.ids().is_active()) {
            was_active_ = false;
            active_ += cycle - active_since_;
        }
    }
}

void Mchan::tell(const Notice& notice, Cycles cycle) {
    if (!on_event)
        return;
    const unsigned first = notice.is_broadcast ? 0 : notice.port;
    const unsigned last = notice.is_broadcast ? fabric_port() : notice.port;
    for (unsigned port = first; port <= last; ++port) {
        if (notice.raises_event)
            on_event(port, kEventLine, cycle);
        if (notice.raises_interrupt)
            on_event(port, kInterruptLine, cycle);
    }
}

void Mchan::request(unsigned port, DataInitiator& initiator, const Access& access, Cycles now) {
    catch_up(now);
    Waiting waiting{.initiator = &initiator, .access = access};
    if (!waiting_[port].empty() || !serve(port, waiting, now))
        waiting_[port].push_back(std::move(waiting));
}

bool Mchan::serve(unsigned port, Waiting& waiting, Cycles now) {
    const Answer answer = access_register(port, waiting.access, now);
    switch (answer.kind) {
        case Answer::Kind::granted:
            waiting.initiator->granted(now, answer.data);
            return true;
        case Answer::Kind::refused:
            waiting.initiator->refused(now, answer.text);
            return true;
        case Answer::Kind::waits:
            break;
    }
    waiting.for_what = answer.text;
    if (answer.retry_at != kNever)
        wake(answer.retry_at);
    return false;
}

/// A port carries one access a cycle.
void Mchan::serve_waiting(unsigned port, Cycles now) {
    Waiting first = std::move(waiting_[port].front());
    waiting_[port].pop_front();
    if (!serve(port, first, now))
        waiting_[port].push_front(std::move(first));
    else if (!waiting_[port].empty())
        wake(now + 1);
}

Answer Mchan::access_register(unsigned port, const Access& access, Cycles now) {
    const Log::Scope about(access.cause, &clock_, now);
    Answer answer = unit_.access(port, access, now);
    if (access.address % kSlotBytes >= kRegisterBytes)
        answer_beyond_registers(access, answer);
    if (answer.kind != Answer::Kind::granted || !access.is_write)
        return answer;
    if (!was_active_ && unit_.ids().is_active()) {
        was_active_ = true;
        active_since_ = now;
    }
    wake_for_next_command(now);
    wake(now + 1);  // a freed identifier may be waited for
    return answer;
}

/// The registers repeat through the slot, which no program for the DMA uses; but some clusters have
/// an accelerator at this place, RedMulE for one (0x10201c00).
void Mchan::answer_beyond_registers(const Access& access, Answer& answer) const {
    const std::string what = fmt::format(
        "{}: {} at offset {:#x} of the DMA's slot, whose registers end at {:#x}: is the program "
        "for an accelerator? This cluster has none",
        name(), access.is_write ? "store" : "load", access.address % kSlotBytes, kRegisterBytes);
    if (answer.kind == Answer::Kind::refused)
        answer.text = what;
    else if (on_misuse)
        on_misuse(access.cause, what);
}

void Mchan::wake_for_next_command(Cycles now) {
    const Cycles next = unit_.next_command_at();
    if (next != kNever)
        wake(std::max(next, now + 1));
}

void Mchan::cancel(unsigned port, const DataInitiator& initiator) {
    std::erase_if(waiting_[port],
                  [&](const Waiting& waiting) { return waiting.initiator == &initiator; });
}

std::string Mchan::waits_for(unsigned port, const DataInitiator& initiator) const {
    const auto& queue = waiting_[port];
    const auto mine = std::ranges::find(queue, &initiator, &Waiting::initiator);
    if (mine == queue.end())
        return fmt::format("{}: nothing", name());
    if (mine != queue.begin())
        return fmt::format("{}: its turn behind another access to the port", name());
    return fmt::format("{}: {}", name(), mine->for_what);
}

/// One command a cycle goes from the ports to the engines.
void Mchan::feed_engines(Cycles now) {
    const auto has_room = [this](const Command& command) {
        return queued_ < config_.queue_depth &&
               (!command.is_two_dimensional() ||
                queued_two_dimensional_ < config_.two_dimensional_depth);
    };
    const std::optional<IssuedCommand> issued = unit_.take_command(now, has_room);
    if (!issued)
        return;
    causes_[issued->id] = issued->cause;
    check_tcdm_side(*issued);
    ++commands_;
    ++queued_;
    const bool has_lines = issued->command.is_two_dimensional();
    queued_two_dimensional_ += has_lines ? 1 : 0;
    const QueuedCommand queued{.splitter = Splitter(issued->command),
                               .id = issued->id,
                               .is_two_dimensional = has_lines,
                               .start = now + kStartCycles};
    if (issued->command.is_receive)
        receiver_.add(queued, now);
    else
        sender_.add(queued, now);
    wake_for_next_command(now);
    wake(now + 1);  // a port may wait for room in its queue
}

/// Only the address bits inside the TCDM count, so what lies outside lands somewhere inside.
void Mchan::check_tcdm_side(const IssuedCommand& issued) const {
    if (!on_misuse)
        return;
    const Command& command = issued.command;
    const u64 size = u64{memory_mask_} + 1;
    const Address own = command.tcdm - config_.cluster_base;
    const Address offset = own < size ? own : command.tcdm;  // else the alias
    if (offset < size && command.tcdm_reach_bytes() <= size - offset)
        return;
    const std::string bounds = fmt::format("the TCDM, {:#010x}..{:#010x}", config_.cluster_base,
                                           config_.cluster_base + memory_mask_);
    on_misuse(
        issued.cause,
        offset < size
            ? fmt::format("{}: transfer {} of {} bytes at TCDM address {:#010x} goes on behind "
                          "the end of {}, and wraps to its start",
                          name(), issued.id, command.length_bytes, command.tcdm, bounds)
            : fmt::format("{}: TCDM address {:#010x} of transfer {} is outside of {}; only its "
                          "low bits count: {:#010x}",
                          name(), command.tcdm, issued.id, bounds,
                          config_.cluster_base + (command.tcdm & memory_mask_)));
}

}  // namespace flexv::dma
