// SPDX-License-Identifier: Apache-2.0
// The programming side of the DMA: the two registers of every port, the ports' command queues and
// the arbiter in front of the engines. Plain logic; the shell keeps the initiators that wait.
#pragma once

#include "base/cause.hpp"
#include "base/units.hpp"
#include "dma/command.hpp"
#include "dma/transfer_ids.hpp"

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace flexv::dma {

/// Decoded by address bits 3:0 alone, source: spec/cluster.md 6.2.
enum class RegisterOffset : u32 { command = 0x0, status = 0x4 };

struct Access {
    u32 address = 0;
    u32 data = 0;
    unsigned bytes = 4;
    bool is_write = false;
    Cause cause = {};
};

struct Answer {
    enum class Kind { granted, waits, refused };

    Kind kind = Kind::granted;
    u32 data = 0;
    std::string text = {};     ///< what it waits for, or why it was refused
    Cycles retry_at = kNever;  ///< when to ask again, if that is known
};

/// A command on its way to an engine.
struct IssuedCommand {
    Command command = {};
    unsigned id = 0;
    Cycles ready_at = 0;  ///< first cycle in which it may leave its port
    Cause cause = {};     ///< of its last word
};

class CommandUnit {
public:
    struct Config {
        unsigned port_count = 10;
        unsigned id_count = 16;
        unsigned port_queue_depth = 2;  ///< commands, source: spec/timing.md 6
    };

    explicit CommandUnit(const Config& config);

    /// One access of a port in cycle `now`.
    Answer access(unsigned port, const Access& access, Cycles now);
    /// The next command in turn whose time has come, if `has_room` for it.
    template <typename HasRoom>
    std::optional<IssuedCommand> take_command(Cycles now, HasRoom has_room);
    /// When the first command that still waits in a port may leave it; kNever when none does.
    [[nodiscard]] Cycles next_command_at() const;

    [[nodiscard]] TransferIds& ids() { return ids_; }
    [[nodiscard]] const TransferIds& ids() const { return ids_; }
    void reset();

private:
    struct Port {
        CommandAssembler assembler = {};
        std::optional<unsigned> id = {};  // last allocated
        Cycles accepts_from = 0;          // no access before
        std::deque<IssuedCommand> queue = {};
    };

    Answer allocate(Port& port, Cycles now);
    Answer push(unsigned index, const Access& access, Cycles now);
    Answer access_status(const Access& access, Cycles now);

    const Config config_;
    TransferIds ids_;
    std::vector<Port> ports_;
    unsigned turn_ = 0;  // port that is looked at first
};

template <typename HasRoom>
std::optional<IssuedCommand> CommandUnit::take_command(Cycles now, HasRoom has_room) {
    for (unsigned step = 0; step < ports_.size(); ++step) {
        const unsigned index = (turn_ + step) % unsigned(ports_.size());
        std::deque<IssuedCommand>& queue = ports_[index].queue;
        if (queue.empty() || queue.front().ready_at > now || !has_room(queue.front().command))
            continue;
        const IssuedCommand taken = queue.front();
        queue.pop_front();
        turn_ = (index + 1) % unsigned(ports_.size());
        return taken;
    }
    return {};
}

}  // namespace flexv::dma
