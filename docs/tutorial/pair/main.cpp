// SPDX-License-Identifier: Apache-2.0
// Two platforms that share a memory and signal each other: pair LEFT.elf RIGHT.elf
#include "shared_memory.hpp"

#include <algorithm>
#include <flexv/flexv.hpp>
#include <iostream>

namespace {

constexpr unsigned kSoftwareEvent = 160;  // bit 0 of the SoC event generator's EVENT register
constexpr unsigned kLine = 12;            // of the event unit

/// A software event of `from` is an event of all cores of `to`.
void connect(flexv::Platform& from, flexv::Platform& to, sc_core::sc_signal<bool>& wire) {
    from.soc_event_out(kSoftwareEvent).bind(wire);
    to.line_in(kLine).bind(wire);
}

int tell(flexv::Platform& chip) {
    const int status = chip.finish();  // concludes a deadlock, which only the owner can do
    const flexv::Result result = chip.result();
    std::cerr << chip.name() << ": " << result.outcome << ' ' << result.exit_code << " after "
              << result.cycles << " cycles\n";
    return status;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
    if (argc != 3) {
        std::cerr << "usage: pair LEFT.elf RIGHT.elf\n";
        return 1;
    }
    flexv::Configuration configuration;
    configuration.set("soc.external_out",
                      R"([{"name": "shared", "base": "0x20000000", "size_bytes": "64 KiB"}])");
    flexv::Platform left("left", configuration, argv[1]);
    configuration.set("clock.mhz", "250");
    flexv::Platform right("right", configuration, argv[2]);
    for (flexv::Platform* const chip : {&left, &right})
        chip->ask({"--quiet"});
    SharedMemory memory("memory", 64 << 10);
    sc_core::sc_signal<bool> to_right("to_right");
    sc_core::sc_signal<bool> to_left("to_left");

    left.external_out("shared").bind(memory.in);
    right.external_out("shared").bind(memory.in);
    connect(left, right, to_right);
    connect(right, left, to_left);
    left.add_counter("shared_memory", "bytes", "bytes of both chips",
                     [&] { return memory.bytes_moved(); });

    sc_core::sc_start();  // ends with the later one of the two
    const int status_of_left = tell(left);
    const int status_of_right = tell(right);
    return std::max(status_of_left, status_of_right);
}
