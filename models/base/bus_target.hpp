// SPDX-License-Identifier: Apache-2.0
// What every block does with an access before it looks at the address: checks of the TLM-2.0
// payload, the cycle-exact port, the moment and the initiator of the access. A register bank is one
// kind of it.
#pragma once

#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/module.hpp"
#include "base/units.hpp"

#include <tlm_utils/simple_target_socket.h>

#include <optional>
#include <string>
#include <systemc>
#include <tlm>

namespace flexv {

inline constexpr unsigned kExternal =
    ~0U;  ///< initiator of an access that came through a TLM socket

/// One access of up to 32 bits that stays within an aligned word of the block.
struct BusAccess {
    u32 offset = 0;  ///< bytes from the start of the block
    u32 data = 0;    ///< store data in the low `bytes`
    unsigned bytes = 4;
    bool is_write = false;
    bool is_debug = false;  ///< must change neither time, counters nor anything a read would change
};

/// A read's data in the low bytes, or the reason why there is none.
struct BusAnswer {
    u32 data = 0;
    std::string refusal = {};  ///< empty when the access was carried out

    [[nodiscard]] bool is_refused() const { return !refusal.empty(); }
};

class BusTarget : public DataTarget {
public:
    using Socket = tlm_utils::simple_target_socket<BusTarget>;
    using Export = sc_core::sc_export<DataTarget>;

    BusTarget(Module& module, const std::string& name, u32 size_bytes, Cycles latency_cycles,
              const ClockDomain* clock);
    BusTarget(const BusTarget&) = delete;
    BusTarget& operator=(const BusTarget&) = delete;

    /// Connects both ways in; called once, in the module's constructor.
    void serve(Socket& bus_in, Export& data_in);
    void serve(Socket& bus_in);

    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay);
    unsigned transport_dbg(tlm::tlm_generic_payload& trans);

    /// Looks only at the address bits inside the block, as the hardware does, so the address may be
    /// absolute or relative. Grants in the same cycle.
    void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override;
    void cancel(DataInitiator& /*initiator*/, Cycles /*now*/) override {}
    [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override;
    [[nodiscard]] Cycles latency_cycles() const override { return latency_cycles_; }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] u32 size_bytes() const { return size_bytes_; }

    /// Cycle of the access that is being carried out; outside of one the present cycle. An access
    /// from outside never lies before the cycle that the timeline has reached.
    [[nodiscard]] Cycles now() const;
    /// Core number, or kExternal.
    [[nodiscard]] unsigned initiator_port() const { return initiator_port_; }

protected:
    ~BusTarget() = default;

    /// Carries out one access or says why not; now() and initiator_port() tell when and for whom.
    virtual BusAnswer perform(const BusAccess& access) = 0;

    Log log_;

private:
    /// What is wrong with a payload's shape; TLM_OK_RESPONSE when nothing is.
    [[nodiscard]] tlm::tlm_response_status check(const tlm::tlm_generic_payload& trans) const;
    BusAnswer perform_at(const BusAccess& access, unsigned initiator, Cycles now,
                         const Cause& cause);
    unsigned debug_access_word(tlm::tlm_generic_payload& trans, unsigned done);
    [[nodiscard]] Cycles cycle_of(const sc_core::sc_time& time) const;

    const std::string name_;
    const u32 size_bytes_;
    const Cycles latency_cycles_;
    const ClockDomain* const clock_;
    std::optional<Cycles> access_cycle_;
    unsigned initiator_port_ = kExternal;
};

}  // namespace flexv
