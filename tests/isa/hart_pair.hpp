// SPDX-License-Identifier: Apache-2.0
// The execute stage of models/isa and the reference one side by side: the same state, the same
// instructions, and what differs afterwards.
#pragma once

#include "isa/reference_hart.hpp"
#include "isa/support.hpp"

#include <fmt/format.h>

namespace flexv::test {

inline constexpr std::array<u32, 14> kEdges{
    0,          1,          2,          0x7f,       0x80,       0xffff,     0x8000,
    0x7fffffff, 0x80000000, 0xffffffff, 0x7fff8000, 0x88888888, 0x55555555, 0x80808080};

/// Half of the values are edges, so that equal lanes and overflows are not rare.
inline u32 interesting(std::mt19937& random) {
    const u32 word = u32(random());
    if (random() % 2 == 0)
        return word;
    const u32 edge = kEdges[word % kEdges.size()];
    return word % 3 == 0 ? edge ^ u32 { 1 } << (word >> 27) : edge;
}

/// Both harts in one state, and what differs after an instruction.
class HartPair {
public:
    explicit HartPair(std::mt19937& random) : random_(random) {
        for (unsigned i = 0; i < reference_.memory.size(); ++i) {
            reference_.memory[i] = u8(random());
            machine_.memory.store(i, 1, reference_.memory[i]);
        }
        for (unsigned i = 1; i < 32; ++i)
            set(i, interesting(random));
    }

    void set(unsigned number, u32 value) {
        if (number != 0)
            machine_.x(number) = reference_.x[number] = value;
    }

    /// What the next instruction finds in the CSRs; half of the time the slice stays as it is.
    void set_mode(bool legacy, unsigned format) {
        machine_.hart.simd_legacy = reference_.legacy = legacy;
        machine_.hart.simd_format = reference_.format = format;
        machine_.hart.pc = reference_.pc = u32(random_()) & ~u32{1};
        if (random_() % 2 == 0)
            machine_.hart.mixed_slice = reference_.slice = u32(random_() % 8);
    }

    /// New address streams of Mac&Load and a new number of products a slice.
    void set_sequence() {
        machine_.hart.mixed_skip = reference_.skip = u32(random_() % 32) % (1U << random_() % 6);
        set_stream(machine_.hart.weights, reference_.weights);
        set_stream(machine_.hart.activations, reference_.activations);
    }

    /// One instruction on both sides.
    void run(const ReferenceStep& step, u32 word) {
        reference_.next_pc = reference_.pc + 4;
        step(reference_, word);
        bool is_illegal = false;
        try {
            machine_.run(word);
        } catch (const isa::Trap&) {
            is_illegal = true;
            machine_.hart.next_pc = reference_.next_pc;
        }
        same_legality_ = is_illegal == reference_.is_illegal;
    }

    [[nodiscard]] bool agree() const {
        const Hart& hart = machine_.hart;
        return same_legality_ && hart.x == reference_.x && hart.next_pc == reference_.next_pc &&
               hart.nn_weights == reference_.nn_weights &&
               hart.nn_activations == reference_.nn_activations &&
               same(hart.weights, reference_.weights) &&
               same(hart.activations, reference_.activations) &&
               hart.mixed_slice == reference_.slice && hart.mixed_count == reference_.passed &&
               hart.macs == reference_.macs && same_loops();
    }

    [[nodiscard]] bool memories_agree() {
        for (unsigned i = 0; i < reference_.memory.size(); ++i)
            if (machine_.memory.load(i, 1) != reference_.memory[i])
                return false;
        return true;
    }

    [[nodiscard]] std::string difference() const {
        std::string text = same_legality_ ? "" : " legality";
        for (unsigned i = 0; i < 32; ++i)
            if (machine_.hart.x[i] != reference_.x[i])
                text += fmt::format(" x{} = {:08x} instead of {:08x}", i, machine_.hart.x[i],
                                    reference_.x[i]);
        return text.empty() ? " state beside the registers" : text;
    }

    [[nodiscard]] const ReferenceHart& reference() const { return reference_; }

private:
    void set_stream(isa::AddressStream& ours, ReferenceHart::Stream& theirs) {
        theirs = {u32(random_()), u32(random_() % 64), u32(random_()), u32(random_() % 4), 0};
        ours = {theirs.address, theirs.stride, theirs.rollback, theirs.skip, 0};
    }
    static bool same(const isa::AddressStream& ours, const ReferenceHart::Stream& theirs) {
        return ours.address == theirs.address && ours.count == theirs.count;
    }
    [[nodiscard]] bool same_loops() const {
        for (unsigned i = 0; i < 2; ++i) {
            const isa::HardwareLoop& loop = machine_.hart.loops[i];
            if (ReferenceHart::Loop{loop.start, loop.end, loop.count} != reference_.loops[i])
                return false;
        }
        return true;
    }

    std::mt19937& random_;
    Machine machine_;
    ReferenceHart reference_;
    bool same_legality_ = true;
};

}  // namespace flexv::test
