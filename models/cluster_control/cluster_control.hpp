// SPDX-License-Identifier: Apache-2.0
// The control unit of the cluster: starts cores, holds their boot addresses, and tells the outside
// that the program has ended.
#pragma once

#include "base/call_port.hpp"
#include "base/register_block.hpp"

namespace flexv::cluster_control {

class ClusterControl final : public RegisterBlock {
public:
    static constexpr unsigned kMaxCores = 16;

    struct Config {
        unsigned core_count = 8;         ///< 1..16
        u32 boot_address = 0x1c00'0000;  ///< of every core after reset
    };

    static constexpr Field eoc{.name = "EOC", .doc = "The program has ended."};
    static constexpr Field low_prio_max_stall{
        .name = "LOW_PRIO_MAX_STALL",
        .lsb = 0,
        .width = 8,
        .doc = "Cycles after which the low-priority side of the TCDM is served."};
    static constexpr Field invert_prio{
        .name = "INVERT_PRIO", .lsb = 8, .doc = "Exchanges the priorities of the two sides."};
    static constexpr Field hwpe_enable{
        .name = "HWPE_EN", .lsb = 11, .doc = "Clock of the accelerator."};
    static constexpr Field fregfile_disable{
        .name = "FREGFILE_DISABLE", .lsb = 12, .doc = "No floating-point registers."};
    static constexpr Field hwpe_select{
        .name = "HWPE_SEL", .lsb = 13, .width = 3, .doc = "Accelerator in use."};
    static constexpr Field dma_enable{.name = "IDMA_EN", .lsb = 17, .reset = 1, .doc = "DMA on."};
    static constexpr Field gate_enable{
        .name = "EN", .doc = "The cluster's clock may stop while everything is idle."};
    static constexpr Field policy{.name = "POLICY", .doc = "0 round robin, 1 fixed priority."};

    /// Fetch enable of one core changed by an access in cycle `now`.
    CallPort<void(unsigned core, bool enabled, Cycles now)> fetch_enable_out{"fetch_enable_out"};
    /// EOC went from 0 to 1 in cycle `now`.
    CallPort<void(u32 return_value, Cycles now)> end_of_computation_out{"end_of_computation_out"};

    ClusterControl(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    /// What the fetch-enable pin does: starts the cores of `core_mask` together in cycle `now`.
    void enable_fetch(u32 core_mask, Cycles now);
    void set_boot_address(unsigned core, Address address) { boot_addr_[core].set(address); }
    void set_return_value(u32 value) { return_.set(value); }

    /// Where `core` starts: bit 0 is ignored.
    [[nodiscard]] Address boot_address(unsigned core) const {
        return boot_addr_[core].value() & ~u32{1};
    }
    [[nodiscard]] bool fetch_enabled(unsigned core) const {
        return (fetch_en_.value() >> core & 1) != 0;
    }
    [[nodiscard]] u32 return_value() const { return return_.value(); }
    [[nodiscard]] bool end_of_computation() const { return eoc_[eoc] != 0; }
    [[nodiscard]] bool clock_gating_enabled() const { return clk_gate_[gate_enable] != 0; }
    /// Arbitration of the TCDM as the program asks for it: fixed priority instead of round robin.
    [[nodiscard]] bool core_side_fixed_priority() const { return tcdm_arb_ch0_[policy] != 0; }
    [[nodiscard]] bool dma_side_fixed_priority() const { return tcdm_arb_ch1_[policy] != 0; }
    [[nodiscard]] unsigned low_priority_max_stall() const {
        return cluster_cfg_[low_prio_max_stall];
    }
    [[nodiscard]] bool inverts_priority() const { return cluster_cfg_[invert_prio] != 0; }

private:
    void change_fetch_enable(u32 old, u32 enabled, Cycles now);
    void change_end_of_computation(u32 old);
    [[nodiscard]] Field core_mask(std::string_view doc) const {
        return {.name = "CORES", .lsb = 0, .width = config_.core_count, .doc = doc};
    }

    const Config config_;

    Register eoc_{bank_,
                  {.offset = 0x00,
                   .name = "EOC",
                   .doc = "End of computation.",
                   .fields = {eoc},
                   .on_write = [this](u32 old, u32) { change_end_of_computation(old); }}};
    Register fetch_en_{
        bank_,
        {.offset = 0x08,
         .name = "FETCH_EN",
         .doc = "A rising bit starts the core at its boot address.",
         .fields = {core_mask("1 = fetches.")},
         .on_write = [this](u32 old, u32 now) { change_fetch_enable(old, now, bank_.now()); }}};
    Register event_{bank_,
                    {.offset = 0x10,
                     .name = "EVENT",
                     .doc = "Connected to nothing.",
                     .access = Access::write_only,
                     .fields = {{.name = "EVENT"}}}};
    Register cluster_cfg_{bank_,
                          {.offset = 0x18,
                           .name = "CLUSTER_CFG",
                           .doc = "Interconnect priority and accelerator enables.",
                           .fields = {low_prio_max_stall, invert_prio, hwpe_enable,
                                      fregfile_disable, hwpe_select, dma_enable}}};
    Register clk_gate_{bank_,
                       {.offset = 0x20,
                        .name = "CLK_GATE",
                        .doc = "Automatic gating of the cluster's clock.",
                        .fields = {gate_enable}}};
    Register dbg_status_resume_{bank_,
                                {.offset = 0x28,
                                 .name = "DBG_STATUS_RESUME",
                                 .doc = "Old debug unit, not modelled: no core is halted, a "
                                        "write resumes none.",
                                 .fields = {core_mask("1 = halted.")},
                                 .on_read = [] { return u32{0}; }}};
    Register dbg_halt_mask_{bank_,
                            {.offset = 0x38,
                             .name = "DBG_HALT_MASK",
                             .doc = "Old debug unit, without effect.",
                             .fields = {core_mask("Halts together.")}}};
    RegisterArray boot_addr_{bank_,
                             {.offset = 0x40,
                              .name = "BOOT_ADDR",
                              .doc = "Start of a core, taken when its fetch enable rises.",
                              .count = kMaxCores,
                              .fields = {whole_word_reset(config_.boot_address)}}};
    Register tcdm_arb_ch0_{bank_,
                           {.offset = 0x80,
                            .name = "TCDM_ARB_CH0",
                            .doc = "Arbitration of the core side.",
                            .fields = {policy}}};
    Register tcdm_arb_ch1_{bank_,
                           {.offset = 0x88,
                            .name = "TCDM_ARB_CH1",
                            .doc = "Arbitration of the DMA side.",
                            .fields = {policy}}};
    Register tcdm_arb_ch0_rep_{bank_,
                               {.offset = 0xc0,
                                .name = "TCDM_ARB_CH0_REP",
                                .doc = "Mirror of TCDM_ARB_CH0.",
                                .fields = {policy},
                                .on_read = [this] { return tcdm_arb_ch0_.value(); },
                                .on_write = [this](u32, u32 now) { tcdm_arb_ch0_.set(now); }}};
    Register tcdm_arb_ch1_rep_{bank_,
                               {.offset = 0xc8,
                                .name = "TCDM_ARB_CH1_REP",
                                .doc = "Mirror of TCDM_ARB_CH1.",
                                .fields = {policy},
                                .on_read = [this] { return tcdm_arb_ch1_.value(); },
                                .on_write = [this](u32, u32 now) { tcdm_arb_ch1_.set(now); }}};
    Register return_{bank_,
                     {.offset = 0x100,
                      .name = "RETURN",
                      .doc = "Result of the program: bit 31 and the exit code.",
                      .fields = {whole_word}}};
};

}  // namespace flexv::cluster_control
