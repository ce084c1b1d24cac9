// SPDX-License-Identifier: Apache-2.0
// How a TLM-2.0 payload carries its cause through buses and clock crossings that know nothing of
// it.
#pragma once

#include "base/cause.hpp"

#include <tlm>

namespace flexv {

/// The cause of a TLM-2.0 payload. It belongs to the initiator and goes wherever the payload goes;
/// masters that know nothing of it leave it out.
struct CauseExtension final : tlm::tlm_extension<CauseExtension> {
    Cause cause;

    [[nodiscard]] tlm::tlm_extension_base* clone() const override {
        return new CauseExtension(*this);  // the protocol of tlm_extension: the payload deletes it
    }
    void copy_from(const tlm::tlm_extension_base& other) override {
        cause = static_cast<const CauseExtension&>(other).cause;
    }
};

[[nodiscard]] inline Cause cause_of(const tlm::tlm_generic_payload& trans) {
    const auto* const extension = trans.get_extension<CauseExtension>();
    return extension == nullptr ? Cause{} : extension->cause;
}

}  // namespace flexv
