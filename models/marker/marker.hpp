// SPDX-License-Identifier: Apache-2.0
// The device that timing programs talk to: start and stop of a measurement, the end of the run, an
// interrupt after a chosen time, a meeting point of all harts. It belongs to a test bench and is
// wired to the cores themselves; no chip has it.
#pragma once

#include "base/call_port.hpp"
#include "base/clock_domain.hpp"
#include "base/data_port.hpp"
#include "base/module.hpp"
#include "marker/measurement.hpp"

#include <tlm_utils/simple_initiator_socket.h>

#include <optional>
#include <string>
#include <vector>

namespace flexv::marker {

class Marker final : public Module, public DataTarget, public InterruptSource, private Agent {
public:
    struct Config {
        unsigned core_count = 1;
        Address base = 0x1a10'f000;  ///< of the device; source: tests/reference/timing/README.md
    };

    static constexpr Address kBytes = 4096;
    static constexpr unsigned kInterruptLine = 3;
    using InterruptPort = sc_core::sc_port<InterruptTarget, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;
    using AcknowledgePort = sc_core::sc_port<InterruptSource, 1, sc_core::SC_ZERO_OR_MORE_BOUND>;

    sc_core::sc_export<DataTarget> core_in{"core_in"};
    /// [core]; may stay unbound.
    sc_core::sc_vector<InterruptPort> interrupt_out;
    sc_core::sc_export<InterruptSource> interrupt_ack_in{"interrupt_ack_in"};
    /// Acknowledges of interrupts that are not the device's.
    AcknowledgePort interrupt_ack_out{"interrupt_ack_out"};
    /// Serves addresses outside of the device as fast as the device itself: the single-core bench
    /// has such a memory at every address. May stay unbound.
    tlm_utils::simple_initiator_socket_optional<Marker> memory_out{"memory_out"};

    /// Asks what hart `index` has counted so far.
    CallPort<HartSample(unsigned index)> sample_out{"sample_out"};
    /// Every hart has exited: the first exit value that is not 0, else 0.
    CallPort<void(u32 code, Cycles now)> exit_out{"exit_out"};

    Marker(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);
    void reset() override;
    void serialize(StateArchive& archive) override { archive(harts_, exit_code_); }

    void request(DataInitiator& initiator, const DataRequest& request, Cycles now) override;
    void cancel(DataInitiator& initiator, Cycles now) override;
    [[nodiscard]] std::string waits_for(const DataInitiator& initiator) const override;
    void acknowledge(unsigned core, unsigned id, Cycles now) override;

private:
    struct Hart {
        Measurement measurement;
        DataInitiator* waiting = nullptr;  ///< at the meeting point
        std::optional<u32> exit_value;
        Cycles line_rises = kNever;  ///< first cycle of the interrupt that is armed
        bool is_line_high = false;

        void serialize(StateArchive& archive) {
            archive(measurement, waiting, exit_value, line_rises, is_line_high);
        }
    };

    void act(Cycles now) override;
    void store(unsigned index, Address offset, u32 value, Cycles now);
    void exit(unsigned index, u32 value, Cycles now);
    void arm_interrupt(unsigned index, Cycles delay, Cycles now);
    void lower_line(unsigned index, Cycles now);
    void access_memory(DataInitiator& initiator, const DataRequest& request, Cycles now);
    [[nodiscard]] bool has_everybody(bool (*is_there)(const Hart&)) const;
    void release_if_complete(Cycles now);
    void add_counters(unsigned index);

    const Config config_;
    ClockDomain& clock_;
    std::vector<Hart> harts_;
    u32 exit_code_ = 0;
};

}  // namespace flexv::marker
