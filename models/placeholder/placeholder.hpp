// SPDX-License-Identifier: Apache-2.0
// The place of a peripheral that is not modelled: reads 0, ignores writes, and says so once.
#pragma once

#include "base/register.hpp"
#include "base/state_archive.hpp"

#include <string>

namespace flexv::placeholder {

class Placeholder final : public Module {
public:
    struct Config {
        std::string what = "peripheral";  ///< of the hardware, for the warning
        u32 size_bytes = 0x1000;
    };

    BusTarget::Socket bus_in{"bus_in"};

    Placeholder(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    void reset() override { has_warned_ = false; }
    void serialize(StateArchive& archive) override { archive(has_warned_); }

private:
    class Window final : public BusTarget {
    public:
        Window(Placeholder& owner, const ClockDomain& clock);

    private:
        BusAnswer perform(const BusAccess& access) override;

        Placeholder& owner_;
    };

    const Config config_;
    bool has_warned_ = false;
    Window window_;
    Counter accesses_{*this, "accesses", "reads and writes that had no effect"};
};

}  // namespace flexv::placeholder
