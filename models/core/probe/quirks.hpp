// SPDX-License-Identifier: Apache-2.0
// What the RTL does where software would expect something else (docs/spec/isa.md section 15), for a
// core with `has_quirks`. Only quirks that the specification describes exactly; hazard_check warns
// about all of them.
#pragma once

#include "base/state_archive.hpp"
#include "core/probe/observer.hpp"

namespace flexv::core {

class Quirks final : public Observer {
public:
    void before(const Execution& execution, isa::Hart& hart) override;
    void after(const Execution& execution, isa::Hart& hart) override;
    void serialize(StateArchive& archive) {
        archive(accumulator_, accumulator_register_, format_, skip_, slice_, tick_base_,
                decoded_as_legacy_, deferred_mode_, operand_, old_counter_);
    }

private:
    /// A value that the next instruction does not see yet, and what it sees instead.
    struct Late {
        bool is_late = false;
        u32 value = 0;

        void hide(u32& place, u32 stale);
        void show(u32& place);
        void serialize(StateArchive& archive) { archive(is_late, value); }
    };

    void hide_accumulator(const Execution& execution, isa::Hart& hart);
    void hide_csr_write(const Execution& execution, isa::Hart& hart);
    void choose_slice(const Execution& execution, isa::Hart& hart);
    void show_accumulator(const Execution& execution, isa::Hart& hart);
    void over_count(const Execution& execution, isa::Hart& hart);
    void tick_from_base(isa::Hart& hart);
    void defer_legacy(const Execution& execution, isa::Hart& hart);
    void note_counter(const Execution& execution, isa::Hart& hart);
    void write_counter_inverted(const Execution& execution, isa::Hart& hart);

    Late accumulator_;  // Q2
    u8 accumulator_register_ = 0;
    Late format_;                     // Q6: CSR 0x00D
    Late skip_;                       // Q6: CSR 0x00F
    Late slice_;                      // Q4
    std::optional<u32> tick_base_{};  // Q6: what the tick starts from instead of CSR 0x00E
    bool decoded_as_legacy_ = true;
    std::optional<bool> deferred_mode_{};  // Q6: value of CSR 0x010 for after the next instruction
    u32 operand_ = 0;                      // Q12: of a CSR instruction
    u32 old_counter_ = 0;
};

/// Bits 6:0 of the SIMD instructions.
inline constexpr u32 kVectorOpcode = 0x57;
/// csrrw and csrrwi, in contrast to the forms that set or clear bits.
inline bool is_plain_csr_write(const Slot& slot) { return (slot.op.word >> 12 & 3) == 1; }
/// A dot product of opcode 0x57, Mac&Load not included.
bool is_vector_dot_product(const Execution& execution);
/// Any instruction whose lanes come from CSR 0x00D in status mode.
bool uses_format(const Execution& execution);
/// The performance counters and their enable and mode registers.
bool is_performance_csr(unsigned number);

}  // namespace flexv::core
