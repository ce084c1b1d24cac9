// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/undefined_values.hpp"

#include "isa/decoder.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace flexv::platform {

namespace {

constexpr u32 kLeast = 0x8000'0000;  // signed
constexpr u32 kMost = 0x7FFF'FFFF;
constexpr unsigned kNoRegister = 41;

u32 mixed(unsigned place) { return std::rotl(0x9E37'79B9, int(place % 31)); }
u32 otherwise_mixed(unsigned place) { return ~std::rotl(0x9E37'79B9 * 3, int(place % 29)); }

bool has_lanes(const isa::Instruction& row) { return row.name.starts_with("pv."); }

/// `word`, and for an instruction with lanes the lowest lane of each width in all of them.
void add_lanes(const isa::Instruction& row, u32 word, std::vector<u32>& words) {
    words.push_back(word);
    if (!has_lanes(row))
        return;
    for (const unsigned bits : {2U, 4U, 8U, 16U}) {
        const u32 lane = (u32{1} << bits) - 1;
        words.push_back((word & lane) * (~0U / lane));
    }
}

/// Words compared for being equal, as functions for strings do it before they look for the end:
/// what lies behind it does not matter.
bool agree_to_the_end_of_a_string(u32 first, u32 first_undefined, u32 second,
                                  u32 second_undefined) {
    for (u32 byte = 0xFF; byte != 0; byte <<= 8) {
        if (((first_undefined | second_undefined | (first ^ second)) & byte) != 0)
            return false;
        if ((first & byte) == 0)
            return true;
    }
    return false;
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

/// What takes the place of undefined bits in one copy of the hart.
struct UndefinedValues::Filling {
    unsigned register_number = kNoRegister;
    u32 in_register = 0;
    u32 elsewhere = 0;
    u32 (*of_place)(unsigned place) = nullptr;  ///< instead of the above
    bool keeps = false;                         ///< as the run has them

    [[nodiscard]] u32 fill(u32 value, u32 undefined, unsigned place) const {
        if (keeps)
            return value;
        const u32 word = of_place != nullptr        ? of_place(place)
                         : place == register_number ? in_register
                                                    : elsewhere;
        return (value & ~undefined) | (word & undefined);
    }
};

/// The ends of the ranges against each other, as comparisons for order see them, signed and not;
/// two mixtures that differ between registers; and equal_fillings().
std::vector<UndefinedValues::Filling> UndefinedValues::fillings(const isa::Instruction& row,
                                                                const isa::Operands& op,
                                                                const isa::Hart& before) const {
    const u32 sources = isa::registers_read(row, op) & ~1U;
    const unsigned first = sources == 0 ? kNoRegister : unsigned(std::countr_zero(sources));
    std::vector<Filling> all = {
        {.keeps = true}, {.of_place = mixed}, {.of_place = otherwise_mixed}};
    constexpr std::pair<u32, u32> kEnds[] = {{0, 0},   {~0U, ~0U},      {0, ~0U},
                                             {~0U, 0}, {kLeast, kMost}, {kMost, kLeast}};
    for (const auto& [mine, others] : kEnds)
        all.push_back({.register_number = first, .in_register = mine, .elsewhere = others});
    if (sources != 0)
        add_equal_fillings(row, op, before, all);
    return all;
}

/// A comparison for being equal comes out differently for one value among 2^32: that of the other
/// side, be it a register or an immediate, which an addition has with the other sign.
void UndefinedValues::add_equal_fillings(const isa::Instruction& row, const isa::Operands& op,
                                         const isa::Hart& before, std::vector<Filling>& all) const {
    const u32 sources = isa::registers_read(row, op) & ~1U;
    const u32 beside = sources & (sources - 1);
    const unsigned first = unsigned(std::countr_zero(sources));
    const auto defined = [&](unsigned number) { return before.x[number] & ~x_[number]; };
    std::vector<u32> others;
    if (beside != 0) {
        add_lanes(row, defined(unsigned(std::countr_zero(beside))), others);
    } else {
        for (const i32 immediate : {op.imm, -op.imm, i32(i8(op.imm2))})
            add_lanes(row, u32(immediate), others);
    }
    std::vector<u32> own;
    add_lanes(row, defined(first), own);
    for (std::size_t i = 0; i < others.size(); ++i) {
        const u32 mine = own[i % own.size()];
        all.push_back({.register_number = first, .in_register = others[i], .elsewhere = mine});
        all.push_back({.register_number = first, .in_register = ~others[i], .elsewhere = mine});
    }
}

/// The hart with other values in its undefined bits, and no way to memory.
isa::Hart UndefinedValues::filled(const isa::Hart& before, const Filling& filling) const {
    isa::Hart hart = before;
    hart.window = {};
    for (unsigned i = 0; i < 32; ++i)
        hart.x[i] = filling.fill(hart.x[i], x_[i], i);
    for (unsigned i = 0; i < weights_.size(); ++i)
        hart.nn_weights[i] = filling.fill(hart.nn_weights[i], weights_[i], 32 + i);
    for (unsigned i = 0; i < activations_.size(); ++i)
        hart.nn_activations[i] = filling.fill(hart.nn_activations[i], activations_[i], 36 + i);
    return hart;
}

bool UndefinedValues::is_end_of_strings(const isa::Instruction& row, const isa::Operands& op,
                                        const isa::Hart& before) const {
    return (row.name == "beq" || row.name == "bne") && op.rs1 != 0 && op.rs2 != 0 &&
           agree_to_the_end_of_a_string(before.x[op.rs1], x_[op.rs1], before.x[op.rs2], x_[op.rs2]);
}

bool UndefinedValues::decides_by_undefined(const isa::Instruction& row, const isa::Operands& op,
                                           const isa::Hart& before) const {
    if (undefined_sources(row, op) == 0 || is_end_of_strings(row, op, before))
        return false;
    isa::Hart as_it_is = before;
    row.execute(as_it_is, op);
    return std::ranges::any_of(fillings(row, op, before), [&](const Filling& filling) {
        isa::Hart hart = filled(before, filling);
        row.execute(hart, op);
        return hart.next_pc != as_it_is.next_pc;
    });
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
    std::vector<isa::Hart> harts;
    for (const Filling& filling : fillings(row, op, before)) {
        isa::Hart& hart = harts.emplace_back(filled(before, filling));
        OneWord memory(loaded ? filling.fill(loaded->value, loaded->undefined, kLoadPlace) : 0);
        hart.bus = &memory;
        row.execute(hart, op);
        hart.bus = nullptr;
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
                                       const std::vector<isa::Hart>& harts,
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
