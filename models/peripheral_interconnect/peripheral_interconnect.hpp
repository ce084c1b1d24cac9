// SPDX-License-Identifier: Apache-2.0
// What serves the cores' loads and stores that go neither to the TCDM nor to the core-local ports:
// a crossbar to the cluster's peripherals, and the bridge per2axi to everything outside.
#pragma once

#include "base/bus_initiator.hpp"
#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/module.hpp"
#include "base/round_robin.hpp"
#include "peripheral_interconnect/address_decoder.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace flexv::peripheral_interconnect {

class PeripheralInterconnect final : public Module,
                                     public DataTarget,
                                     private ReplyTaker,
                                     private Agent {
public:
    struct Config {
        unsigned core_count = 8;             ///< 1..16
        Address cluster_base = 0x1000'0000;  ///< own window of 4 MiB
        Cycles request_cycles = 1;           ///< FIFO in front of the crossbar
        Cycles response_cycles = 1;          ///< register behind the peripheral's answer
        Cycles bridge_cycles = 2;            ///< per2axi: request and response buffer
    };

    sc_core::sc_export<DataTarget> core_in{"core_in"};
    /// Absolute addresses; the delay handed over is that of the access's cycle.
    tlm_utils::simple_initiator_socket<PeripheralInterconnect> external_out{"external_out"};

    /// Asks what lies around an address outside the cluster, for messages.
    CallPort<std::string(Address)> surroundings_out{"surroundings_out"};

    PeripheralInterconnect(const sc_core::sc_module_name& name, ClockDomain& clock,
                           const Config& config);

    /// Slots `first`..`last` (0x400 bytes each) belong to `target`, which is given absolute
    /// addresses and answers target.latency_cycles() cycles after its grant. Before time starts.
    void connect(unsigned first, unsigned last, DataTarget& target, std::string name);
    /// Slots of a block that this cluster has not: they read 0, ignore writes and warn once.
    void tie_off(unsigned first, unsigned last, std::string name);

    /// Slots of a target that answers by TLM-2.0, now or later; it sees offsets from the first one.
    /// Bind the returned socket. Before time starts.
    tlm_utils::simple_initiator_socket<PeripheralInterconnect>& connect_socket(unsigned first,
                                                                               unsigned last,
                                                                               std::string name);

    void reset() override;
    void serialize(StateArchive& archive) override { archive(targets_, accesses_, tickets_); }
    void make_known(StateArchive& archive) override;

    void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override;
    void cancel(DataInitiator& initiator, Cycles now) override;
    [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override;

private:
    static constexpr unsigned kNoTarget = ~0U;
    static constexpr unsigned kNobody = ~0U;
    static constexpr unsigned kBridge = 0;  // index into targets_
    static constexpr unsigned kMaxTargets = kSlots + 1;

    /// Stands for one core at the targets.
    class Proxy final : public DataInitiator {
    public:
        Proxy(PeripheralInterconnect& owner, unsigned core) : owner_(owner), core_(core) {}
        void granted(Cycles now, u32 data) override { owner_.answered(core_, now, data, {}); }
        void refused(Cycles now, const std::string& what) override {
            owner_.answered(core_, now, 0, what);
        }
        [[nodiscard]] unsigned port() const override { return core_; }

    private:
        PeripheralInterconnect& owner_;
        const unsigned core_;
    };

    /// The one access of a core that is under way.
    struct Access {
        enum class State : u8 { none, queued, at_target, outside, answered };
        State state = State::none;
        unsigned target = kNoTarget;  ///< index into targets_
        DataInitiator* initiator = nullptr;
        DataRequest request{};
        Cycles requested = 0;
        Cycles due = 0;  ///< crosses the crossbar from then on, or is granted to the core
        u64 ticket = 0;  ///< of an access that is outside
        u32 data = 0;
        std::string refusal{};

        void serialize(StateArchive& archive) {
            archive(state, target, initiator, request, requested, due, ticket, data, refusal);
        }
    };

    struct Target {
        DataTarget* block = nullptr;  ///< null: tied off, or behind a socket
        tlm_utils::simple_initiator_socket<PeripheralInterconnect>* socket = nullptr;
        Address base = 0;  ///< of its first slot, where it is behind a socket
        std::string name{};
        RoundRobin arbiter{1};
        u32 asking = 0;  ///< cores whose access is in front of it, one of them the winner's
        unsigned held = kNobody;  ///< the winner, until the block has taken its access
        bool has_warned = false;

        /// What time changes.
        void serialize(StateArchive& archive) { archive(arbiter, asking, held, has_warned); }
    };

    void act(Cycles now) override;
    /// A module of its own: sockets are made here outside of the constructor.
    struct Outlet : sc_core::sc_module {
        explicit Outlet(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}

        tlm_utils::simple_initiator_socket<PeripheralInterconnect> out{"out"};
    };

    void add_target(unsigned first, unsigned last, DataTarget* block, std::string name);
    [[nodiscard]] unsigned target_of(const Route& found) const;
    void cross(unsigned target, u32 cores, Cycles now);
    void crossed(unsigned core, Cycles now);
    void deliver(unsigned core, Cycles now);
    void send(unsigned core, Cycles now);
    void send_tied_off(unsigned core, Target& target, Cycles now);
    void send_outside(unsigned core, Cycles now);
    void replied(u64 ticket, const LateReply& reply) override;
    /// Cycles from the target's answer to the register behind the crossbar.
    [[nodiscard]] Cycles way_back(const Access& access) const {
        return access.target == kBridge ? config_.bridge_cycles : 0;
    }
    void answered(unsigned core, Cycles now, u32 data, const std::string& refusal);
    void finish(unsigned core, Cycles cycle);
    void count(const Access& access);
    [[nodiscard]] std::string refuse_hole(const Access& access) const;
    [[nodiscard]] std::string refuse_outside(const Access& access, const std::string& why) const;
    [[nodiscard]] std::string describe(const Access& access) const;

    const Config config_;
    ClockDomain& clock_;
    BusInitiator bus_{clock_};
    std::array<unsigned, kSlots> target_of_slot_{};  // [slot] -> index into targets_, or kNoTarget
    std::vector<Target> targets_;                    // 0 is the bridge
    std::vector<std::unique_ptr<Outlet>> outlets_;
    std::vector<Proxy> proxies_;    // [core]
    std::vector<Access> accesses_;  // [core]
    u64 tickets_ = 0;               // that were given out

    Counter accesses_count_{*this, "accesses", "loads and stores that crossed the crossbar"};
    Counter bytes_{*this, "bytes", "bytes moved by them"};
    Counter external_loads_{*this, "external_loads", "loads through the bridge per2axi"};
    Counter external_stores_{*this, "external_stores", "stores through the bridge per2axi"};
    Counter stall_cycles_{*this, "stall_cycles",
                          "core-cycles beyond the first in which an access was held"};
};

}  // namespace flexv::peripheral_interconnect
