// SPDX-License-Identifier: Apache-2.0
// A fault of the firmware that nobody handles, with the place where it happened. The platform adds
// the names of functions.
#pragma once

#include "base/error.hpp"
#include "base/units.hpp"

#include <string>

namespace flexv::core {

class Fault final : public FirmwareFault {
public:
    Fault(std::string core, u32 pc, const std::string& what)
        : FirmwareFault(what), core_(std::move(core)), pc_(pc) {}

    [[nodiscard]] const std::string& core() const { return core_; }  ///< hierarchical name
    [[nodiscard]] u32 pc() const { return pc_; }

private:
    std::string core_;
    u32 pc_;
};

}  // namespace flexv::core
