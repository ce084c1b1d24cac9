// SPDX-License-Identifier: Apache-2.0
// The rows against the reference table: the same instructions with the same encodings. Source of
// every number: docs/spec/isa.csv.
#include "isa/decoder.hpp"
#include "isa/reference_table.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <map>
#include <set>
#include <string>

namespace flexv::test {
namespace {

using isa::Instruction;

std::map<std::string_view, const Instruction*> rows_by_name() {
    std::map<std::string_view, const Instruction*> rows;
    for (const Instruction& row : isa::all_instructions())
        rows[row.name] = &row;
    return rows;
}

std::string_view condition(isa::Mode mode) {
    switch (mode) {
        case isa::Mode::legacy:
            return "legacy";
        case isa::Mode::status:
            return "status";
        default:
            return "any";
    }
}

}  // namespace

TEST_CASE("the rows are exactly the instructions of the reference table", "[isa][encoding]") {
    std::set<std::string> expected;
    for (const ReferenceRow& row : implemented_reference_rows())
        expected.insert(row.name);

    std::set<std::string> actual;
    for (const Instruction& row : isa::all_instructions())
        actual.emplace(row.name);

    CHECK(actual.size() == isa::all_instructions().size());
    for (const std::string& name : expected) {
        INFO(name);
        CHECK(actual.contains(name));
    }
    for (const std::string& name : actual) {
        INFO(name);
        CHECK(expected.contains(name));
    }
}

TEST_CASE("every row has the encoding of the reference table", "[isa][encoding]") {
    const auto rows = rows_by_name();

    for (const ReferenceRow& reference : implemented_reference_rows()) {
        INFO(reference.name);
        const Instruction& row = *rows.at(reference.name);
        const isa::Encoding& encoding = isa::encoding_of(row);

        CHECK(encoding.size == reference.size);
        CHECK(fmt::format("{:08x}", encoding.match) == fmt::format("{:08x}", reference.match));
        CHECK(fmt::format("{:08x}", encoding.mask) == fmt::format("{:08x}", reference.mask));
        CHECK(fmt::format("{:08x}", encoding.hardware_match()) ==
              fmt::format("{:08x}", reference.rtl_match));
        CHECK(fmt::format("{:08x}", encoding.hardware_mask) ==
              fmt::format("{:08x}", reference.rtl_mask));
    }
}

TEST_CASE("every row has the mode and the operand directions of the reference table",
          "[isa][encoding]") {
    const auto rows = rows_by_name();

    for (const ReferenceRow& reference : implemented_reference_rows()) {
        INFO(reference.name);
        const Instruction& row = *rows.at(reference.name);
        const isa::Encoding& encoding = isa::encoding_of(row);
        // In a compressed row the table says reads_rd where ours has rs1 in the same field.
        const bool rd_is_rs1 = row.extension == isa::Extension::c &&
                               encoding.field(isa::Field::rs1).present && !row.reads_rd;

        CHECK(condition(row.mode) == reference.cond);
        CHECK(row.canonical == reference.canonical);
        CHECK((row.reads_rd || rd_is_rs1) == (reference.reads_rd || rd_is_rs1));
        CHECK(row.execute != nullptr);
        CHECK_FALSE(row.semantics.empty());
    }
}

TEST_CASE("a row's index is its place among all rows", "[isa]") {
    const auto rows = isa::all_instructions();

    for (unsigned i = 0; i < rows.size(); ++i)
        CHECK(isa::index_of(rows[i]) == i);
    CHECK(rows.size() <= isa::kMaxRows);
}

}  // namespace flexv::test
