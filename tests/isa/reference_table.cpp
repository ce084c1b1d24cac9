// SPDX-License-Identifier: Apache-2.0
#include "isa/reference_table.hpp"

#include <fstream>
#include <map>
#include <stdexcept>

namespace flexv::test {
namespace {

/// Cells of one line; a quoted cell may hold commas.
std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else if (c != '\r')
            cells.back() += c;
    }
    return cells;
}

u32 hexadecimal(const std::string& text) { return u32(std::stoul(text, nullptr, 16)); }

u32 rd(u32 word) { return word >> 7 & 31; }
u32 rs2(u32 word) { return word >> 2 & 31; }  // of a compressed word
u32 imm6(u32 word) { return (word >> 2 & 31) | (word >> 7 & 32); }
bool bit12(u32 word) { return (word >> 12 & 1) != 0; }

using Constraint = bool (*)(u32);

/// "imm!=0" means another set of bits in each of the two rows that say it.
bool immediate_is_not_zero(u32 word) { return imm6(word) != 0; }
bool stack_offset_is_not_zero(u32 word) { return (word >> 5 & 0xff) != 0; }

/// Every other text of the constraint column; run-time conditions (CSR 0x00D) are not a matter of
/// decoding.
const std::map<std::string, Constraint>& constraints() {
    static const std::map<std::string, Constraint> table{
        {"", [](u32) { return true; }},
        {"rs1=x0 is NOT illegal in RTL (jumps to 0)", [](u32) { return true; }},
        {"imm4 and imm3 both 1 -> illegal", [](u32 w) { return (w >> 23 & 3) != 3; }},
        {"imm4 and imm3 both 1 -> illegal; CSR 0x00D = 0 or >10 -> illegal",
         [](u32 w) { return (w >> 23 & 3) != 3; }},
        {"rd!=x0 else illegal", [](u32 w) { return rd(w) != 0; }},
        {"rd!=x0 and rd!=x2 and imm!=0 else illegal",
         [](u32 w) { return rd(w) != 0 && rd(w) != 2 && imm6(w) != 0; }},
        {"bit12=0 and shamt!=0 else illegal", [](u32 w) { return !bit12(w) && imm6(w) != 0; }},
        {"rd!=x0 and bit12=0 and shamt!=0 else illegal",
         [](u32 w) { return rd(w) != 0 && !bit12(w) && imm6(w) != 0; }},
        {"rs2!=x0 (else c.jr); rd=x0 is a no-op hint", [](u32 w) { return rs2(w) != 0; }},
        {"rs1!=x0 (else c.ebreak)", [](u32 w) { return rd(w) != 0; }},
        {"rs2!=x0; rd=x0 illegal in RTL (hint space)",
         [](u32 w) { return rs2(w) != 0 && rd(w) != 0; }},
    };
    return table;
}

Constraint constraint_of(const ReferenceRow& row) {
    if (row.constraint == "imm!=0 else illegal")
        return row.name == "c.addi4spn" ? stack_offset_is_not_zero : immediate_is_not_zero;
    return constraints().at(row.constraint);
}

/// rv32imc, xpulpv2, xpulpnn (Mac&Load on formats that the instruction names), flexv (status mode).
unsigned first_subset_of(const ReferenceRow& row) {
    if (row.group.starts_with("flexv."))
        return row.cond == "status" ? 3 : 2;
    return row.group.starts_with("xpulp.") ? 1 : 0;
}

ReferenceRow parse(const std::vector<std::string>& cells) {
    ReferenceRow row{.name = cells.at(0),
                     .group = cells.at(1),
                     .match = hexadecimal(cells.at(2)),
                     .mask = hexadecimal(cells.at(3)),
                     .operands = cells.at(4),
                     .reads_rd = cells.at(5) == "y",
                     .writes = cells.at(6),
                     .semantics = cells.at(7),
                     .size = unsigned(std::stoul(cells.at(8))),
                     .cond = cells.at(9),
                     .rtl_match = hexadecimal(cells.at(10)),
                     .rtl_mask = hexadecimal(cells.at(11)),
                     .canonical = cells.at(12) == "y",
                     .constraint = cells.at(13)};
    if (row.cond != "fpu" && row.cond != "compat")
        row.allows = constraint_of(row);
    row.first_subset = first_subset_of(row);
    return row;
}

}  // namespace

std::vector<ReferenceRow> implemented_reference_rows() {
    std::ifstream file(FLEXV_SPEC_DIR "/isa.csv");
    if (!file)
        throw std::runtime_error("docs/spec/isa.csv is missing");
    std::vector<ReferenceRow> rows;
    std::string line;
    std::getline(file, line);  // column names
    while (std::getline(file, line)) {
        const ReferenceRow row = parse(split(line));
        if (row.cond != "fpu" && row.cond != "compat")
            rows.push_back(row);
    }
    return rows;
}

}  // namespace flexv::test
