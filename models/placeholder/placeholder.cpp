// SPDX-License-Identifier: Apache-2.0
#include "placeholder/placeholder.hpp"

#include <utility>

namespace flexv::placeholder {

Placeholder::Placeholder(const sc_core::sc_module_name& name, ClockDomain& clock,
                         const Config& config)
    : Module(name), config_(config), window_(*this, clock) {
    window_.serve(bus_in);
}

Placeholder::Window::Window(Placeholder& owner, const ClockDomain& clock)
    : BusTarget(owner, "window", owner.config_.size_bytes, 1, &clock), owner_(owner) {}

BusAnswer Placeholder::Window::perform(const BusAccess& access) {
    if (access.is_debug)
        return {};
    ++owner_.accesses_;
    if (!std::exchange(owner_.has_warned_, true))
        log_.warn(
            "{} at offset 0x{:x}: the {} is not modelled; it reads 0 and ignores writes; said once",
            access.is_write ? "write" : "read", access.offset, owner_.config_.what);
    return {};
}

}  // namespace flexv::placeholder
