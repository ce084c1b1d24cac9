// SPDX-License-Identifier: Apache-2.0
// Xpulpv2 loads and stores: post-increment, register offset, and the event load (docs/spec/isa.md,
// section 7). The base register is written after the access, so that an access that fails changes
// nothing.
#include "isa/chain.hpp"
#include "isa/encoding.hpp"
#include "isa/rows/memory.hpp"
#include "isa/rows/rows.hpp"

namespace flexv::isa {
namespace {

/// A loaded value wins over the incremented base when both go to the same register.
template <typename T>
void load_and_step(Hart& hart, const Operands& op, u32 step) {
    const Address address = address_of(AddressMode::base, op, hart.x);
    const u32 value = u32(i32(hart.load<T>(address)));
    hart.x[op.rs1] = address + step;
    hart.x[op.rd] = value;
}

template <typename T>
void store_and_step(Hart& hart, const Operands& op, u32 step) {
    const Address address = address_of(AddressMode::base, op, hart.x);
    hart.store<T>(address, T(hart.x[op.rs2]));
    hart.x[op.rs1] = address + step;
}

template <typename T>
void load_post(Hart& hart, const Operands& op) {
    load_and_step<T>(hart, op, u32(op.imm));
}
template <typename T>
void load_post_by_register(Hart& hart, const Operands& op) {
    load_and_step<T>(hart, op, hart.x[op.rs2]);
}
template <typename T>
void store_post(Hart& hart, const Operands& op) {
    store_and_step<T>(hart, op, u32(op.imm));
}
template <typename T>
void store_post_by_register(Hart& hart, const Operands& op) {
    store_and_step<T>(hart, op, hart.x[op.rd]);
}

constexpr Instruction access(std::string_view name, std::string_view bits, std::string_view syntax,
                             Access access, Execute execute, std::string_view semantics) {
    return {.name = name,
            .bits = bits,
            .syntax = syntax,
            .extension = Extension::xpulpv2,
            .timing = Timing::load,
            .energy = Energy::load,
            .access = access,
            .execute = execute,
            .semantics = semantics};
}

constexpr Instruction as_store(Instruction row, bool offset_in_rd) {
    row.timing = Timing::store;
    row.energy = Energy::store;
    row.reads_rd = offset_in_rd;
    return row;
}

constexpr Instruction as_event_load(Instruction row) {
    row.timing = Timing::event_load;
    return row;
}

constexpr Instruction hardware_only(Instruction row) {
    row.canonical = false;
    return row;
}

/// `width` is funct3 of the immediate form, `code` funct7 of the register forms.
template <typename T, Text name, Text width, Text code>
constexpr std::array<Instruction, 3> loads() {
    return {
        access(joined<"p.", name, ".post">, joined<"imm[11:0] rs1 ", width, " rd 0001011">,
               "rd, imm(rs1!)", {AddressMode::base, sizeof(T)}, load_post<T>,
               "a = rs1; rs1 = rs1+imm; rd = load(a)"),
        access(joined<"p.", name, ".rr">, joined<code, " rs2 rs1 111 rd 0000011">, "rd, rs2(rs1)",
               {AddressMode::base_register, sizeof(T)}, execute_load<T, AddressMode::base_register>,
               "rd = load(rs1+rs2)"),
        access(joined<"p.", name, ".rrpost">, joined<code, " rs2 rs1 111 rd 0001011">,
               "rd, rs2(rs1!)", {AddressMode::base, sizeof(T)}, load_post_by_register<T>,
               "a = rs1; rs1 = rs1+rs2; rd = load(a)"),
    };
}

/// The register forms keep their offset register in the rd field and ignore the upper seven bits.
template <typename T, Text name, Text width, Text register_width>
constexpr std::array<Instruction, 3> stores() {
    return {
        as_store(access(joined<"p.", name, ".post">,
                        joined<"imm[11:5] rs2 rs1 ", width, " imm[4:0] 0101011">, "rs2, imm(rs1!)",
                        {AddressMode::base, sizeof(T)}, store_post<T>,
                        "a = rs1; d = rs2; rs1 = rs1+imm; store(a, d)"),
                 false),
        as_store(access(joined<"p.", name, ".rr">,
                        joined<"(0000000) rs2 rs1 ", register_width, " rd 0100011">, "rs2, rd(rs1)",
                        {AddressMode::base_rd, sizeof(T)}, execute_store<T, AddressMode::base_rd>,
                        "store(rs1+rs3, rs2); rs3 is the rd field"),
                 true),
        as_store(access(joined<"p.", name, ".rrpost">,
                        joined<"(0000000) rs2 rs1 ", register_width, " rd 0101011">,
                        "rs2, rd(rs1!)", {AddressMode::base, sizeof(T)}, store_post_by_register<T>,
                        "a = rs1; d = rs2; rs1 = rs1+rs3; store(a, d); rs3 is the rd field"),
                 true),
    };
}

constexpr std::array kEventLoads{
    as_event_load(access("p.elw", "imm[11:0] rs1 110 rd 0000011", "rd, imm(rs1)",
                         {AddressMode::base_immediate, 4},
                         execute_load<u32, AddressMode::base_immediate>,
                         "rd = M32[rs1+imm]; the core sleeps until the event unit answers")),
    // Quirk Q23.
    hardware_only(as_event_load(access(
        "p.elw.post", "imm[11:0] rs1 110 rd 0001011", "rd, imm(rs1!)", {AddressMode::base, 4},
        [](Hart& hart, const Operands& op) { load_and_step<u32>(hart, op, u32(op.imm)); },
        "a = rs1; rs1 = rs1+imm; rd = M32[a], waiting like p.elw"))),
};

constexpr auto kRows =
    concatenate(loads<i8, "lb", "000", "0000000">(), loads<i16, "lh", "001", "0001000">(),
                loads<u32, "lw", "010", "0010000">(), loads<u8, "lbu", "100", "0100000">(),
                loads<u16, "lhu", "101", "0101000">(), stores<u8, "sb", "000", "100">(),
                stores<u16, "sh", "001", "101">(), stores<u32, "sw", "010", "110">(), kEventLoads);
static_assert(distinct(kRows), "two rows can match the same word");

}  // namespace

Rows xpulp_memory_rows() { return kChained<kRows>; }

}  // namespace flexv::isa
