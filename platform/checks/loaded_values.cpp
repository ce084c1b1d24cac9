// SPDX-License-Identifier: Apache-2.0
#include "platform/checks/loaded_values.hpp"

#include "isa/decoder.hpp"
#include "platform/checks/undefined_values.hpp"

#include <bit>

namespace flexv::platform {

u32 LoadedValues::begin(unsigned rd, Address address, unsigned bytes) {
    if (++latest_ == kUnknown)
        ++latest_;
    loads_[latest_ % kKept] = {
        .number = latest_, .address = address, .bytes = u8(bytes), .rd = u8(rd), .use = {}};
    if (rd != 0) {
        loaded_by_[rd] = latest_;
        pending_ |= 1U << rd;
    }
    return latest_;
}

void LoadedValues::follow_pending(const isa::Instruction& row, const isa::Operands& op,
                                  const isa::Hart& before) {
    for (u32 rest = isa::registers_read(row, op) & pending_; rest != 0; rest &= rest - 1) {
        Load& load = loads_[loaded_by_[unsigned(std::countr_zero(rest))] % kKept];
        if (++load.uses != 1)
            continue;
        load.use = {.row = &row,
                    .op = op,
                    .x = {before.x[op.rs1], before.x[op.rs2], before.x[op.rd]},
                    .format = before.simd_format,
                    .slice = before.mixed_slice,
                    .skip = before.mixed_skip,
                    .is_legacy = before.simd_legacy};
    }
    pending_ &= ~isa::registers_written(row, op);
}

/// What becomes of the bytes in the register; the uppermost ones may be extended.
u32 LoadedValues::bits_of(const Load& load, Address first, unsigned bytes) {
    u32 bits = 0;
    for (unsigned i = 0; i < load.bytes; ++i)
        if (load.address + i - first < bytes)
            bits |= i + 1U == load.bytes ? ~0U << (8 * i) : 0xFFU << (8 * i);
    return bits;
}

LoadedValues::Verdict LoadedValues::verdict(u32 number, Address first, unsigned bytes) const {
    using enum Difference;
    const Load& load = loads_[number % kKept];
    if (number == kUnknown || load.number != number || load.uses > 1)
        return {.difference = made};
    const u32 bits = bits_of(load, first, bytes);
    if (load.uses == 1)
        return {.difference = load.use.depends_on(load.rd, bits) ? made : none};
    const bool is_there = (pending_ >> load.rd & 1) != 0 && loaded_by_[load.rd] == number;
    return {.difference = is_there ? open : none, .rd = load.rd, .bits = bits};
}

/// Only what a plain computation makes of it can be tried.
bool LoadedValues::Use::depends_on(unsigned number, u32 bits) const {
    if (row->timing != isa::Timing::single)
        return true;
    isa::Hart hart;
    hart.x[op.rd] = x[2];
    hart.x[op.rs2] = x[1];
    hart.x[op.rs1] = x[0];
    hart.simd_format = format;
    hart.mixed_slice = slice;
    hart.mixed_skip = skip;
    hart.simd_legacy = is_legacy;
    UndefinedValues values;
    values.define_all();
    values.undefine(number, bits, {});
    values.execute(*row, op, hart, std::nullopt);
    u32 differs = 0;
    for (u32 rest = isa::registers_written(*row, op); rest != 0; rest &= rest - 1)
        differs |= values.mask(unsigned(std::countr_zero(rest)));
    return differs != 0;
}

}  // namespace flexv::platform
