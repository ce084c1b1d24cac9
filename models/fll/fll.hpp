// SPDX-License-Identifier: Apache-2.0
// A frequency-locked loop: makes a clock out of the 32768 Hz reference. The SoC has three, for
// itself, its peripherals and the cluster.
#pragma once

#include "base/call_port.hpp"
#include "base/register_block.hpp"

namespace flexv::fll {

class Fll final : public RegisterBlock {
public:
    struct Config {
        double reference_hz = 32768;  ///< source: docs/spec/firmware_abi.md 7.1
    };

    // Positions and reset values: docs/spec/cluster_regs.csv, FLL_SOC.
    static constexpr Field multiplier{.name = "MULT",
                                      .lsb = 0,
                                      .width = 16,
                                      .reset = 0x5f5,
                                      .doc = "Reference periods are divided by this."};
    static constexpr Field dco{.name = "DCO",
                               .lsb = 16,
                               .width = 10,
                               .reset = 0x14c,
                               .doc = "Input of the oscillator in stand-alone mode, not modelled."};
    static constexpr Field divider{
        .name = "DIV", .lsb = 26, .width = 4, .reset = 1, .doc = "Divides by 2^(DIV - 1)."};
    static constexpr Field lock_enable{
        .name = "LOCK_EN", .lsb = 30, .reset = 1, .doc = "Clock only while locked."};
    static constexpr Field mode{
        .name = "MODE", .lsb = 31, .doc = "0 stand-alone, 1 follows the reference."};

    /// A write has asked for another frequency. Not told in stand-alone mode.
    CallPort<void(double hz)> frequency_out{"frequency_out"};

    Fll(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    /// What CONF1 stands for, in Hz; 0 for a multiplier of 0.
    [[nodiscard]] double frequency_hz() const;

private:
    void change_frequency();

    const Config config_;
    Register status_{bank_,
                     {.offset = 0x0,
                      .name = "STATUS",
                      .doc = "Multiplier that the clock has; the loop locks at once.",
                      .access = Access::read_only,
                      .fields = {multiplier},
                      .on_read = [this] { return conf1_[multiplier]; }}};
    Register conf1_{bank_,
                    {.offset = 0x4,
                     .name = "CONF1",
                     .doc = "Frequency: reference * MULT / 2^(DIV - 1).",
                     .fields = {multiplier, dco, divider, lock_enable, mode},
                     .on_write = [this](u32, u32) { change_frequency(); }}};
    Register conf2_{bank_,
                    {.offset = 0x8,
                     .name = "CONF2",
                     .doc = "Behaviour of the loop, without effect.",
                     .fields = {{.name = "GAIN", .lsb = 0, .width = 4, .reset = 9},
                                {.name = "DEASSERT", .lsb = 4, .width = 6, .reset = 0x10},
                                {.name = "ASSERT", .lsb = 10, .width = 6, .reset = 0x10},
                                {.name = "TOLERANCE", .lsb = 16, .width = 12, .reset = 0x200},
                                {.name = "CLK_SEL", .lsb = 29},
                                {.name = "OPEN_LOOP", .lsb = 30},
                                {.name = "DITHER", .lsb = 31}}}};
    Register integrator_{bank_,
                         {.offset = 0xc,
                          .name = "INTEGRATOR",
                          .doc = "State of the loop, storage only.",
                          .fields = {{.name = "FRACTION", .lsb = 6, .width = 10},
                                     {.name = "INTEGER", .lsb = 16, .width = 10}}}};
    Counter retunings_{*this, "retunings", "changes of the frequency by firmware"};
};

}  // namespace flexv::fll
