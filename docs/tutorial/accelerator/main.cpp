// SPDX-License-Identifier: Apache-2.0
// The platform with a CRC engine of somebody else's on its bus: accelerator FIRMWARE.elf
// REPORT.json
#include "CrcEngine.h"

#include <flexv/flexv.hpp>
#include <fstream>

int sc_main(int argc, char* argv[]) {
    if (argc != 3) {
        std::cerr << "usage: accelerator FIRMWARE.elf REPORT.json\n";
        return 1;
    }
    flexv::Configuration configuration;
    configuration.set("soc.external_out",
                      R"([{"name": "crc", "base": "0x20000000", "size_bytes": "4 KiB"}])");
    flexv::Platform chip("chip", configuration, argv[1]);
    CrcEngine engine("engine");
    sc_core::sc_signal<bool> done("done");

    chip.external_out("crc").bind(engine.socket);
    engine.irq.bind(done);
    chip.line_in(12).bind(done);
    chip.add_counter(
        "crc", "bytes", "bytes that the engine has read", [&] { return engine.bytesDone(); }, 0.3,
        "assumed for this example");

    const int status = chip.run();
    std::ofstream(argv[2]) << chip.report();
    return status;
}
