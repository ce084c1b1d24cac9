// SPDX-License-Identifier: Apache-2.0
// The architectural state of one hart, as the instruction rows see it. Time, fetch and arbitration
// are the core's business; a row reads, computes and writes here, so it runs in a test without a
// kernel.
#pragma once

#include "base/event_count.hpp"
#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <array>
#include <cstring>

namespace flexv::isa {

struct Operands;

enum class Cause : u32 {
    illegal_instruction = 2,
    breakpoint = 3,
    environment_call = 11,
};

/// Leaves a row before it has changed anything; caught by the core.
struct Trap {
    Cause cause;
    u32 value = 0;  ///< the instruction word for an illegal instruction
    /// Of the row that raised it, where that could be one of several.
    const Operands* operands = nullptr;
};

/// Memory behind the hart's load/store unit. Addresses of any alignment; `bytes` is 1, 2 or 4.
class Bus {
public:
    virtual u32 load(Address address, unsigned bytes) = 0;
    virtual void store(Address address, unsigned bytes, u32 value) = 0;

protected:
    ~Bus() = default;
};

/// Control and status registers. Unknown numbers read 0 and drop writes (docs/spec/isa.md section
/// 3).
class CsrAccess {
public:
    virtual u32 read(unsigned number) = 0;
    virtual void write(unsigned number, u32 value) = 0;

protected:
    ~CsrAccess() = default;
};

/// A stretch of memory that loads and stores may reach without the bus. An address hits when
/// `address & tag_mask == tag`; it lies at `host[address & offset_mask]`. The default never hits.
struct DirectWindow {
    std::byte* host = nullptr;
    Address tag_mask = 0;
    Address tag = 1;
    Address offset_mask = 0;

    [[nodiscard]] bool covers(Address address) const { return (address & tag_mask) == tag; }
    [[nodiscard]] std::byte* at(Address address) const { return host + (address & offset_mask); }
};

struct HardwareLoop {
    u32 start = 0;  ///< address of the first instruction of the body
    u32 end = 0;    ///< address of the last instruction of the body
    u32 count = 0;  ///< iterations left, this one included; stays 1 after the loop

    void serialize(StateArchive& archive) { archive(start, end, count); }
};

/// One address stream of Mac&Load: CSRs 0x100.. (activations) and 0x101.. (weights).
struct AddressStream {
    u32 address = 0;
    u32 stride = 0;
    u32 rollback = 0;
    u32 skip = 0;
    u32 count = 0;  ///< updates since the last rollback, not readable

    void step() {
        address += count < skip ? stride : rollback;
        count = count == skip ? 0 : count + 1;
    }
    void serialize(StateArchive& archive) { archive(address, stride, rollback, skip, count); }
};

/// Formats of CSR 0x00D; the wide operand first.
enum class Format : u8 { word, h, b, n, c, n_c, b_c, h_c, b_n, h_n, h_b };

struct Hart {
    std::array<u32, 32> x{};
    u32 pc = 0;       ///< of the instruction that executes
    u32 next_pc = 0;  ///< set to the sequential successor before execute; a jump overwrites it

    std::array<HardwareLoop, 2> loops;

    // Mac&Load register file and address streams (docs/spec/isa.md sections 2, 3.3, 12).
    std::array<u32, 4> nn_weights{};
    std::array<u32, 2> nn_activations{};
    AddressStream activations;
    AddressStream weights;

    // Status-based SIMD (docs/spec/isa.md 3.2, 11.2).
    u32 simd_format = 0;      ///< CSR 0x00D, 4 bits
    u32 mixed_slice = 0;      ///< CSR 0x00E, 3 bits: k
    u32 mixed_skip = 0;       ///< CSR 0x00F, 5 bits
    u32 mixed_count = 0;      ///< dot products since the slice moved, not readable
    bool simd_legacy = true;  ///< CSR 0x010

    // Machine mode.
    bool mie = false;   ///< mstatus.MIE
    bool mpie = false;  ///< mstatus.MPIE
    u32 mepc = 0;
    u32 mcause = 0;
    u32 mtvec = 0;  ///< base of the vector table, 256-byte aligned

    // What the rows count because it depends on run-time formats.
    EventCount macs;                ///< multiplications, or lanes of dot products
    EventCount mixed_dot_products;  ///< dot products whose operands differ in width

    Bus* bus = nullptr;
    CsrAccess* csrs = nullptr;
    DirectWindow window;

    template <typename T>
    T load(Address address) {
        if (window.covers(address)) [[likely]] {
            T value;
            std::memcpy(&value, window.at(address), sizeof(T));
            return value;
        }
        return T(bus->load(address, sizeof(T)));
    }
    template <typename T>
    void store(Address address, T value) {
        if (window.covers(address)) [[likely]]
            std::memcpy(window.at(address), &value, sizeof(T));
        else
            bus->store(address, sizeof(T), u32(value));
    }
    /// Not where it is connected to.
    void serialize(StateArchive& archive) {
        archive(x, pc, next_pc, loops, nn_weights, nn_activations, activations, weights);
        archive(simd_format, mixed_slice, mixed_skip, mixed_count, simd_legacy);
        archive(mie, mpie, mepc, mcause, mtvec, macs, mixed_dot_products);
    }
};

}  // namespace flexv::isa
