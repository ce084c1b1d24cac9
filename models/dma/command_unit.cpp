// SPDX-License-Identifier: Apache-2.0
#include "dma/command_unit.hpp"

#include "base/error.hpp"
#include "dma/registers.hpp"

#include <algorithm>
#include <bit>

namespace flexv::dma {

namespace {

constexpr u32 offset_of(const Access& access) { return access.address % 16; }

constexpr bool is_status(const Access& access) {
    return offset_of(access) == u32(RegisterOffset::status);
}
constexpr bool is_command_word(const Access& access) {
    return access.is_write && !is_status(access);
}

}  // namespace

CommandUnit::CommandUnit(const Config& config, TransferIds& ids)
    : config_(config),
      ids_(ids),
      ports_(config.port_count),
      id_arbiter_(config.port_count),
      external_lines_arbiter_(config.port_count),
      tcdm_lines_arbiter_(config.port_count),
      command_arbiter_(config.port_count) {}

void CommandUnit::reset() {
    std::ranges::fill(ports_, Port{});
    asking_ = granted_ = closed_ = filled_ = 0;
    id_arbiter_ = external_lines_arbiter_ = tcdm_lines_arbiter_ = command_arbiter_ =
        TreeArbiter(config_.port_count);
    queues_[0].clear();
    queues_[1].clear();
    queued_ = external_lines_ = tcdm_lines_ = 0;
    queued_change_ = external_lines_change_ = tcdm_lines_change_ = 0;
}

void CommandUnit::serialize(StateArchive& archive) {
    archive(ports_, asking_, granted_, closed_, filled_);
    archive.list(accepted_);
    archive(id_arbiter_, external_lines_arbiter_, tcdm_lines_arbiter_, command_arbiter_, queues_,
            queued_, external_lines_, tcdm_lines_, queued_change_, external_lines_change_,
            tcdm_lines_change_);
}

/// What the hardware never grants, or what would put its queues out of step for ever.
std::optional<std::string> CommandUnit::refusal(unsigned index, const Access& access) const {
    const Port& port = ports_[index];
    if (access.bytes != 4 || access.address % 4 != 0)
        return "the DMA's registers are read and written as aligned 32-bit words";
    const u32 offset = offset_of(access);
    if (offset != u32(RegisterOffset::command) && offset != u32(RegisterOffset::status))
        return fmt::format(
            "DMA offset 0x{:x} does not exist and hangs the hardware: CMD is 0x0, STATUS 0x4",
            offset);
    if (is_command_word(access) && !port.id)
        return "a DMA command needs a transfer identifier: read CMD before the first write";
    if (!is_command_word(access) && port.state == State::words)
        return fmt::format(
            "word {} of a DMA command is expected: another access on the same port leaves the "
            "words before it in the queues, and the commands behind are then mixed up",
            port.assembler.word_count() + 1);
    return {};
}

void CommandUnit::present(unsigned port, const Access& access) {
    ports_[port].access = access;
    asking_ |= 1U << port;
}

bool CommandUnit::step(Cycles now) {
    granted_ = 0;
    open_ports(now);
    Wishes wishes;
    bool goes_on = false;
    for (u32 rest = asking_; rest != 0; rest &= rest - 1)
        goes_on |= step_port(unsigned(std::countr_zero(rest)), wishes, now);
    if (wishes.ids != 0)
        grant_id(wishes.ids);
    if ((wishes.external_lines | wishes.tcdm_lines) != 0)
        goes_on |= grant_lines(wishes, now);
    asking_ &= ~granted_;
    const bool has_waiting = filled_ != 0;
    goes_on |= enqueue(now);
    return goes_on || has_waiting || granted_ != 0;
}

/// A closed port opens when bursts of its identifier come to the unpacker, its own or those of an
/// earlier piece (BUSY2 of the RTL looks at nothing else).
void CommandUnit::open_ports(Cycles now) {
    const u32 added = ids_.added();
    if (added == 0)
        return;
    for (u32 rest = closed_; rest != 0; rest &= rest - 1) {
        const unsigned index = unsigned(std::countr_zero(rest));
        Port& port = ports_[index];
        if (now < port.sees_start_from || (added >> *port.id & 1) == 0)
            continue;
        port.state = State::open;
        port.accepts_from = now + 1;
        closed_ &= ~(1U << index);
    }
}

/// True when the port is to be looked at again in the next cycle.
bool CommandUnit::step_port(unsigned index, Wishes& wishes, Cycles now) {
    Port& port = ports_[index];
    if (port.state == State::closed)
        return false;
    if (now < port.accepts_from)
        return true;
    if (port.state == State::words) {
        grant(index);
        take_word(index, now);
        return true;
    }
    if (port.state == State::allocated && !is_command_word(port.access)) {
        port.state = State::open;  // this cycle is lost
        return true;
    }
    return step_open(index, wishes, now);
}

bool CommandUnit::step_open(unsigned index, Wishes& wishes, Cycles now) {
    Port& port = ports_[index];
    if (is_status(port.access)) {
        take_status(index, now);
        return true;
    }
    if (!port.access.is_write) {
        wishes.ids |= 1U << index;
        return ids_.free_id().has_value();
    }
    return has_room(port) && wish_for_lines(index, wishes, now);
}

/// The first word of a command takes a place for the lines of each side that has them.
bool CommandUnit::wish_for_lines(unsigned index, Wishes& wishes, Cycles now) {
    const u32 word = ports_[index].access.data;
    const u32 bit = 1U << index;
    const bool has_external = (word & command_word::external_lines.mask()) != 0;
    const bool has_tcdm = (word & command_word::tcdm_lines.mask()) != 0;
    wishes.external_lines |= has_external ? bit : 0;
    wishes.tcdm_lines |= has_tcdm ? bit : 0;
    if (has_external || has_tcdm)
        return false;
    grant(index);
    take_word(index, now);
    return true;
}

void CommandUnit::grant_id(u32 wishes) {
    const std::optional<unsigned> id = ids_.free_id();
    if (!id)
        return;
    const unsigned winner = id_arbiter_.grant(wishes);
    Port& port = ports_[winner];
    ids_.allocate(*id);
    port.id = id;
    port.state = State::allocated;
    port.reads_status = false;
    grant(winner);
}

/// True when one of the ports that ask for lines may be lucky in the next cycle. Unlike RTL: a port
/// that needs places on both sides asks for the second one only together with the first, and does
/// not lose the one it gets when it has to wait for the other.
bool CommandUnit::grant_lines(const Wishes& wishes, Cycles now) {
    u32 external = 0;
    bool has_chosen = false;
    if (wishes.external_lines != 0 && external_lines_ < config_.two_dimensional_depth) {
        has_chosen = true;
        external = 1U << external_lines_arbiter_.grant(wishes.external_lines);
    }
    const u32 tcdm_wishes = wishes.tcdm_lines & (external | ~wishes.external_lines);
    u32 tcdm = 0;
    if (tcdm_wishes != 0 && tcdm_lines_ < config_.two_dimensional_depth)
        tcdm = 1U << tcdm_lines_arbiter_.grant(tcdm_wishes);
    if ((external & wishes.tcdm_lines & ~tcdm) != 0)
        external = 0;
    external_lines_change_ += external != 0 ? 1 : 0;
    tcdm_lines_change_ += tcdm != 0 ? 1 : 0;
    for (u32 rest = external | tcdm; rest != 0; rest &= rest - 1) {
        const unsigned index = unsigned(std::countr_zero(rest));
        grant(index);
        take_word(index, now);
    }
    return has_chosen || tcdm != 0;
}

/// Behind its last word a port waits for the arbiter, and then for the start of the command. One
/// with lines is complete with that word and takes part in the arbitration at once.
void CommandUnit::take_word(unsigned index, Cycles now) {
    Port& port = ports_[index];
    port.reads_status = false;
    port.state = State::words;
    const std::optional<Command> command = port.assembler.add(port.access.data);
    if (!command)
        return;
    port.state = State::closed;
    port.sees_start_from = kNever;
    port.last_word = now;
    closed_ |= 1U << index;
    add_command(index, *command, now);
}

void CommandUnit::add_command(unsigned index, const Command& command, Cycles now) {
    Port& port = ports_[index];
    const u32 head = port.assembler.head();
    const bool has_external_lines = (head & command_word::external_lines.mask()) != 0;
    const bool has_tcdm_lines = (head & command_word::tcdm_lines.mask()) != 0;
    port.queue.push_back({.command = {.command = command,
                                      .id = *port.id,
                                      .has_external_lines = has_external_lines,
                                      .has_tcdm_lines = has_tcdm_lines},
                          .ready_at = has_external_lines || has_tcdm_lines ? now : now + 1});
    filled_ |= 1U << index;
    accepted_.push_back({.command = command, .id = *port.id, .cause = port.access.cause});
    ids_.command_accepted(*port.id);
}

void CommandUnit::take_status(unsigned index, Cycles now) {
    Port& port = ports_[index];
    if (port.access.is_write)
        ids_.release(port.access.data & 0xffff);
    port.reads_status = !port.access.is_write;
    port.state = State::open;
    port.accepts_from = now + 2;
    grant(index);
}

/// One command per cycle goes from the ports to the global queue. True when one went.
bool CommandUnit::enqueue(Cycles now) {
    u32 ready = 0;
    for (u32 rest = filled_; rest != 0; rest &= rest - 1) {
        const unsigned index = unsigned(std::countr_zero(rest));
        if (ports_[index].queue.front().ready_at <= now)
            ready |= 1U << index;
    }
    if (ready == 0 || queued_ == config_.queue_depth)
        return false;
    const unsigned winner = command_arbiter_.grant(ready);
    Port& port = ports_[winner];
    const QueuedCommand taken = port.queue.front().command;
    port.queue.pop_front();
    if (port.queue.empty())
        filled_ &= ~(1U << winner);
    port.sees_start_from = std::max(port.last_word + 2, now + 1) + 1;
    queues_[taken.command.is_receive].push_back({.command = taken});
    ++queued_change_;
    ids_.set_notice(taken.id, {.port = winner,
                               .raises_event = taken.command.raises_event,
                               .raises_interrupt = taken.command.raises_interrupt,
                               .is_broadcast = taken.command.is_broadcast});
    return true;
}

QueuedCommand CommandUnit::take_command(bool is_receive) {
    const QueuedCommand taken = queues_[is_receive].front().command;
    queues_[is_receive].pop_front();
    --queued_change_;
    external_lines_change_ -= taken.has_external_lines ? 1 : 0;
    tcdm_lines_change_ -= taken.has_tcdm_lines ? 1 : 0;
    return taken;
}

void CommandUnit::tick() {
    queued_ += unsigned(queued_change_);
    external_lines_ += unsigned(external_lines_change_);
    tcdm_lines_ += unsigned(tcdm_lines_change_);
    queued_change_ = external_lines_change_ = tcdm_lines_change_ = 0;
    for (auto& queue : queues_)
        if (!queue.empty())
            queue.back().is_visible = true;
}

u32 CommandUnit::answer(unsigned index) const {
    const Port& port = ports_[index];
    if (port.access.is_write)
        return 0;
    return port.reads_status ? ids_.status() : *port.id;
}

std::string CommandUnit::waits_for(unsigned index) const {
    const Port& port = ports_[index];
    if (port.state == State::closed)
        return "the registration of the command before it";
    if (is_status(port.access))
        return "the port, which is free in the next cycle";
    if (!port.access.is_write)
        return "a free transfer identifier: all are allocated; writing a finished one's bit to "
               "STATUS frees it";
    return "room in the command queue: the engines are busy with earlier commands";
}

std::optional<u32> CommandUnit::access_at_once(unsigned index, const Access& access, Cycles now) {
    Port& port = ports_[index];
    port.access = access;
    if (is_status(access)) {
        if (!access.is_write)
            return ids_.status_at_once();
        ids_.release_at_once(access.data & 0xffff);
        return 0;
    }
    if (access.is_write)
        return word_at_once(index, now);
    const std::optional<unsigned> id = ids_.free_id();
    if (id)
        ids_.allocate_at_once(*id);
    port.id = id ? id : port.id;
    return id;
}

/// The port stays open: what has come is only held back by its queue.
std::optional<u32> CommandUnit::word_at_once(unsigned index, Cycles now) {
    Port& port = ports_[index];
    if (port.assembler.word_count() == 0) {
        const u32 head = port.access.data;
        const bool has_external = (head & command_word::external_lines.mask()) != 0;
        const bool has_tcdm = (head & command_word::tcdm_lines.mask()) != 0;
        if (!has_room(port) || (has_external && external_lines_ == config_.two_dimensional_depth) ||
            (has_tcdm && tcdm_lines_ == config_.two_dimensional_depth))
            return {};
        external_lines_ += has_external ? 1 : 0;
        tcdm_lines_ += has_tcdm ? 1 : 0;
    }
    if (const std::optional<Command> command = port.assembler.add(port.access.data))
        add_command(index, *command, now);
    return 0;
}

}  // namespace flexv::dma
