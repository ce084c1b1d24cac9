// SPDX-License-Identifier: Apache-2.0
// The platform with a block in SystemVerilog: rtl FIRMWARE.elf RTL.vcd [OPTION of `flexv-vp
// run`...]
#include "ApbGcd.h"
#include "apb_block.hpp"

#include <flexv/flexv.hpp>
#include <iostream>

int sc_main(int argc, char* argv[]) {
    if (argc < 3) {
        std::cerr << "usage: rtl FIRMWARE.elf RTL.vcd [OPTION...]\n";
        return 1;
    }
    flexv::Configuration configuration;
    configuration.set("soc.external_out",
                      R"([{"name": "gcd", "base": "0x1a400000", "size_bytes": "4 KiB"}])");
    flexv::Platform chip("chip", configuration, argv[1]);
    chip.ask({argv + 3, argv + argc});
    ApbBlock<ApbGcd> gcd("gcd", sc_core::sc_time(10, sc_core::SC_NS), argv[2]);
    sc_core::sc_signal<bool> done("done");

    chip.external_out("gcd").bind(gcd.in);
    gcd.irq_out.bind(done);
    chip.line_in(13).bind(done);
    return chip.run();
}
