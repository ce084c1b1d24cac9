// SPDX-License-Identifier: Apache-2.0
// The DMA without its ports and sockets: all its state machines, carried out cycle by cycle while
// something moves. Plain C++.
#pragma once

#include "base/units.hpp"
#include "dma/command_unit.hpp"
#include "dma/receiver.hpp"
#include "dma/sender.hpp"
#include "dma/surroundings.hpp"
#include "dma/transfer_ids.hpp"

#include <algorithm>

namespace flexv::dma {

class Engine {
public:
    /// What lies outside: the TCDM, the external bus, the event lines.
    class Outside {
    public:
        virtual void request_word(bool is_receive, unsigned lane, Address address,
                                  Cycles cycle) = 0;
        virtual void move_word(bool is_receive, u8* data, Address address, u32 bytes) = 0;
        virtual Cycles access_external(OpenBurst& burst, Cycles now) = 0;
        virtual void stalled(Cycles cycles) = 0;
        /// In the cycle of the pulse.
        virtual void tell(const Notice& notice, Cycles now) = 0;

    protected:
        ~Outside() = default;
    };

    Engine(Outside& outside, const CommandUnit::Config& config, unsigned id_count,
           const DataPath& path = {})
        : ids_(id_count),
          unit_(config, ids_),
          receive_(outside, *this, true),
          send_(outside, *this, false),
          receiver_(receive_, path),
          sender_(send_, path),
          outside_(outside),
          id_count_(id_count) {}

    /// Carries out cycle `now`, as the last one that acts in it: all accesses of the cycle have
    /// been presented, all grants of banks given. Then asks for the banks of the next one.
    /// \returns the cycle that is to be carried out next; kNever when nothing moves by itself
    Cycles step(Cycles now);
    /// A bank has been given in this cycle, which is therefore carried out.
    void granted(bool is_receive, unsigned lane, Cycles now);
    /// A burst whose access_external() gave kNever has its first data, or its response, in
    /// `cycle`, which is carried out.
    void answered(OpenBurst& burst, Cycles cycle);
    [[nodiscard]] bool is_asking(bool is_receive, unsigned lane) const {
        return is_receive ? receiver_.is_asking(lane) : sender_.is_asking(lane);
    }
    [[nodiscard]] CommandUnit& unit() { return unit_; }
    [[nodiscard]] const CommandUnit& unit() const { return unit_; }
    [[nodiscard]] const TransferIds& ids() const { return ids_; }
    void reset();
    void serialize(StateArchive& archive) { archive(ids_, unit_, receiver_, sender_); }

private:
    /// What one direction sees of the rest.
    class Direction final : public Surroundings {
    public:
        Direction(Outside& outside, Engine& engine, bool is_receive)
            : outside_(outside), engine_(engine), is_receive_(is_receive) {}

        void request_word(unsigned lane, Address address, Cycles cycle) override {
            outside_.request_word(is_receive_, lane, address, cycle);
        }
        void move_word(u8* data, Address address, u32 bytes) override {
            outside_.move_word(is_receive_, data, address, bytes);
        }
        Cycles access_external(OpenBurst& burst, Cycles now) override {
            return outside_.access_external(burst, now);
        }
        void stalled(Cycles cycles) override { outside_.stalled(cycles); }
        [[nodiscard]] bool has_command() const override {
            return engine_.unit_.has_command(is_receive_);
        }
        QueuedCommand take_command() override { return engine_.unit_.take_command(is_receive_); }
        void registered(unsigned id, unsigned bursts) override {
            engine_.ids_.add_bursts(id, bursts);
        }
        void external_done(unsigned id) override { engine_.ids_.external_done(id); }
        void tcdm_done(unsigned id) override { engine_.ids_.tcdm_done(id); }
        void command_done(unsigned id) override { engine_.ids_.command_done(id); }

    private:
        Outside& outside_;
        Engine& engine_;
        const bool is_receive_;
    };

    TransferIds ids_;
    CommandUnit unit_;
    Direction receive_;
    Direction send_;
    Receiver receiver_;
    Sender sender_;
    Outside& outside_;
    const unsigned id_count_;
};

}  // namespace flexv::dma
