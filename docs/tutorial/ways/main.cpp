// SPDX-License-Identifier: Apache-2.0
// The platform with an alarm of ours: ways module|rtl QUANTUM FIRMWARE.elf [OPTION of `flexv-vp
// run`...]
#include "ApbAlarm.h"
#include "alarm.hpp"
#include "apb_block.hpp"

#include <cstdio>
#include <flexv/flexv.hpp>
#include <string>

namespace {

template <typename Device>
int run(flexv::Platform& chip, Device& device) {
    sc_core::sc_signal<bool> wire("wire");
    chip.external_out("alarm").bind(device.in);
    device.irq_out.bind(wire);
    chip.line_in(12).bind(wire);
    return chip.run();
}

}  // namespace

int sc_main(int argc, char* argv[]) {
    if (argc < 4) {
        std::fprintf(stderr, "usage: ways module|rtl QUANTUM FIRMWARE.elf [OPTION...]\n");
        return 1;
    }
    flexv::Configuration configuration;
    configuration.set("clock.mhz", "500").set("simulation.quantum_cycles", argv[2]);
    configuration.set("soc.external_out",
                      R"([{"name": "alarm", "base": "0x20000000", "size_bytes": "4 KiB"}])");
    flexv::Platform chip("chip", configuration, argv[3]);
    chip.ask({argv + 4, argv + argc});
    if (std::string(argv[1]) == "rtl") {
        ApbBlock<ApbAlarm> block("block", sc_core::sc_time(10, sc_core::SC_NS), {});
        return run(chip, block);
    }
    Alarm alarm("alarm");
    return run(chip, alarm);
}
