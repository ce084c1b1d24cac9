// SPDX-License-Identifier: Apache-2.0
#include "virtual_stdout/virtual_stdout.hpp"

#include <cstdio>

namespace flexv::virtual_stdout {

namespace {

void write_to_stdout(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

}  // namespace

VirtualStdout::VirtualStdout(const sc_core::sc_module_name& name, ClockDomain& clock,
                             const Config& config)
    : Module(name),
      lines_(config.sink ? config.sink : write_to_stdout),
      window_(*this, clock, config.latency_cycles) {
    window_.serve(bus_in, data_in);
}

BusAnswer VirtualStdout::Window::perform(const BusAccess& access) {
    if (!access.is_write || access.is_debug)
        return {};
    // (core << 3) + (cluster << 7), spec/firmware_abi.md section 5.
    const unsigned core = access.offset >> 3 & 0xf;
    const unsigned cluster = access.offset >> 7 & 0x1f;
    ++owner_.characters_;
    owner_.lines_.put({cluster, core}, char(access.data & 0xff));
    return {};
}

}  // namespace flexv::virtual_stdout
