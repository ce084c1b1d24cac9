// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/undefined_values.hpp"

#include "isa/decoder.hpp"

#include <algorithm>
#include <bit>

namespace flexv::platform {

namespace {

/// Values for undefined bits: all 0, all 1, and two that differ between registers, so that what
/// compares two undefined values comes out differently, too.
u32 fill_word(unsigned fill, unsigned place) {
    constexpr u32 kMixed = 0x9E37'79B9;
    switch (fill) {
        case 0:
            return 0;
        case 1:
            return ~0U;
        case 2:
            return std::rotl(kMixed, int(place % 31));
        default:
            return ~std::rotl(kMixed * 3, int(place % 29));
    }
}

u32 with_fill(u32 value, u32 undefined, unsigned fill, unsigned place) {
    return (value & ~undefined) | (fill_word(fill, place) & undefined);
}

/// Memory of a copy: one word to load, and nowhere to store.
class OneWord final : public isa::Bus {
public:
    explicit OneWord(u32 value) : value_(value) {}
    u32 load(Address /*address*/, unsigned /*bytes*/) override { return value_; }
    void store(Address /*address*/, unsigned /*bytes*/, u32 /*value*/) override {}

private:
    const u32 value_;
};

constexpr unsigned kLoadPlace = 40;  // behind all registers

/// What an instruction does to registers beside those of its operands, or to more than the hart, is
/// not tried on copies: its results are defined.
bool is_computation(const isa::Instruction& row) {
    switch (row.timing) {
        case isa::Timing::csr:
        case isa::Timing::fence:
        case isa::Timing::environment:
        case isa::Timing::mret:
        case isa::Timing::wfi:
        case isa::Timing::hardware_loop:
            return false;
        default:
            return true;
    }
}

/// The registers that form the address, as a set.
u32 address_registers(const isa::Instruction& row, const isa::Operands& op) {
    switch (row.access.mode) {
        case isa::AddressMode::base_immediate:
        case isa::AddressMode::base:
            return 1U << op.rs1;
        case isa::AddressMode::base_register:
            return 1U << op.rs1 | 1U << op.rs2;
        case isa::AddressMode::base_rd:
            return 1U << op.rs1 | 1U << op.rd;
        case isa::AddressMode::mac_load:
            return row.mode == isa::Mode::status ? 0 : 1U << op.rs1;
        case isa::AddressMode::none:
            break;
    }
    return 0;
}

bool has_stream_registers(const isa::Instruction& row) {
    return row.timing == isa::Timing::mac_load;
}

}  // namespace

void UndefinedValues::forget() {
    x_.fill(~0U);
    x_[0] = 0;
    weights_.fill(~0U);
    activations_.fill(~0U);
    for (unsigned number = 0; number < 32; ++number)
        origins_[number] = {.number = number};
}

void UndefinedValues::define_all() {
    x_.fill(0);
    weights_.fill(0);
    activations_.fill(0);
}

bool UndefinedValues::are_all_defined() const {
    const auto is_defined = [](u32 mask) { return mask == 0; };
    return std::ranges::all_of(x_, is_defined) && std::ranges::all_of(weights_, is_defined) &&
           std::ranges::all_of(activations_, is_defined);
}

u32 UndefinedValues::undefined_sources(const isa::Instruction& row, const isa::Operands& op) const {
    u32 sources = 0;
    for (u32 rest = isa::registers_read(row, op); rest != 0; rest &= rest - 1) {
        const unsigned number = unsigned(std::countr_zero(rest));
        sources |= x_[number] != 0 ? 1U << number : 0;
    }
    return sources;
}

bool UndefinedValues::has_undefined_stream(const isa::Instruction& row) const {
    const auto is_set = [](u32 mask) { return mask != 0; };
    return has_stream_registers(row) &&
           (std::ranges::any_of(weights_, is_set) || std::ranges::any_of(activations_, is_set));
}

/// The hart with other values in its undefined bits, and no way to memory.
isa::Hart UndefinedValues::filled(const isa::Hart& before, unsigned fill) const {
    isa::Hart hart = before;
    hart.window = {};
    for (unsigned i = 0; i < 32; ++i)
        hart.x[i] = with_fill(hart.x[i], x_[i], fill, i);
    for (unsigned i = 0; i < weights_.size(); ++i)
        hart.nn_weights[i] = with_fill(hart.nn_weights[i], weights_[i], fill, 32 + i);
    for (unsigned i = 0; i < activations_.size(); ++i)
        hart.nn_activations[i] = with_fill(hart.nn_activations[i], activations_[i], fill, 36 + i);
    return hart;
}

bool UndefinedValues::decides_by_undefined(const isa::Instruction& row, const isa::Operands& op,
                                           const isa::Hart& before) const {
    if (undefined_sources(row, op) == 0)
        return false;
    std::array<u32, kFills> targets{};
    for (unsigned fill = 0; fill < kFills; ++fill) {
        isa::Hart hart = filled(before, fill);
        row.execute(hart, op);
        targets[fill] = hart.next_pc;
    }
    return std::ranges::any_of(targets, [&](u32 target) { return target != targets[0]; });
}

std::optional<UndefinedValues::Use> UndefinedValues::control_use(const isa::Instruction& row,
                                                                 const isa::Operands& op,
                                                                 const isa::Hart& before) const {
    const u32 sources = undefined_sources(row, op);
    if (sources == 0)
        return std::nullopt;
    using enum isa::Timing;
    switch (row.timing) {
        case branch:
            if (decides_by_undefined(row, op, before))
                return Use{.what = "a branch depends on", .registers = sources};
            return std::nullopt;
        case jump_register:
            return Use{.what = "a jump goes to", .registers = sources};
        case hardware_loop:
            return Use{.what = "a hardware loop is set up with", .registers = sources};
        case csr:
            return Use{.what = "a control register is written with", .registers = sources};
        default:
            return std::nullopt;
    }
}

std::optional<UndefinedValues::Use> UndefinedValues::address_use(const isa::Instruction& row,
                                                                 const isa::Operands& op) const {
    u32 undefined = 0;
    for (u32 rest = address_registers(row, op); rest != 0; rest &= rest - 1)
        if (const unsigned number = unsigned(std::countr_zero(rest)); x_[number] != 0)
            undefined |= 1U << number;
    if (undefined == 0)
        return std::nullopt;
    return Use{.what = row.timing == isa::Timing::store ? "a store goes to an address made of"
                                                        : "a load takes its address from",
               .registers = undefined};
}

void UndefinedValues::execute(const isa::Instruction& row, const isa::Operands& op,
                              const isa::Hart& before, const std::optional<Loaded>& loaded) {
    const u32 sources = undefined_sources(row, op);
    const bool loads_undefined = loaded && loaded->undefined != 0;
    const bool is_defined = sources == 0 && !loads_undefined && !has_undefined_stream(row);
    if (is_defined || !is_computation(row))
        return take_defined(row, op);
    std::array<isa::Hart, kFills> harts;
    for (unsigned fill = 0; fill < kFills; ++fill) {
        harts[fill] = filled(before, fill);
        OneWord memory(loaded ? with_fill(loaded->value, loaded->undefined, fill, kLoadPlace) : 0);
        harts[fill].bus = &memory;
        row.execute(harts[fill], op);
        harts[fill].bus = nullptr;
    }
    const ValueOrigin origin = loads_undefined ? loaded->origin
                               : sources != 0  ? origins_[unsigned(std::countr_zero(sources))]
                                               : ValueOrigin{};
    take_differences(row, op, harts, origin);
}

void UndefinedValues::take_defined(const isa::Instruction& row, const isa::Operands& op) {
    for (u32 rest = isa::registers_written(row, op); rest != 0; rest &= rest - 1)
        x_[unsigned(std::countr_zero(rest))] = 0;
}

void UndefinedValues::take_differences(const isa::Instruction& row, const isa::Operands& op,
                                       const std::array<isa::Hart, kFills>& harts,
                                       const ValueOrigin& origin) {
    const auto difference = [&harts](auto value_of) {
        u32 mask = 0;
        for (const isa::Hart& hart : harts)
            mask |= value_of(hart) ^ value_of(harts[0]);
        return mask;
    };
    for (u32 rest = isa::registers_written(row, op) & ~1U; rest != 0; rest &= rest - 1) {
        const unsigned number = unsigned(std::countr_zero(rest));
        x_[number] = difference([number](const isa::Hart& hart) { return hart.x[number]; });
        if (x_[number] != 0)
            origins_[number] = origin;
    }
    if (!has_stream_registers(row))
        return;
    for (unsigned i = 0; i < weights_.size(); ++i)
        weights_[i] = difference([i](const isa::Hart& hart) { return hart.nn_weights[i]; });
    for (unsigned i = 0; i < activations_.size(); ++i)
        activations_[i] = difference([i](const isa::Hart& hart) { return hart.nn_activations[i]; });
}

}  // namespace flexv::platform
