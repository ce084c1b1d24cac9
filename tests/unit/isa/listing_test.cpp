// SPDX-License-Identifier: Apache-2.0
// The texts of `flexv-vp isa`.
#include "isa/tools/listing.hpp"
#include "isa/decoder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <sstream>
#include <string>

namespace flexv::isa {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

namespace {

std::string semantics_of(std::string_view name) {
    return isa::semantics_of(*std::ranges::find(all_instructions(), name, &Instruction::name));
}

}  // namespace

TEST_CASE("the CSV listing begins with mnemonic, match and mask", "[isa][listing]") {
    const std::string csv = listing_csv();

    CHECK_THAT(csv, StartsWith("mnemonic,match,mask,extension,mode,syntax,timing,energy,size,"
                               "semantics\n"));
    CHECK_THAT(csv, Contains("\np.lw.post,0x0000200b,0x0000707f,xpulpv2,any,\"rd, imm(rs1!)\","
                             "load,load,4,"));
    CHECK_THAT(csv, Contains("\nc.lw,0x4000,0xe003,c,any,"));
}

TEST_CASE("every listing has a line per row", "[isa][listing]") {
    const auto rows = std::ptrdiff_t(all_instructions().size());

    CHECK(std::ranges::count(listing_csv(), '\n') == rows + 1);
    CHECK(std::ranges::count(listing_table(), '\n') == rows + 1);
}

TEST_CASE("the columns of the table are aligned", "[isa][listing]") {
    std::istringstream table(listing_table());
    std::string title;
    std::getline(table, title);

    for (std::string line; std::getline(table, line);) {
        const std::size_t match = title.find("match");
        CHECK(line.substr(match - 2, 4) == "  0x");
    }
}

TEST_CASE("only custom instructions that tools emit become macros", "[isa][listing]") {
    const std::string gas = listing_gas();

    CHECK_THAT(gas, StartsWith("# SPDX-License-Identifier: Apache-2.0\n"));
    CHECK_THAT(gas, Contains(".macro p.lw.post rd, imm, rs1\n"));
    CHECK_THAT(gas, Contains(".macro pv.mlsdotsp.v rd, rs1, imm2\n"));
    CHECK_THAT(gas, !Contains(".macro add "));
    CHECK_THAT(gas, !Contains(".macro p.elw.post "));
}

TEST_CASE("an operation is described with the operands of the row", "[isa][listing]") {
    CHECK(semantics_of("add") == "rd = rs1 + rs2");
    CHECK(semantics_of("addi") == "rd = rs1 + imm");
    CHECK(semantics_of("sll") == "rd = rs1 << rs2[4:0]");
    CHECK(semantics_of("slli") == "rd = rs1 << imm");
    CHECK(semantics_of("slt") == "rd = rs1 <s rs2");
    CHECK(semantics_of("csrrs") == "rd = CSR; CSR = old | rs1");
    CHECK(semantics_of("csrrsi") == "rd = CSR; CSR = old | imm2");
    CHECK(semantics_of("blt") == "if (rs1 <s rs2) pc = pc+imm");
}

TEST_CASE("a compressed row is described as its base row, with its own registers",
          "[isa][listing]") {
    CHECK(semantics_of("c.add") == "rd = rd + rs2");  // one field for two registers
    CHECK(semantics_of("c.addi") == "rd = rd + imm");
    CHECK(semantics_of("c.addi4spn") == "rd = x2 + imm");  // a register that the word does not hold
    CHECK(semantics_of("c.addi16sp") == "x2 = x2 + imm");
    CHECK(semantics_of("c.swsp") == "M32[x2+imm] = rs2");
    CHECK(semantics_of("c.li") == "rd = imm");
    CHECK(semantics_of("c.mv") == "rd = rs2");
    CHECK(semantics_of("c.j") == "pc = pc+imm");
    CHECK(semantics_of("c.jal") == "x1 = pc+2; pc = pc+imm");
    CHECK(semantics_of("c.beqz") == "if (rs1 == 0) pc = pc+imm");
}

TEST_CASE("a load is described by what it extends, a store by what it keeps", "[isa][listing]") {
    CHECK(semantics_of("lb") == "rd = sx8(M8[rs1+imm])");
    CHECK(semantics_of("lhu") == "rd = zx16(M16[rs1+imm])");
    CHECK(semantics_of("lw") == "rd = M32[rs1+imm]");
    CHECK(semantics_of("sh") == "M16[rs1+imm] = rs2");
}

TEST_CASE("a listing is asked for by the name of its format", "[isa][listing]") {
    CHECK(listing("csv") == listing_csv());
    CHECK(listing("table") == listing_table());
    CHECK(listing("gas") == listing_gas());
    CHECK_FALSE(listing("html").has_value());
}

}  // namespace flexv::isa
