// SPDX-License-Identifier: Apache-2.0
// What the cores of a cluster are wired to beside its blocks. On a chip that is nothing; a test
// bench derives from it.
#pragma once

#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "core/core.hpp"

namespace flexv::platform {

class Soc;

class CoreWiring {
public:
    CoreWiring() = default;
    CoreWiring(const CoreWiring&) = delete;
    CoreWiring& operator=(const CoreWiring&) = delete;
    virtual ~CoreWiring() = default;

    /// What the cores see of the address space.
    [[nodiscard]] virtual core::AddressMap address_map() const { return {}; }
    /// Makes the blocks of the bench; called within the constructor of the cluster, whose children
    /// they become.
    virtual CoreWiring& build(ClockDomain& /*clock*/) { return *this; }
    /// \param acknowledges of the event unit
    virtual void connect(core::Core& core, sc_core::sc_export<InterruptSource>& acknowledges) {
        core.interrupt_ack_out(acknowledges);
    }
    /// Everything else has been wired.
    virtual void complete(Soc& /*soc*/) {}
};

}  // namespace flexv::platform
