// SPDX-License-Identifier: Apache-2.0
// What the two directions need from the rest of the DMA. Plain C++.
#pragma once

#include "base/units.hpp"
#include "dma/address_generator.hpp"
#include "dma/burst.hpp"

namespace flexv::dma {

/// How wide and how deep the way of the data is. The hardware's is the default (docs/spec/timing.md
/// 6); others follow the same rules.
struct DataPath {
    static constexpr unsigned kMaxOutstanding = 16;
    static constexpr unsigned kMaxLanes = 4;
    static constexpr u32 kLaneBytes = 4;

    u32 bus_bytes = kBusBytes;   ///< 4, 8 or 16
    unsigned outstanding = 8;    ///< bursts in flight in each direction
    Cycles cycles_per_beat = 1;  ///< more where the external side is narrower than the bus

    /// 32-bit ports at the TCDM's crossbar in each direction, one for each word of a beat.
    [[nodiscard]] constexpr unsigned lanes() const { return bus_bytes / kLaneBytes; }
};

class Surroundings {
public:
    /// Asks for the bank of a word in `cycle`; granted() of the lane is the answer.
    virtual void request_word(unsigned lane, Address address, Cycles cycle) = 0;
    /// Moves bytes between a burst and the TCDM, in the direction of the engine.
    virtual void move_word(u8* data, Address address, u32 bytes) = 0;
    /// Carries out the burst outside. Cycles from its address to the first data (incoming), or from
    /// its last data to the response (outgoing). kNever: the answer comes later, to the engine's
    /// answered().
    virtual Cycles access_external(OpenBurst& burst, Cycles now) = 0;
    /// A port waited `cycles` for its bank.
    virtual void stalled(Cycles cycles) = 0;

    /// The global queue of this direction.
    [[nodiscard]] virtual bool has_command() const = 0;
    virtual QueuedCommand take_command() = 0;
    /// The counters of an identifier (docs/spec/state_machines.md 4.4).
    virtual void registered(unsigned id, unsigned bursts) = 0;
    virtual void external_done(unsigned id) = 0;
    virtual void tcdm_done(unsigned id) = 0;
    /// The last burst of a command has been moved.
    virtual void command_done(unsigned id) = 0;

protected:
    ~Surroundings() = default;
};

}  // namespace flexv::dma
