// SPDX-License-Identifier: Apache-2.0
// A DMA between a TCDM and an external memory, and harts that program it cycle by cycle, as the
// set-up of reference/timing/dma_cycles.csv has them.
#pragma once

#include "dma/dma.hpp"
#include "support/bus_master.hpp"
#include "support/counters.hpp"
#include "tcdm/tcdm.hpp"

#include <tlm_utils/simple_target_socket.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstring>
#include <deque>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace flexv::dma {

inline constexpr u32 kCmd = 0x0;
inline constexpr u32 kStatus = 0x4;

/// One access of a hart to the DMA.
struct Step {
    u32 offset = kCmd;
    u32 data = 0;
    bool is_write = false;
};

inline std::vector<Step> steps_for(const Command& command) {
    unsigned count = 0;
    const auto words = encode(command, count);
    std::vector<Step> steps;
    for (unsigned i = 0; i < count; ++i)
        steps.push_back({.data = words[i], .is_write = true});
    return steps;
}

/// Carries out steps, each in the cycle after the grant of the one before.
class Programmer final : public DataInitiator, public Agent {
public:
    Programmer(ClockDomain& clock, unsigned port) : clock_(clock), port_(port) {
        clock.timeline.add(*this);
    }

    void start(DataTarget& target, std::vector<Step> steps, Cycles cycle) {
        target_ = &target;
        steps_.assign(steps.begin(), steps.end());
        clock_.timeline.schedule(*this, cycle);
    }
    /// After the steps reads STATUS every `period` cycles until no identifier is active.
    void poll_every(Cycles period) { poll_period_ = period; }

    void act(Cycles now) override {
        const Step step = steps_.empty() ? Step{.offset = kStatus} : steps_.front();
        target_->request(
            *this, {.address = step.offset, .data = step.data, .is_write = step.is_write}, now);
    }
    void granted(Cycles now, u32 data) override {
        grants.emplace_back(now, data);
        const bool is_poll = steps_.empty();
        if (!is_poll)
            steps_.pop_front();
        const bool goes_on = is_poll ? (data & 0xffff) != 0 : !steps_.empty() || poll_period_ != 0;
        if (goes_on)
            clock_.timeline.schedule(*this, now + (is_poll ? poll_period_ : 1));
    }
    void refused(Cycles /*now*/, const std::string& what) override { refusal = what; }
    [[nodiscard]] unsigned port() const override { return port_; }

    std::vector<std::pair<Cycles, u32>> grants;  ///< cycle, data
    std::string refusal;

private:
    ClockDomain& clock_;
    const unsigned port_;
    DataTarget* target_ = nullptr;
    std::deque<Step> steps_;
    Cycles poll_period_ = 0;
};

/// Accepts every address at once, one 8-byte beat a cycle, the first `latency_cycles` after the
/// address; the same from the last data to the response.
class IdealMemory final : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<IdealMemory> bus_in{"bus_in"};

    IdealMemory(const sc_core::sc_module_name& name, const ClockDomain& clock,
                std::size_t size_bytes)
        : sc_core::sc_module(name), bytes(size_bytes), clock_(clock) {
        bus_in.register_b_transport(this, &IdealMemory::b_transport);
    }

    std::vector<u8> bytes;
    Cycles latency_cycles = 10;
    unsigned transactions = 0;

private:
    void b_transport(tlm::tlm_generic_payload& trans, sc_core::sc_time& delay) {
        const u64 address = trans.get_address();
        const unsigned length = trans.get_data_length();
        ++transactions;
        if (address + length > bytes.size()) {
            trans.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
            return;
        }
        if (trans.is_read())
            std::memcpy(trans.get_data_ptr(), bytes.data() + address, length);
        else
            std::memcpy(bytes.data() + address, trans.get_data_ptr(), length);
        const Cycles beats{(address % 8 + length + 7) / 8};
        delay += clock_.period * double(latency_cycles + beats - 1);
        trans.set_response_status(tlm::TLM_OK_RESPONSE);
    }

    const ClockDomain& clock_;
};

/// A pulse of the DMA.
struct Pulse {
    unsigned port = 0;
    unsigned line = 0;
    Cycles cycle = 0;
    bool operator==(const Pulse&) const = default;
};

struct Bench {
    static constexpr std::size_t kMemoryBytes = 0x4'0000;  ///< seen from external address 0

    ClockDomain clock;
    tcdm::Tcdm tcdm;
    IdealMemory memory{"memory", clock, kMemoryBytes};
    Mchan dma;
    test::BusMaster host{"host"};                ///< at the cluster's port, from outside
    test::BusMaster fabric_host{"fabric_host"};  ///< at the fabric controller's
    test::BusMaster tcdm_host{"tcdm_host"};
    std::vector<std::unique_ptr<Programmer>> harts;
    std::vector<Pulse> pulses;
    std::vector<std::string> faults;

    explicit Bench(const Mchan::Config& config = {})
        : tcdm("tcdm", clock, {.port_count = config.tcdm_ports() > 4 ? 32U : 16U}),
          dma("dma", clock, with_ports(config)) {
        host.out.bind(dma.bus_in);
        fabric_host.out.bind(dma.fabric_bus_in);
        tcdm_host.out.bind(tcdm.bus_in);
        dma.tcdm_out.bind(tcdm.initiators_in);
        dma.external_out.bind(memory.bus_in);
        dma.event_out.connect([this](unsigned port, unsigned line, Cycles cycle) {
            pulses.push_back({.port = port, .line = line, .cycle = cycle});
        });
        dma.fault_out.connect(
            [this](const Cause&, const std::string& what) { faults.push_back(what); });
        for (unsigned hart = 0; hart < config.core_count; ++hart)
            harts.push_back(std::make_unique<Programmer>(clock, hart));
        test::elaborate();
    }

    /// The DMA at the last ports of the crossbar.
    static Mchan::Config with_ports(Mchan::Config config) {
        config.first_tcdm_port = (config.tcdm_ports() > 4 ? 32 : 16) - config.tcdm_ports();
        return config;
    }
    /// Hart `hart` allocates an identifier in `cycle` and pushes the commands under it.
    void program(unsigned hart, Cycles cycle, const std::vector<Command>& commands) {
        std::vector<Step> steps = {{.offset = kCmd}};
        for (const Command& command : commands)
            std::ranges::copy(steps_for(command), std::back_inserter(steps));
        harts.at(hart)->start(dma.core_in, steps, cycle);
    }
    /// Until nothing is left to do; false when that takes more than a million cycles.
    bool run() {
        const Cycles end = clock.timeline.now() + 1'000'000;
        while (!clock.timeline.is_idle() && clock.timeline.now() < end)
            clock.timeline.run_until(std::min(end, clock.timeline.now() + 1000));
        return clock.timeline.is_idle();
    }

    /// Back to cycle 0; the memories keep their contents.
    void reset() {
        tcdm.reset();
        dma.reset();
        clock.timeline.reset();
        for (auto& hart : harts)
            hart->grants.clear();
        pulses.clear();
        faults.clear();
    }

    void set_tcdm(u32 offset, const std::vector<u8>& data) {
        std::memcpy(tcdm.storage() + offset, data.data(), data.size());
    }
    [[nodiscard]] std::vector<u8> get_tcdm(u32 offset, std::size_t bytes) {
        std::vector<u8> data(bytes);
        std::memcpy(data.data(), tcdm.storage() + offset, bytes);
        return data;
    }
};

}  // namespace flexv::dma
