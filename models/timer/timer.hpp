// SPDX-License-Identifier: Apache-2.0
// The timer unit of the cluster (and of the fabric controller): two 32-bit counters that can be
// joined.
#pragma once

#include "base/call_port.hpp"
#include "base/register_block.hpp"
#include "timer/tick_counter.hpp"

#include <array>

namespace flexv::timer {

/// Register effects of a write in cycle t hold from t + 1 on; a read in cycle t sees the count of
/// t.
class Timer final : public RegisterBlock, private Agent {
public:
    struct Config {
        /// Clock cycles between two rising edges of the 32768 Hz reference; edges are counted from
        /// cycle 0.
        Cycles reference_clock_cycles = 12207;  ///< 400 MHz / 32768 Hz
    };
    enum Line : unsigned { low = 0, high = 1 };

    static constexpr Field enable{.name = "ENABLE", .lsb = 0, .doc = "Counts while 1."};
    static constexpr Field reset_count{
        .name = "RESET", .lsb = 1, .doc = "1 clears count and prescaler; reads 0."};
    static constexpr Field irq_enable{
        .name = "IRQ_EN", .lsb = 2, .doc = "Drives the interrupt line while count equals compare."};
    static constexpr Field event_start{
        .name = "IEM", .lsb = 3, .doc = "The input event line sets ENABLE."};
    static constexpr Field compare_clear{
        .name = "CMP_CLR", .lsb = 4, .doc = "The tick after a match leads to 0."};
    static constexpr Field one_shot{.name = "ONE_SHOT", .lsb = 5, .doc = "A match clears ENABLE."};
    static constexpr Field prescaler_enable{
        .name = "PRESC_EN", .lsb = 6, .doc = "Counts every PRESC + 1 edges."};
    static constexpr Field reference_clock{
        .name = "REF_CLK", .lsb = 7, .doc = "Counts edges of the 32768 Hz reference."};
    static constexpr Field prescaler{
        .name = "PRESC", .lsb = 8, .width = 8, .doc = "Prescaler value."};
    static constexpr Field mode_64{
        .name = "MODE64", .lsb = 31, .doc = "Joins both halves; CFG_LO and the LO line rule."};

    /// Level of an interrupt line from cycle `now` on.
    CallPort<void(unsigned line, bool level, Cycles now)> interrupt_out{"interrupt_out"};

    Timer(const sc_core::sc_module_name& name, ClockDomain& clock, const Config& config);

    void reset() override;
    void serialize(StateArchive& archive) override;
    /// The clock has another frequency from now on, so the reference has other edges in it.
    void set_reference_clock_cycles(Cycles cycles);
    /// A half counts the reference.
    [[nodiscard]] bool uses_reference_clock() const {
        return cfg_lo_[reference_clock] != 0 || cfg_hi_[reference_clock] != 0;
    }
    /// A pulse on the input event line of a half in cycle `now`.
    void input_event(Line line, Cycles now);

private:
    void act(Cycles now) override;

    u32 read_config(Line line);
    u32 read_count(Line line);
    void write_config(Line line, u32 value);
    void write_count(Line line, u32 value);
    void write_compare();
    void start(Line line);
    void restart(Line line);

    void advance(Cycles cycle);
    void clear(Line line);
    void join_or_split();
    void configure_counters();
    [[nodiscard]] TickCounter::Settings settings_of(Line line) const;
    [[nodiscard]] bool level_of(Line line) const;
    void drive_lines(Cycles now);
    void schedule_act(Cycles cycle);
    [[nodiscard]] bool is_joined() const { return cfg_lo_[mode_64] != 0; }
    [[nodiscard]] Register& config_of(Line line) { return line == low ? cfg_lo_ : cfg_hi_; }
    [[nodiscard]] const Register& config_of(Line line) const {
        return line == low ? cfg_lo_ : cfg_hi_;
    }

    const Config config_;
    std::array<TickCounter, 2> counters_;
    std::array<bool, 2> levels_{};
    bool was_joined_ = false;
    Cycles reference_clock_cycles_ = 1;

    Register cfg_lo_{bank_,
                     {.offset = 0x00,
                      .name = "CFG_LO",
                      .doc = "Controls the low or the joint counter.",
                      .fields = {enable, reset_count, irq_enable, event_start, compare_clear,
                                 one_shot, prescaler_enable, reference_clock, prescaler, mode_64},
                      .on_read = [this] { return read_config(low); },
                      .on_write = [this](u32, u32 now) { write_config(low, now); }}};
    Register cfg_hi_{bank_,
                     {.offset = 0x04,
                      .name = "CFG_HI",
                      .doc = "Controls the high counter; idle while joined.",
                      .fields = {enable, reset_count, irq_enable, event_start, compare_clear,
                                 one_shot, prescaler_enable, reference_clock, prescaler},
                      .on_read = [this] { return read_config(high); },
                      .on_write = [this](u32, u32 now) { write_config(high, now); }}};
    Register cnt_lo_{bank_,
                     {.offset = 0x08,
                      .name = "CNT_LO",
                      .doc = "Count, or the low half of the joint one.",
                      .fields = {whole_word},
                      .on_read = [this] { return read_count(low); },
                      .on_write = [this](u32, u32 now) { write_count(low, now); }}};
    Register cnt_hi_{bank_,
                     {.offset = 0x0c,
                      .name = "CNT_HI",
                      .doc = "Count, or the high half of the joint one.",
                      .fields = {whole_word},
                      .on_read = [this] { return read_count(high); },
                      .on_write = [this](u32, u32 now) { write_count(high, now); }}};
    Register cmp_lo_{bank_,
                     {.offset = 0x10,
                      .name = "CMP_LO",
                      .doc = "A count equal to it is a match.",
                      .fields = {whole_word},
                      .on_write = [this](u32, u32) { write_compare(); }}};
    Register cmp_hi_{bank_,
                     {.offset = 0x14,
                      .name = "CMP_HI",
                      .doc = "The same of the high counter, or the high half.",
                      .fields = {whole_word},
                      .on_write = [this](u32, u32) { write_compare(); }}};
    Register start_lo_{bank_,
                       {.offset = 0x18,
                        .name = "START_LO",
                        .doc = "Any write sets ENABLE of the low counter.",
                        .access = Access::write_only,
                        .fields = {whole_word},
                        .on_write = [this](u32, u32) { start(low); }}};
    Register start_hi_{bank_,
                       {.offset = 0x1c,
                        .name = "START_HI",
                        .doc = "Any write sets ENABLE of the high counter.",
                        .access = Access::write_only,
                        .fields = {whole_word},
                        .on_write = [this](u32, u32) { start(high); }}};
    Register reset_lo_{bank_,
                       {.offset = 0x20,
                        .name = "RESET_LO",
                        .doc = "Any write clears count and prescaler; of both halves while joined.",
                        .access = Access::write_only,
                        .fields = {whole_word},
                        .on_write = [this](u32, u32) { restart(low); }}};
    Register reset_hi_{bank_,
                       {.offset = 0x24,
                        .name = "RESET_HI",
                        .doc = "Any write clears count and prescaler of the high half.",
                        .access = Access::write_only,
                        .fields = {whole_word},
                        .on_write = [this](u32, u32) { restart(high); }}};
};

}  // namespace flexv::timer
