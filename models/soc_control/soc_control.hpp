// SPDX-License-Identifier: Apache-2.0
// The control registers of the SoC: boot of the fabric controller, and the exit code of the
// program.
#pragma once

#include "base/call_port.hpp"
#include "base/register_block.hpp"

namespace flexv::soc_control {

class SocControl final : public RegisterBlock {
public:
    struct Config {
        unsigned core_count = 8;  ///< cores of all clusters, as INFO shows them
        unsigned cluster_count = 1;
        Address fc_boot_address = 0x1a00'0080;  ///< boot ROM, docs/spec/firmware_abi.md section 2
        unsigned boot_select = 1;               ///< pins: 0 SPI, 1 JTAG or preloaded, 2 HyperFlash
    };

    static constexpr Field end_of_computation{
        .name = "EOC", .lsb = 31, .doc = "Ends the simulation."};
    static constexpr Field exit_code{.name = "CODE", .lsb = 0, .width = 31, .doc = "Exit code."};
    static constexpr Field fetch_enable{.name = "EN", .reset = 1, .doc = "The FC fetches."};
    static constexpr Field cluster_running{
        .name = "RESETN", .lsb = 3, .reset = 1, .doc = "0 holds the cluster in reset."};

    /// CORESTATUS was written with `value` in cycle `now`.
    CallPort<void(u32 value, Cycles now)> core_status_out{"core_status_out"};
    /// RESETN of CLUSTER_CTRL has changed in cycle `now`: the cluster is held in reset, or let go.
    CallPort<void(bool is_held, Cycles now)> cluster_reset_out{"cluster_reset_out"};

    SocControl(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override;
    void serialize(StateArchive& archive) override;
    [[nodiscard]] Address fc_boot_address() const { return fc_boot_.value(); }
    /// What the loader does: the fabric controller starts at `address`.
    void set_fc_boot_address(Address address) { fc_boot_.set(address); }
    [[nodiscard]] u32 core_status() const { return core_status_.value(); }

private:
    void warn_of_pads();
    void change_cluster_ctrl(u32 old);

    const Config config_;
    bool has_warned_of_pads_ = false;
    Register info_{
        bank_,
        {.offset = 0x00,
         .name = "INFO",
         .doc = "Size of the chip.",
         .access = Access::read_only,
         .fields = {{.name = "CLUSTERS", .lsb = 0, .width = 16, .reset = config_.cluster_count},
                    {.name = "CORES", .lsb = 16, .width = 16, .reset = config_.core_count}}}};
    Register fc_boot_{bank_,
                      {.offset = 0x04,
                       .name = "FCBOOT",
                       .doc = "Boot address of the fabric controller.",
                       .fields = {whole_word_reset(config_.fc_boot_address)}}};
    Register fc_fetch_{bank_,
                       {.offset = 0x08,
                        .name = "FCFETCH",
                        .doc = "Fetch enable of the fabric controller; without effect.",
                        .fields = {fetch_enable}}};
    RegisterArray pad_fun_{bank_,
                           {.offset = 0x10,
                            .name = "PADFUN",
                            .doc = "Pad multiplexing, storage only.",
                            .count = 4,
                            .fields = {whole_word},
                            .on_write = [this](unsigned, u32, u32) { warn_of_pads(); }}};
    RegisterArray pad_cfg_{bank_,
                           {.offset = 0x20,
                            .name = "PADCFG",
                            .doc = "Pad configuration, storage only.",
                            .count = 16,
                            .fields = {whole_word},
                            .on_write = [this](unsigned, u32, u32) { warn_of_pads(); }}};
    Register cluster_ctrl_{bank_,
                           {.offset = 0x70,
                            .name = "CLUSTER_CTRL",
                            .doc = "Reset of the cluster; power and fetch are without effect.",
                            .fields = {{.name = "BYPASS", .lsb = 0, .reset = 1},
                                       {.name = "POWER", .lsb = 1},
                                       {.name = "FETCH", .lsb = 2},
                                       cluster_running},
                            .on_write = [this](u32 old, u32) { change_cluster_ctrl(old); }}};
    Register jtag_reg_{bank_,
                       {.offset = 0x74,
                        .name = "JTAGREG",
                        .doc = "Boot handshake with JTAG.",
                        .fields = {{.name = "OUT", .lsb = 0, .width = 8},
                                   {.name = "IN", .lsb = 8, .width = 8, .is_writable = false}}}};
    Register ctrl_per_{
        bank_,
        {.offset = 0x78, .name = "CTRL_PER", .doc = "Storage only.", .fields = {whole_word}}};
    Register cluster_irq_{
        bank_,
        {.offset = 0x7c, .name = "CLUSTER_IRQ", .doc = "Storage only.", .fields = {whole_word}}};
    RegisterArray cluster_boot_{bank_,
                                {.offset = 0x80,
                                 .name = "CLUSTER_BOOT_ADDR",
                                 .doc = "Storage only; the cluster has its own.",
                                 .count = 2,
                                 .fields = {whole_word}}};
    Register core_status_{
        bank_,
        {.offset = 0xa0,
         .name = "CORESTATUS",
         .doc = "A write with EOC ends the simulation.",
         .fields = {exit_code, end_of_computation},
         .on_write = [this](u32, u32 now) { core_status_out(now, bank_.now()); }}};
    Register core_status_ro_{bank_,
                             {.offset = 0xc0,
                              .name = "CORESTATUS_RO",
                              .doc = "Mirror of CORESTATUS.",
                              .access = Access::read_only,
                              .fields = {exit_code, end_of_computation},
                              .on_read = [this] { return core_status_.value(); }}};
    Register boot_sel_{
        bank_,
        {.offset = 0xc4,
         .name = "BOOTSEL",
         .doc = "Boot pins: 0 SPI, 1 JTAG or preloaded, 2 HyperFlash.",
         .access = Access::read_only,
         .fields = {{.name = "SEL", .lsb = 0, .width = 2, .reset = config_.boot_select}}}};
    Register clk_sel_{bank_,
                      {.offset = 0xc8,
                       .name = "CLKSEL",
                       .doc = "Clock pin.",
                       .access = Access::read_only,
                       .fields = {{.name = "SEL"}}}};
};

}  // namespace flexv::soc_control
