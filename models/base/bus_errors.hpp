// SPDX-License-Identifier: Apache-2.0
// What comes of an access that nobody answers.
#pragma once

#include "base/units.hpp"

namespace flexv {

enum class BusErrors : u8 {
    fault,    ///< it ends the run
    respond,  ///< an error slave answers, as on the chips: reads give a fixed word, writes are lost
};

/// Of the SoC, source: pulp_soc, tcdm_error_slave.sv. The cores ignore the error flag beside it.
inline constexpr u32 kSocErrorWord = 0xbada'cce5;
/// Of a slot of the cluster without a peripheral, source: pulp_cluster, cluster_peripherals.sv,
/// port SPER_ERROR_ID.
inline constexpr u32 kClusterErrorWord = 0xbadc'ab7e;

/// The byte of an error slave's answer that lies at `address`: it has one word for every word.
constexpr u8 error_byte(u32 word, u64 address) { return u8(word >> (8 * (address % 4))); }

}  // namespace flexv
