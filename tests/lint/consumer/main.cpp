// SPDX-License-Identifier: Apache-2.0
// Runs a firmware image on the platform beside a module of the consumer's own, which has a clock of
// its own.
#include "platform/config/configuration_reader.hpp"
#include "platform/firmware/elf.hpp"
#include "platform/system/soc.hpp"

#include <fmt/format.h>

#include <systemc>

struct Neighbour : sc_core::sc_module {
    explicit Neighbour(const sc_core::sc_module_name& name) : sc_module(name) {
        SC_HAS_PROCESS(Neighbour);
        SC_THREAD(tick);
    }
    void tick() {
        for (;; ++ticks)
            wait(1, sc_core::SC_US);
    }
    unsigned ticks = 0;
};

int sc_main(int /*argc*/, char* argv[]) {
    using namespace flexv::platform;
    const ElfImage image = ElfImage::read(argv[1]);
    Soc soc("soc", load_configuration("", {}).values);
    Neighbour neighbour("neighbour");

    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    soc.load(image);
    soc.boot(image.entry());
    sc_core::sc_start();

    fmt::print("{} cycles, {} us\n", soc.end(), neighbour.ticks);
    return soc.exit_code() == 0U && neighbour.ticks > 0 ? 0 : 1;
}
