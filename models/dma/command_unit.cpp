// SPDX-License-Identifier: Apache-2.0
#include "dma/command_unit.hpp"

#include "base/error.hpp"
#include "dma/engine.hpp"

#include <algorithm>
#include <utility>

namespace flexv::dma {

namespace {

Answer waits(std::string text, Cycles retry_at = kNever) {
    return {.kind = Answer::Kind::waits, .text = std::move(text), .retry_at = retry_at};
}

Answer refused(std::string text) {
    return {.kind = Answer::Kind::refused, .text = std::move(text)};
}

}  // namespace

CommandUnit::CommandUnit(const Config& config)
    : config_(config), ids_(config.id_count), ports_(config.port_count) {}

void CommandUnit::reset() {
    ids_ = TransferIds(config_.id_count);
    std::ranges::fill(ports_, Port{});
    turn_ = 0;
}

Answer CommandUnit::access(unsigned port, const Access& access, Cycles now) {
    if (access.bytes != 4 || access.address % 4 != 0)
        return refused("the DMA's registers are read and written as aligned 32-bit words");
    const u32 offset = access.address % 16;
    if (offset != u32(RegisterOffset::command) && offset != u32(RegisterOffset::status))
        return refused(fmt::format(
            "DMA offset 0x{:x} does not exist and hangs the hardware: CMD is 0x0, STATUS 0x4",
            offset));
    if (now < ports_[port].accepts_from)
        return waits("the registration of the command before it", ports_[port].accepts_from);
    if (offset == u32(RegisterOffset::status))
        return access_status(access, now);
    return access.is_write ? push(port, access, now) : allocate(ports_[port], now);
}

Answer CommandUnit::allocate(Port& port, Cycles now) {
    const std::optional<unsigned> id = ids_.allocate(now);
    if (!id)
        return waits(
            fmt::format("a free transfer identifier: all {} are allocated; writing a "
                        "finished one's bit to STATUS frees it",
                        config_.id_count));
    port.id = id;
    return {.data = *id};
}

Answer CommandUnit::access_status(const Access& access, Cycles now) {
    if (!access.is_write)
        return {.data = ids_.status(now)};
    ids_.release(access.data & 0xffff, now);
    return {};
}

Answer CommandUnit::push(unsigned index, const Access& access, Cycles now) {
    Port& port = ports_[index];
    if (!port.id)
        return refused(
            "a DMA command needs a transfer identifier: read CMD before the first write");
    if (port.queue.size() >= config_.port_queue_depth)
        return waits("room in the command queue: the engines are busy with earlier commands");
    const std::optional<Command> command = port.assembler.add(access.data);
    if (command) {
        port.queue.push_back({.command = *command,
                              .id = *port.id,
                              .ready_at = now + kRegistrationCycles,
                              .cause = access.cause});
        port.accepts_from = now + kRegistrationCycles + 1;
        ids_.add_command(*port.id,
                         {.port = index,
                          .raises_event = command->raises_event,
                          .raises_interrupt = command->raises_interrupt,
                          .is_broadcast = command->is_broadcast},
                         now);
    }
    return {};
}

Cycles CommandUnit::next_command_at() const {
    Cycles next = kNever;
    for (const Port& port : ports_)
        if (!port.queue.empty())
            next = std::min(next, port.queue.front().ready_at);
    return next;
}

}  // namespace flexv::dma
