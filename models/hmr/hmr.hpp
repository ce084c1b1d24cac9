// SPDX-License-Identifier: Apache-2.0
// A stand-in for the unit that couples cores for redundancy: all cores are independent. It exists
// because firmware takes its barrier mask from it.
#pragma once

#include "base/register.hpp"

namespace flexv::hmr {

class Hmr final : public Module {
public:
    struct Config {
        unsigned core_count = 8;      ///< 1..31
        unsigned latency_cycles = 1;  ///< grant to answer
    };

    BusTarget::Socket bus_in{"bus_in"};
    BusTarget::Export data_in{"data_in"};

    Hmr(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override { bank_.reset(); }
    [[nodiscard]] const RegisterBank& registers() const { return bank_; }

private:
    const Config config_;
    ClockDomain& clock_;
    RegisterBank bank_{*this,
                       "regs",
                       {.size_bytes = 0x400,
                        .latency_cycles = config_.latency_cycles,
                        .unmapped = Unmapped::read_zero_and_warn,
                        .clock = &clock_}};

    Register avail_config_{bank_,
                           {.offset = 0x000,
                            .name = "AVAIL_CONFIG",
                            .doc = "Modes of coupling; none here.",
                            .access = Access::read_only,
                            .fields = {{.name = "INDEPENDENT", .lsb = 0},
                                       {.name = "DUAL", .lsb = 1},
                                       {.name = "TRIPLE", .lsb = 2},
                                       {.name = "RAPID_RECOVERY", .lsb = 8}}}};
    Register cores_en_{bank_,
                       {.offset = 0x004,
                        .name = "CORES_EN",
                        .doc = "Cores that run; firmware uses it as barrier mask.",
                        .access = Access::read_only,
                        .fields = {{.name = "CORES",
                                    .lsb = 0,
                                    .width = config_.core_count,
                                    .reset = (u32{1} << config_.core_count) - 1}}}};
    RegisterArray sp_store_{bank_,
                            {.offset = 0x108,
                             .name = "CORE#_SP_STORE",
                             .doc = "Stack pointer to recover from; 0 is an ordinary start.",
                             .count = config_.core_count,
                             .stride_bytes = 0x10,
                             .access = Access::read_only,
                             .fields = {whole_word}}};
};

}  // namespace flexv::hmr
