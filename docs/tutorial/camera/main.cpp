// SPDX-License-Identifier: Apache-2.0
// The platform with a camera: camera FIRMWARE.elf
#include "camera.hpp"

#include <flexv/flexv.hpp>
#include <iostream>

int sc_main(int argc, char* argv[]) {
    if (argc != 2) {
        std::cerr << "usage: camera FIRMWARE.elf\n";
        return 1;
    }
    // Lines reach the memory at most 100 ns behind their time.
    tlm::tlm_global_quantum::instance().set(sc_core::sc_time(100, sc_core::SC_NS));

    flexv::Configuration configuration;
    configuration.set("soc.external_out",
                      R"([{"name": "camera", "base": "0x1a400000", "size_bytes": "4 KiB"}])");
    flexv::Platform chip("chip", configuration, argv[1]);
    Camera camera("camera");
    sc_core::sc_signal<bool> frame("frame");

    chip.external_out("camera").bind(camera.registers_in);
    camera.pixels_out.bind(chip.external_in("camera"));
    camera.frame_out.bind(frame);
    chip.soc_event_in(40).bind(frame);
    chip.add_counter("camera", "lines", "lines written to memory", [&] { return camera.lines(); });
    return chip.run();
}
