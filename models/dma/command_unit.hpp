// SPDX-License-Identifier: Apache-2.0
// The programming side of the DMA: the state machine of every port, the arbiters between them, and
// the global queue. Plain logic; the shell keeps the initiators that wait. Source:
// docs/spec/state_machines.md 4.1.
#pragma once

#include "base/cause.hpp"
#include "base/units.hpp"
#include "dma/address_generator.hpp"
#include "dma/command.hpp"
#include "dma/transfer_ids.hpp"
#include "dma/tree_arbiter.hpp"

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace flexv::dma {

/// Decoded by address bits 3:0 alone, source: docs/spec/cluster.md 6.2.
enum class RegisterOffset : u32 { command = 0x0, status = 0x4 };

struct Access {
    u32 address = 0;
    u32 data = 0;
    unsigned bytes = 4;
    bool is_write = false;
    Cause cause = {};

    void serialize(StateArchive& archive) { archive(address, data, bytes, is_write, cause); }
};

/// A command whose words are complete, and who stored the last one.
struct AcceptedCommand {
    Command command = {};
    unsigned id = 0;
    Cause cause = {};

    void serialize(StateArchive& archive) { archive(command, id, cause); }
};

class CommandUnit {
public:
    struct Config {
        unsigned port_count = 10;
        unsigned port_queue_depth = 2;  ///< commands a port, source: docs/spec/timing.md 6
        unsigned queue_depth = 16;      ///< commands in the global queue, docs/spec/cluster.md 6.1
        /// With lines, each side, source: docs/spec/cluster.md 6.1.
        unsigned two_dimensional_depth = 4;
    };

    CommandUnit(const Config& config, TransferIds& ids);

    /// Why this access can never be granted; nothing when it may.
    [[nodiscard]] std::optional<std::string> refusal(unsigned port, const Access& access) const;
    /// The port has this access in front of it from the present cycle on.
    void present(unsigned port, const Access& access);
    void withdraw(unsigned port) { asking_ &= ~(1U << port); }
    /// Carries out cycle `now`. True when the next cycle has to be carried out, too.
    bool step(Cycles now);
    /// The ports whose access was granted in this cycle.
    [[nodiscard]] u32 granted() const { return granted_; }
    /// What a granted load gives. Only behind TransferIds::tick(), because STATUS answers a cycle
    /// later.
    [[nodiscard]] u32 answer(unsigned port) const;
    /// What the access of a port waits for, for the deadlock report.
    [[nodiscard]] std::string waits_for(unsigned port) const;
    /// Carries out the access of a master that cannot be held up: nothing that passes by itself is
    /// waited for. \returns the data, or nothing when it would wait for waits_for()
    std::optional<u32> access_at_once(unsigned port, const Access& access, Cycles now);
    /// The commands that have become complete since the last call.
    [[nodiscard]] std::vector<AcceptedCommand> take_accepted() {
        return std::exchange(accepted_, {});
    }

    /// The global queue, for the two directions.
    [[nodiscard]] bool has_command(bool is_receive) const {
        return !queues_[is_receive].empty() && queues_[is_receive].front().is_visible;
    }
    QueuedCommand take_command(bool is_receive);
    void tick();
    void reset();
    void serialize(StateArchive& archive);

private:
    enum class State : u8 {
        open,
        allocated,  ///< an identifier has just been given: only a command is expected
        words,      ///< some words of a command are there
        closed,     ///< the command must first be on its way
    };
    /// A command that waits in its port.
    struct Waiting {
        QueuedCommand command = {};
        Cycles ready_at = 0;  // takes part in the arbitration from this cycle on

        void serialize(StateArchive& archive) { archive(command, ready_at); }
    };
    struct Port {
        State state = State::open;
        Access access = {};
        CommandAssembler assembler = {};
        std::optional<unsigned> id = {};  // last allocated
        Cycles accepts_from = 0;          // behind STATUS accesses the port is deaf for a cycle
        Cycles sees_start_from = kNever;  // closed: the start of its identifier opens it from then
        Cycles last_word = 0;
        std::deque<Waiting> queue = {};
        bool reads_status = false;  // the granted load

        void serialize(StateArchive& archive) {
            archive(state, access, assembler, id, accepts_from, sees_start_from, last_word, queue,
                    reads_status);
        }
    };
    struct Queued {
        QueuedCommand command = {};
        bool is_visible = false;

        void serialize(StateArchive& archive) { archive(command, is_visible); }
    };
    /// Ports that ask for something they share.
    struct Wishes {
        u32 ids = 0;
        u32 external_lines = 0;
        u32 tcdm_lines = 0;
    };

    void open_ports(Cycles now);
    bool step_port(unsigned index, Wishes& wishes, Cycles now);
    bool step_open(unsigned index, Wishes& wishes, Cycles now);
    bool wish_for_lines(unsigned index, Wishes& wishes, Cycles now);
    void grant_id(u32 wishes);
    bool grant_lines(const Wishes& wishes, Cycles now);
    void grant(unsigned index) { granted_ |= 1U << index; }
    void take_word(unsigned index, Cycles now);
    void take_status(unsigned index, Cycles now);
    void add_command(unsigned index, const Command& command, Cycles now);
    bool enqueue(Cycles now);
    std::optional<u32> word_at_once(unsigned index, Cycles now);
    [[nodiscard]] bool has_room(const Port& port) const {
        return port.queue.size() < config_.port_queue_depth;
    }

    const Config config_;
    TransferIds& ids_;
    std::vector<Port> ports_;
    u32 asking_ = 0;   // ports with an access
    u32 granted_ = 0;  // of them, in this cycle
    u32 closed_ = 0;
    u32 filled_ = 0;  // ports with a command in their queue
    std::vector<AcceptedCommand> accepted_;
    TreeArbiter id_arbiter_;
    TreeArbiter external_lines_arbiter_;
    TreeArbiter tcdm_lines_arbiter_;
    TreeArbiter command_arbiter_;
    std::deque<Queued> queues_[2];  // [is_receive]
    // Places that are taken, when the cycle began, and what changes at its end.
    unsigned queued_ = 0;
    unsigned external_lines_ = 0;
    unsigned tcdm_lines_ = 0;
    int queued_change_ = 0;
    int external_lines_change_ = 0;
    int tcdm_lines_change_ = 0;
};

}  // namespace flexv::dma
