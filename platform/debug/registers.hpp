// SPDX-License-Identifier: Apache-2.0
// The registers that a debugger sees, one row for each, and the target description that tells it of
// them.
#pragma once

#include "core/core.hpp"

#include <optional>
#include <string>
#include <vector>

namespace flexv::platform {

/// Registers of all cores by the numbers of the protocol: x0 to x31, pc, the neural-network
/// registers, and the CSRs under the names of isa/csr.hpp.
class DebugRegisters {
public:
    static constexpr unsigned kPc = 32;

    /// \param cores those CSRs exist that one of them has
    explicit DebugRegisters(const std::vector<core::Core*>& cores);

    [[nodiscard]] unsigned count() const { return unsigned(rows_.size()); }
    /// nullopt for a CSR that `core` does not have.
    [[nodiscard]] std::optional<u32> value(core::Core& core, unsigned number) const;
    /// False for x0, a register that the core does not have, and a pc that cannot be changed now.
    [[nodiscard]] bool set(core::Core& core, unsigned number, u32 value) const;
    /// XML of GDB's manual, appendix "Target Descriptions".
    [[nodiscard]] std::string description() const;

private:
    enum class Kind : u8 { general, pc, weight, activation, csr };
    struct Row {
        std::string name;
        Kind kind = Kind::general;
        unsigned index = 0;  ///< in its kind; of a CSR its number
    };

    void add_csrs(const std::vector<core::Core*>& cores);
    [[nodiscard]] std::string feature(const char* name, const std::vector<Kind>& kinds) const;

    std::vector<Row> rows_;  // [number]
};

}  // namespace flexv::platform
