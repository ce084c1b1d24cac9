// SPDX-License-Identifier: Apache-2.0
// Four cores and a bus master around one event unit.
#pragma once

#include "event_unit/event_unit.hpp"

#include "support/bus_contract.hpp"

#include <catch2/catch.hpp>

#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace flexv::test {

constexpr u32 line(unsigned number) { return u32{1} << number; }

/// The interrupt input of a core.
struct InterruptInput final : InterruptTarget {
    void interrupt(Cycles cycle, bool asserted, unsigned number) override {
        since = cycle;
        is_asserted = asserted;
        id = number;
    }

    Cycles since = 0;
    bool is_asserted = false;
    unsigned id = 0;
};

struct EventUnitBench {
    static constexpr unsigned kCores = 4;

    explicit EventUnitBench(event_unit::Config config = {}) : unit("unit", clock, with(config)) {
        for (unsigned core = 0; core < kCores; ++core) {
            cores.emplace_back(core);
            inputs.emplace_back();
            unit.interrupt_out[core](inputs.back());
        }
        bus.out.bind(unit.bus_in);
        elaborate();
        clock.timeline.run_until(10);
    }

    /// Lets everything below `cycle` happen.
    void run_to(Cycles cycle) { clock.timeline.run_until(cycle); }
    /// Asks in the present cycle; the answer may come later.
    void ask(unsigned core, u32 offset, bool is_event_load = true) {
        begin(core, {.address = 0x1020'4000 + offset, .is_event_load = is_event_load});
    }
    /// A register that answers at once; the cycle is over afterwards.
    u32 read(unsigned core, u32 offset) {
        ask(core, offset, false);
        REQUIRE(cores[core].granted_at == clock.timeline.now());
        step();
        return cores[core].data;
    }
    void write(unsigned core, u32 offset, u32 data) {
        begin(core, {.address = 0x1020'4000 + offset, .data = data, .is_write = true});
        step();
    }
    void step() { run_to(clock.timeline.now() + 1); }
    [[nodiscard]] Cycles now() const { return clock.timeline.now(); }
    [[nodiscard]] std::optional<Cycles> granted(unsigned core) const {
        return cores[core].granted_at;
    }

    ClockDomain clock;
    event_unit::EventUnit unit;
    std::deque<DataMaster> cores;
    std::deque<InterruptInput> inputs;
    BusMaster bus{"bus"};

private:
    static event_unit::Config with(event_unit::Config config) {
        config.core_count = kCores;
        return config;
    }
    void begin(unsigned core, const DataRequest& request) {
        cores[core].granted_at.reset();
        unit.core_in->request(cores[core], request, clock.timeline.now());
    }
};

}  // namespace flexv::test
