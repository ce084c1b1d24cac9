// SPDX-License-Identifier: Apache-2.0
#include "udma/uart.hpp"

#include "base/console.hpp"
#include "base/error.hpp"
#include "base/state_archive.hpp"

#include <utility>

namespace flexv::udma {

Uart::Uart(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config)
    : RegisterBlock(name, clock, {.size_bytes = 0x80, .unmapped = Unmapped::read_zero_and_warn}),
      config_(config) {
    clock_.timeline.add(*this, Phase::settle);  // memory serves the fabric controller first
}

RegisterSpec Uart::channel_word(u32 offset, std::string name, std::string doc,
                                unsigned width) const {
    return {.offset = offset,
            .name = std::move(name),
            .doc = std::move(doc),
            .fields = {{.name = "VALUE", .lsb = 0, .width = width}}};
}

RegisterSpec Uart::channel_config(u32 offset, Direction direction) {
    return {.offset = offset,
            .name = direction == receive ? "RX_CFG" : "TX_CFG",
            .doc = "Starts a transfer and tells how it stands.",
            .fields = {continuous, data_size, enable, clear},
            .on_read = [this, direction] { return read_config(direction); },
            .on_write = [this, direction](u32, u32 now) { write_config(direction, now); }};
}

void Uart::reset() {
    RegisterBlock::reset();
    sides_ = {};
    received_ = 0;
    arrived_.clear();
}

void Uart::serialize(StateArchive& archive) {
    RegisterBlock::serialize(archive);
    std::string delivered = config_.input.substr(0, received_);
    archive(sides_, delivered);
    if (!config_.input.starts_with(delivered))
        throw UserError(
            "{}: its input does not begin with the {} characters that had arrived already", name(),
            delivered.size());
    received_ = delivered.size();
}

Cycles Uart::cycles_per_frame() const {
    const u32 frame_bits = 1 + 5 + setup_[bits] + setup_[parity] + 1 + setup_[stop];
    return Cycles{setup_[clock_divider] + 1} * frame_bits;
}

u32 Uart::status() const {
    return (sides_[transmit].is_running ? 1U : 0U) | (sides_[receive].is_running ? 2U : 0U);
}

u32 Uart::read_config(Direction direction) const {
    const Side& side = sides_[direction];
    const Register& config = direction == receive ? receive_config_ : transmit_config_;
    const u32 plain = config.value() & ~(enable.mask() | clear.mask());
    return plain | (side.channel.current() ? enable.mask() : 0) |
           (side.channel.has_next() ? clear.mask() : 0);
}

void Uart::write_config(Direction direction, u32 value) {
    Side& side = sides_[direction];
    if ((value & clear.mask()) != 0)
        side = Side{.has_warned = side.has_warned};
    if ((value & enable.mask()) == 0)
        return;
    const bool receives = direction == receive;
    const Transfer transfer{.address = (receives ? receive_address_ : transmit_address_).value(),
                            .bytes = (receives ? receive_size_ : transmit_size_).value(),
                            .repeats = (value & continuous.mask()) != 0};
    side.channel.add(transfer);
    side.cause = Log::cause();
    begin(direction, bank_.now());
}

/// The next piece of the transfer: all of it, or what has come over the line so far.
void Uart::begin(Direction direction, Cycles now) {
    Side& side = sides_[direction];
    if (side.is_running || !side.channel.current() || !is_enabled(direction))
        return;
    const Transfer& transfer = *side.channel.current();
    const u32 left = transfer.bytes - side.moved;
    side.piece = direction == receive ? receivable(left) : left;
    if (side.piece == 0 && left != 0)
        return;
    side.is_running = true;
    if (direction == transmit)
        return fetch(transfer, now);
    run_line(direction, now);
}

/// The line moves the piece from cycle `now` on.
void Uart::run_line(Direction direction, Cycles now) {
    Side& side = sides_[direction];
    side.done = now + std::max<Cycles>(1, side.piece * cycles_per_frame());
    clock_.timeline.schedule(*this, side.done);
}

/// What keeps a transfer from its first frame is told once.
bool Uart::is_enabled(Direction direction) {
    Side& side = sides_[direction];
    const bool receives = direction == receive;
    if (setup_[receives ? receive_enable : transmit_enable] != 0)
        return true;
    const Log::Scope about(side.cause, &clock_, clock_.timeline.now());
    if (!std::exchange(side.has_warned, true))
        log_.warn("{} transfer waits for {} in SETUP; said once", receives ? "receive" : "transmit",
                  receives ? receive_enable.name : transmit_enable.name);
    return false;
}

/// How many of `wanted` characters are there. A file has all of them, or never will.
u32 Uart::receivable(u32 wanted) {
    if (line_ != nullptr) {
        if (arrived_.size() < wanted)
            arrived_ += line_->receive(wanted - arrived_.size());
        return u32(std::min<std::size_t>(wanted, arrived_.size()));
    }
    const std::size_t left = config_.input.size() - received_;
    if (left >= wanted)
        return wanted;
    Side& side = sides_[receive];
    const Log::Scope about(side.cause, &clock_, clock_.timeline.now());
    if (!std::exchange(side.has_warned, true))
        log_.warn(
            "receive transfer of {} bytes waits for ever: {} are left in the input; "
            "soc.uart.input names the file; said once",
            wanted, left);
    return 0;
}

bool Uart::waits_for_line() const {
    const Side& side = sides_[receive];
    return line_ != nullptr && side.channel.current() && !side.is_running &&
           setup_[receive_enable] != 0;
}

void Uart::act(Cycles now) {
    for (const Direction direction : {receive, transmit})
        if (is_due(sides_[direction], now))
            finish(direction, now);
}

bool Uart::is_due(const Side& side, Cycles now) {
    return side.is_running && side.ticket == 0 && side.done <= now;
}

void Uart::finish(Direction direction, Cycles now) {
    Side& side = sides_[direction];
    if (direction == receive && !side.is_delivered)
        deliver(now);
    if (side.ticket != 0)
        return;
    side.is_running = side.is_delivered = false;
    side.moved += side.piece;
    if (side.moved == side.channel.current()->bytes) {
        side.moved = 0;
        side.channel.finish();
        event_out(direction == receive ? config_.receive_event : config_.transmit_event, now);
    }
    begin(direction, now);
}

void Uart::fetch(const Transfer& transfer, Cycles now) {
    std::string text(transfer.bytes, '\0');
    if (!move(transmit, transfer.address, text, now))
        return;
    send(text);
    run_line(transmit, now);
}

void Uart::send(std::string_view text) {
    sent_ += text.size();
    if (line_ != nullptr)
        line_->send(text);
    else
        (config_.sink ? config_.sink : console::put)(text);
}

void Uart::deliver(Cycles now) {
    const Side& side = sides_[receive];
    std::string text = take_input(side.piece);
    delivered_ += text.size();
    move(receive, side.channel.current()->address + side.moved, text, now);
}

std::string Uart::take_input(u32 bytes) {
    if (line_ == nullptr)
        return config_.input.substr(std::exchange(received_, received_ + bytes), bytes);
    std::string text = arrived_.substr(0, bytes);
    arrived_.erase(0, bytes);
    return text;
}

/// False where memory outside answers later, by replied().
bool Uart::move(Direction direction, Address address, std::string& bytes, Cycles now) {
    if (bytes.empty())
        return true;
    Side& side = sides_[direction];
    auto* const data = static_cast<unsigned char*>(static_cast<void*>(bytes.data()));
    const auto command = direction == receive ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND;
    if (!bus_.send(*memory_out.operator->(), command, address, data, unsigned(bytes.size()), now,
                   side.cause, *this, ++tickets_)) {
        side.ticket = tickets_;
        return false;
    }
    if (!bus_.payload().is_response_ok())
        refuse(bytes.size(), address, bus_.refusal());
    return true;
}

void Uart::replied(u64 ticket, const LateReply& reply) {
    for (const Direction direction : {receive, transmit})
        if (sides_[direction].ticket == ticket)
            answered(direction, reply);
}

/// The other side goes on meanwhile.
void Uart::answered(Direction direction, const LateReply& reply) {
    Side& side = sides_[direction];
    side.ticket = 0;
    if (reply.status != tlm::TLM_OK_RESPONSE)
        refuse(side.piece, side.channel.current()->address + side.moved,
               BusInitiator::refusal_of(reply));
    const Cycles cycle = std::max(clock_.cycle_at(reply.time), clock_.timeline.now());
    if (direction == transmit) {
        send({static_cast<const char*>(static_cast<const void*>(reply.data.data())),
              reply.data.size()});
        return run_line(transmit, cycle);
    }
    side.is_delivered = true;
    side.done = cycle;
    clock_.timeline.schedule(*this, cycle);
}

void Uart::refuse(std::size_t bytes, Address address, const std::string& why) const {
    throw FirmwareFault(
        "{}: transfer of {} bytes at {:#010x}: nothing takes it ({}); give an "
        "address in L2",
        name(), bytes, address, why);
}

}  // namespace flexv::udma
