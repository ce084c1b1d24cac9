// SPDX-License-Identifier: Apache-2.0
// All rows in one table, with their parsed encodings beside them.
#include "base/error.hpp"
#include "isa/decoder.hpp"
#include "isa/rows/rows.hpp"

namespace flexv::isa {
namespace {

struct Catalogue {
    std::vector<Instruction> rows;
    std::vector<Encoding> encodings;

    Catalogue() {
        for (const auto& group :
             {rv32i_rows(), rv32m_rows(), rv32c_rows(), zicsr_rows(), privileged_rows(),
              xpulp_memory_rows(), hardware_loop_rows(), xpulp_alu_rows(), xpulp_bit_rows(),
              xpulp_mac_rows(), simd_alu_rows(), simd_dot_product_rows(), simd_permute_rows(),
              simd_complex_rows(), mac_load_rows()})
            rows.insert(rows.end(), group.begin(), group.end());
        for (const Instruction& row : rows)
            encodings.push_back(parse_bits(row.bits));
        FLEXV_ASSERT(rows.size() <= kMaxRows, "kMaxRows must bound the number of rows");
        FLEXV_ASSERT(all_distinct(), "no word may belong to two rows of different groups");
    }

    /// Inside a group the compiler has checked it; across groups nothing costs less than doing it
    /// here.
    [[nodiscard]] bool all_distinct() const {
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (active_together(rows[i].mode, rows[j].mode) &&
                    !distinguishable(encodings[i], encodings[j]))
                    return false;
        return true;
    }
};

const Catalogue& catalogue() {
    static const Catalogue instance;
    return instance;
}

constexpr u32 bit(unsigned index) { return u32{1} << index; }

/// The base register of a post-increment access carries an exclamation mark in the syntax.
bool steps_base(const Instruction& row, const Operands& op) {
    if (row.access.mode == AddressMode::mac_load)
        return row.mode == Mode::legacy && (op.imm2 & 0x18) != 0;
    return row.syntax.find('!') != std::string_view::npos;
}

}  // namespace

std::span<const Instruction> all_instructions() { return catalogue().rows; }

unsigned index_of(const Instruction& row) { return unsigned(&row - catalogue().rows.data()); }

const Encoding& encoding_of(const Instruction& row) { return catalogue().encodings[index_of(row)]; }

Operands operands_of(const Instruction& row, u32 word) {
    return decode_operands(encoding_of(row), word);
}

u32 registers_read(const Instruction& row, const Operands& op) {
    const Encoding& encoding = encoding_of(row);
    u32 registers = row.reads_rd ? bit(op.rd) : 0;
    if (encoding.field(Field::rs1).present)
        registers |= bit(op.rs1);
    if (encoding.field(Field::rs2).present)
        registers |= bit(op.rs2);
    return registers;
}

u32 registers_written(const Instruction& row, const Operands& op) {
    u32 registers = steps_base(row, op) ? bit(op.rs1) : 0;
    if (encoding_of(row).field(Field::rd).present && row.timing != Timing::store)
        registers |= bit(op.rd);
    return registers;
}

}  // namespace flexv::isa
