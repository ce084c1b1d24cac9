// SPDX-License-Identifier: Apache-2.0
#include "virtual_stdout/virtual_stdout.hpp"

#include "base/console.hpp"

namespace flexv::virtual_stdout {

VirtualStdout::VirtualStdout(const sc_core::sc_module_name& name, ClockDomain& clock,
                             const Config& config)
    : RegisterBlock(name, clock,
                    {.size_bytes = 0x1000,
                     .merges_narrow_writes = true,
                     .fold = [](u32 offset) { return offset & ~u32{7}; }},
                    "window"),
      lines_(config.sink ? config.sink : console::put) {}

/// (core << 3) + (cluster << 7), docs/spec/firmware_abi.md section 5.
void VirtualStdout::put(unsigned place, u32 value) {
    ++characters_;
    lines_.put({place / kCores, place % kCores}, char(value & 0xff));
}

}  // namespace flexv::virtual_stdout
