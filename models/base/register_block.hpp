// SPDX-License-Identifier: Apache-2.0
// What every block has that is a window of registers and what they set going: two ways in, the bank
// and its reset.
#pragma once

#include "base/register.hpp"

#include <utility>

namespace flexv {

class RegisterBlock : public Module {
public:
    BusTarget::Socket bus_in{"bus_in"};    ///< for masters on a bus
    BusTarget::Export data_in{"data_in"};  ///< the cycle-exact way, for cores of the cluster

    void reset() override { bank_.reset(); }
    void serialize(StateArchive& archive) override { bank_.serialize(archive); }
    [[nodiscard]] const RegisterBank& registers() const { return bank_; }

protected:
    /// \param bank its clock is `clock`, whatever it says
    /// \param bank_name of the bank in messages, behind that of the block
    RegisterBlock(const sc_core::sc_module_name& name, ClockDomain& clock, BankConfig bank,
                  const char* bank_name = "regs")
        : Module(name), clock_(clock), bank_(*this, bank_name, clocked(std::move(bank), clock)) {
        bank_.serve(bus_in, data_in);
    }

    ClockDomain& clock_;
    RegisterBank bank_;

private:
    static BankConfig clocked(BankConfig bank, const ClockDomain& clock) {
        bank.clock = &clock;
        return bank;
    }
};

}  // namespace flexv
