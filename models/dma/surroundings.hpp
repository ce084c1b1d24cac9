// SPDX-License-Identifier: Apache-2.0
// What the two directions need from the rest of the DMA. Plain C++.
#pragma once

#include "base/units.hpp"
#include "dma/address_generator.hpp"
#include "dma/burst.hpp"

namespace flexv::dma {

/// Bursts in flight in each direction, source: docs/spec/timing.md 6.
inline constexpr unsigned kMaxOutstanding = 8;
/// 32-bit ports at the TCDM's crossbar in each direction: even and odd words.
inline constexpr unsigned kLanes = 2;

class Surroundings {
public:
    /// Asks for the bank of a word in `cycle`; granted() of the lane is the answer.
    virtual void request_word(unsigned lane, Address address, Cycles cycle) = 0;
    /// Moves bytes between a burst and the TCDM, in the direction of the engine.
    virtual void move_word(u8* data, Address address, u32 bytes) = 0;
    /// Carries out the burst outside. Cycles from its address to the first data (incoming), or from
    /// its last data to the response (outgoing).
    virtual Cycles access_external(OpenBurst& burst, Cycles now) = 0;
    /// A port waited `cycles` for its bank.
    virtual void stalled(Cycles cycles) = 0;

    /// The global queue of this direction.
    [[nodiscard]] virtual bool has_command() const = 0;
    virtual QueuedCommand take_command() = 0;
    /// The counters of an identifier (docs/spec/rtl_rules_2.md 4.4).
    virtual void registered(unsigned id, unsigned bursts) = 0;
    virtual void external_done(unsigned id) = 0;
    virtual void tcdm_done(unsigned id) = 0;
    /// The last burst of a command has been moved.
    virtual void command_done(unsigned id) = 0;

protected:
    ~Surroundings() = default;
};

}  // namespace flexv::dma
