// SPDX-License-Identifier: Apache-2.0
// One row is one instruction: the only place that knows it. Decoder, disassembler, assembler,
// counters, the ISA page and the test lists are derived from the rows.
#pragma once

#include "base/units.hpp"

#include <string_view>

namespace flexv::isa {

struct Hart;

/// The fields of one instruction word, immediates already extended as the row says.
struct Operands {
    u32 word = 0;  ///< as fetched; the upper half is 0 for a compressed instruction
    i32 imm = 0;   ///< the immediate; branch and jump offsets in bytes
    u8 imm2 = 0;   ///< the second immediate of two (Is3, hardware-loop end, Mac&Load field)
    u8 rd = 0;
    u8 rs1 = 0;
    u8 rs2 = 0;
    u8 size = 4;  ///< bytes of the encoding: 2 or 4
};

using Execute = void (*)(Hart&, const Operands&);

class Formula;
/// Writes down what the instruction with these operands does.
using Record = void (*)(Formula&, const Operands&);

struct Step;
/// A row that goes on to the next one by itself; chain.hpp.
using Chain = void (*)(Hart&, const Step*);

/// What the pipeline does with an instruction; costs live in models/core.
enum class Timing : u8 {
    single,         ///< one cycle in EX, nothing else to know
    multiply_high,  ///< mulh family
    divide,
    load,
    store,
    event_load,  ///< p.elw
    branch,
    jump,
    jump_register,
    csr,
    fence,
    environment,  ///< ecall, ebreak
    mret,
    wfi,
    hardware_loop,
    mac_load,
};

/// What an instruction costs in the execute stage; prices live in platform/data/energy.
enum class Energy : u8 { alu, multiply, dot_product, load, store, divide, idle };

/// Which published extension a row belongs to, for the ISA subsets of the core.
enum class Extension : u8 { rv32i, m, c, zicsr, zifencei, priv, xpulpv2, xpulpnn, flexv };

/// When the encoding is active: CSR 0x010 selects between legacy and status-based SIMD.
enum class Mode : u8 { any, legacy, status };

/// How a load or store forms its address.
enum class AddressMode : u8 {
    none,
    base_immediate,  ///< x[rs1] + imm
    base,            ///< x[rs1], post-increment
    base_register,   ///< x[rs1] + x[rs2]
    base_rd,         ///< x[rs1] + x[rd]: the offset register of a store sits in the rd field
    mac_load,        ///< x[rs1] in legacy mode, CSR 0x100/0x101 in status mode
};

struct Access {
    AddressMode mode = AddressMode::none;
    u8 bytes = 0;
};

struct Instruction {
    std::string_view name{};  ///< unique; the mnemonic, plus .post .rr .rrpost for addressing modes
    std::string_view bits{};  ///< MSB first, as the manual prints it; grammar in encoding.hpp
    std::string_view syntax{};  ///< operands in assembler order; words in syntax.hpp
    Extension extension = Extension::rv32i;
    Mode mode = Mode::any;
    Timing timing = Timing::single;
    Energy energy = Energy::alu;
    Access access{};
    bool reads_rd = false;  ///< the old rd is a source
    bool reads_pc = false;  ///< the result depends on the address, apart from jumps
    bool canonical = true;  ///< false: the hardware accepts it, but no tool emits it
    Execute execute = nullptr;
    Chain chain = nullptr;         ///< null where can_be_chained() says so; set by kChained
    Record record = nullptr;       ///< null: only `execute` knows what it does
    std::string_view semantics{};  ///< of the base form; semantics_of() in listing.hpp says it
};

}  // namespace flexv::isa
