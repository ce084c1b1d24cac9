// SPDX-License-Identifier: Apache-2.0
// A stand-in for the unit that couples cores for redundancy: all cores are independent. It exists
// because firmware takes its barrier mask from it.
#pragma once

#include "base/register_block.hpp"

namespace flexv::hmr {

class Hmr final : public RegisterBlock {
public:
    struct Config {
        unsigned core_count = 8;  ///< 1..31
    };

    Hmr(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

private:
    const Config config_;
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
