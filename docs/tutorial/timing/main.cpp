// SPDX-License-Identifier: Apache-2.0
// How late the platform and others meet, and how fast the simulation is, for each way to meet and
// several quanta: timing FIRMWARE.elf [ROUNDS]
#include "meter.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <flexv/flexv.hpp>
#include <string>

namespace {

constexpr double kCycleNs = 2;
constexpr std::array<unsigned, 4> kQuanta = {1, 16, 256, 1000};

struct Measured {
    double host_seconds = 0;  ///< of the processor
    double cycles = 0;
    std::vector<double> latencies_ns;
};

/// SystemC elaborates once per process: each measurement has its own, and comes back through a
/// pipe.
class Pipe {
public:
    Pipe() {
        if (pipe(ends_.data()) != 0)
            std::exit(1);
    }
    void send(const Measured& measured) const {
        put(measured.host_seconds);
        put(measured.cycles);
        for (const double latency : measured.latencies_ns)
            put(latency);
    }
    [[nodiscard]] Measured receive() const {
        close(ends_[1]);
        std::vector<double> values;
        for (double value = 0; read(ends_[0], &value, sizeof value) == sizeof value;)
            values.push_back(value);
        close(ends_[0]);
        if (values.size() < 2)
            return {};
        return {values[0], values[1], {values.begin() + 2, values.end()}};
    }

private:
    void put(double value) const {
        if (write(ends_[1], &value, sizeof value) != sizeof value)
            std::_Exit(1);
    }
    std::array<int, 2> ends_{};
};

Measured simulate(const std::string& firmware, Way way, unsigned quantum, unsigned rounds) {
    flexv::Configuration configuration;
    configuration.set("clock.mhz", "500").set("simulation.quantum_cycles", std::to_string(quantum));
    configuration.set("soc.external_out",
                      R"([{"name": "meter", "base": "0x20000000", "size_bytes": "4 KiB"}])");
    flexv::Platform chip("chip", configuration, firmware);
    chip.ask({"--quiet"});
    Meter meter("meter", way, rounds);
    sc_core::sc_signal<bool> wire("wire");
    chip.external_out("meter").bind(meter.in);
    meter.out.bind(chip.external_in("meter"));
    meter.irq_out.bind(wire);
    chip.line_in(12).bind(wire);

    const std::clock_t start = std::clock();
    sc_core::sc_start();
    const double seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
    if (chip.finish() != 0)  // has told why
        std::_Exit(1);
    return {seconds, double(chip.result().cycles), meter.latencies_ns()};
}

Measured measure(const std::string& firmware, Way way, unsigned quantum, unsigned rounds) {
    const Pipe pipe;
    std::fflush(stdout);
    const pid_t child = fork();
    if (child == 0) {
        pipe.send(simulate(firmware, way, quantum, rounds));
        std::_Exit(0);
    }
    const Measured measured = pipe.receive();
    waitpid(child, nullptr, 0);
    return measured;
}

/// Of any round, against a quantum of one cycle.
double late_cycles(const Measured& measured, const Measured& exact) {
    double most = std::abs(measured.cycles - exact.cycles);
    if (exact.latencies_ns.empty())
        return most;
    most = 0;
    for (std::size_t round = 0; round < measured.latencies_ns.size(); ++round)
        most =
            std::max(most, (measured.latencies_ns[round] - exact.latencies_ns[round]) / kCycleNs);
    return most;
}

/// \returns whether all of it was within the quantum and a turn of the firmware's loop
bool print_rows(const std::string& firmware, Way way, const char* name, unsigned rounds) {
    constexpr double kTurn = 8;  // cycles in which the firmware looks again
    bool holds = true;
    Measured exact;
    for (const unsigned quantum : kQuanta) {
        const Measured measured = measure(firmware, way, quantum, rounds);
        if (quantum == 1)
            exact = measured;
        const double late = late_cycles(measured, exact);
        holds = holds && measured.cycles > 0 && late < quantum + kTurn;
        std::printf("| %s | %u | %.0f | %.0f | %.1f |\n", name, quantum, late,
                    rounds / measured.host_seconds / 1e3,
                    measured.cycles / measured.host_seconds / 1e6);
    }
    return holds;
}

}  // namespace

int sc_main(int argc, char* argv[]) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: timing FIRMWARE.elf [ROUNDS]\n");
        return 1;
    }
    const std::string firmware = argv[1];
    const unsigned rounds = argc > 2 ? unsigned(std::atoi(argv[2])) : 2000;
    std::printf(
        "| meeting | quantum, cycles | late by at most, cycles | thousand a second of the host | "
        "Mcycle/s |\n| --- | --- | --- | --- | --- |\n");
    bool holds = true;
    for (const auto& [way, name] :
         {std::pair(Way::loads, "load from a window"),
          std::pair(Way::transfers, "1 KiB by DMA from a window"),
          std::pair(Way::polled_stores, "store of others to a polled word"),
          std::pair(Way::interrupts, "edge of others to a sleeping core")})
        holds = print_rows(firmware, way, name, rounds) && holds;
    return holds ? 0 : 1;
}
