// SPDX-License-Identifier: Apache-2.0
// The result that a program leaves in memory between two symbols, as the architecture tests of
// RISC-V do.
#pragma once

#include "platform/firmware/elf.hpp"
#include "platform/system/soc.hpp"

#include <vector>

namespace flexv::platform {

class Signature {
public:
    /// Throws UserError where the image has no symbols begin_signature and end_signature, or what
    /// lies between them is in no memory. \param soc outlives it
    Signature(Soc& soc, const ElfImage& image);

    /// What stands there now.
    [[nodiscard]] std::vector<u32> words() const;

private:
    Soc& soc_;
    std::vector<Address> addresses_;
};

}  // namespace flexv::platform
