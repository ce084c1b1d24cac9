// SPDX-License-Identifier: Apache-2.0
// The cycle-exact port inside the cluster: what the load/store unit of a core, or a port of the
// DMA, sees of whatever serves it. Requests and grants carry cycles of the cluster's timeline, so
// no kernel call is needed; the same blocks offer TLM-2.0 sockets towards the outside.
#pragma once

#include "base/cause.hpp"
#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <systemc>

#include <string>

namespace flexv {

/// One load or store as it leaves the execute stage. Never crosses a 32-bit word.
struct DataRequest {
    Address address = 0;
    u32 data = 0;  ///< store data, in the low `bytes`; 0 for a load
    u8 bytes = 4;  ///< 1, 2, 3 or 4
    bool is_write = false;
    bool is_event_load = false;  ///< p.elw: the core's clock may stop while it waits
    Cause cause = {};            ///< for messages

    void serialize(StateArchive& archive) {
        archive(address, data, bytes, is_write, is_event_load, cause);
    }
};

/// The side that asks. One request is in flight at a time.
class DataInitiator {
public:
    /// The request is granted in cycle `now`: it leaves the execute stage, and a load's `data` (in
    /// the low bytes) can be used like that of an uncontended TCDM load. Called within the
    /// timeline's `now`.
    virtual void granted(Cycles now, u32 data) = 0;
    /// Nothing answers at this address; `what` says who refused and what was expected.
    virtual void refused(Cycles now, const std::string& what) = 0;
    /// Index of the initiator in its cluster: the core number; DMA ports follow the cores.
    [[nodiscard]] virtual unsigned port() const = 0;

protected:
    ~DataInitiator() = default;
};

/// The side that serves. Bound with sc_port<DataTarget> / sc_export<DataTarget>.
class DataTarget : public virtual sc_core::sc_interface {
public:
    /// Called in cycle `now` of the timeline. The target answers with granted() or refused(), at
    /// once (the request takes one cycle) or in a later cycle; until then the initiator is stalled.
    virtual void request(DataInitiator& initiator, const DataRequest& request, Cycles now) = 0;
    /// Takes back the pending request of `initiator`, because it takes an interrupt or is reset.
    virtual void cancel(DataInitiator& initiator, Cycles now) = 0;
    /// What the pending request of `initiator` waits for, for the deadlock report.
    [[nodiscard]] virtual std::string waits_for(const DataInitiator& initiator) const = 0;
    /// Cycles from grant to answer behind the peripheral interconnect, which adds them: k of
    /// docs/spec/timing.md, section 3. A target that is wired to the cores themselves ignores it.
    [[nodiscard]] virtual Cycles latency_cycles() const { return 1; }
};

/// Level of the interrupt line of one core, driven by the event unit or the interrupt controller.
class InterruptTarget : public virtual sc_core::sc_interface {
public:
    /// From `cycle` on the request line has level `asserted`; `id` (0..31) is the one selected in
    /// the cycle before. Called in that cycle before at the earliest.
    virtual void interrupt(Cycles cycle, bool asserted, unsigned id) = 0;
};

/// The core tells which interrupt it has taken.
class InterruptSource : public virtual sc_core::sc_interface {
public:
    /// Interrupt `id` is taken in cycle `now`, which may lie a few cycles ahead.
    virtual void acknowledge(unsigned core, unsigned id, Cycles now) = 0;
};

}  // namespace flexv
