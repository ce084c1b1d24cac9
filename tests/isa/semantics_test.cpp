// SPDX-License-Identifier: Apache-2.0
// Every row of the groups xpulp.* and flexv.* against the reference that is written from
// docs/spec/isa.md (reference_hart.hpp): all encodings that the hardware takes, edge values in all
// pairs, then 10,000 and more random operands per row. State carries over from one instruction to
// the next.
#include "isa/hart_pair.hpp"
#include "isa/reference_table.hpp"

#include <fmt/format.h>
#include <catch2/catch.hpp>

#include <algorithm>
#include <set>
#include <vector>

namespace flexv::test {
namespace {

constexpr unsigned kRandomOperands = 10'000;  ///< a row; in status mode spread over 16 formats
constexpr unsigned kFormats = 16;
constexpr unsigned kSequence = 50;  ///< instructions before the address streams start anew

const ReferenceSteps& reference_steps() {
    static const ReferenceSteps steps = [] {
        ReferenceSteps all = scalar_reference();
        for (ReferenceSteps part : {simd_reference(), permute_reference(), mac_load_reference()})
            all.merge(part);
        return all;
    }();
    return steps;
}

bool has_reference_of_its_own(const ReferenceRow& row) {
    return row.group.starts_with("xpulp.") || row.group.starts_with("flexv.");
}

/// A word that the hardware takes for this row: fields and don't-care bits at random.
u32 word_of(const ReferenceRow& row, std::mt19937& random) {
    for (;;) {
        const u32 word = row.rtl_match | (u32(random()) & ~row.rtl_mask);
        if (reference_accepts(row, word))
            return word;
    }
}

/// The special case Is3 = 0 of p.mulsn and its like has a name of its own.
bool is_named(std::string_view found, const std::string& wanted) {
    return found == wanted || std::string(found) + 'n' == wanted;
}

/// Everything that is tried of one row.
class RowTrial {
public:
    RowTrial(const ReferenceRow& row, std::mt19937& random)
        : row_(row), step_(reference_steps().at(row.name)), random_(random), pair_(random) {}

    /// Stops at the first difference and says what it is.
    std::string run() {
        std::string difference;
        for (const u32 a : kEdges)
            for (const u32 b : kEdges)
                if (difference.empty())
                    difference = once(a, b);
        for (unsigned i = 0; i < kRandomOperands && difference.empty(); ++i)
            difference = once(interesting(random_), interesting(random_));
        if (difference.empty() && !pair_.memories_agree())
            difference = "memory differs";
        return difference;
    }

private:
    std::string once(u32 a, u32 b) {
        const u32 word = word_of(row_, random_);
        const bool legacy = row_.cond == "legacy" || (row_.cond == "any" && random_() % 2 == 0);
        if (const std::string name = decoded(word, legacy); !is_named(name, row_.name))
            return fmt::format("{:08x} is decoded as {}", word, name);
        if (count_ % kSequence == 0)
            pair_.set_sequence();
        pair_.set_mode(legacy, count_++ % kFormats);
        pair_.set(rd_of(word), interesting(random_));
        pair_.set(rs2_of(word), b);
        pair_.set(rs1_of(word), a);
        const u32 old = pair_.reference().x[rd_of(word)];
        const unsigned slice = pair_.reference().slice;

        pair_.run(step_, word);

        if (pair_.agree())
            return {};
        return fmt::format("{:08x} {} format {} slice {} rs1 {:08x} rs2 {:08x} rd {:08x}:{}", word,
                           legacy ? "legacy" : "status", pair_.reference().format, slice, a, b, old,
                           pair_.difference());
    }

    static std::string decoded(u32 word, bool legacy) {
        const Mode mode = legacy ? Mode::legacy : Mode::status;
        const isa::Instruction* row = Machine::decoder().find(word, mode);
        return row == nullptr ? "illegal" : std::string(row->name);
    }

    const ReferenceRow& row_;
    const ReferenceStep& step_;
    std::mt19937& random_;
    HartPair pair_;
    unsigned count_ = 0;
};

/// The rows of a group of isa.csv; fails when the group is empty.
void check_group(const std::string& group) {
    const u32 seed = random_seed();
    std::mt19937 random(seed);
    unsigned rows = 0;
    for (const ReferenceRow& row : implemented_reference_rows()) {
        if (row.group != group)
            continue;
        ++rows;
        INFO(row.name << ", FLEXV_SEED=" << seed);
        CHECK(RowTrial(row, random).run() == "");
    }
    CHECK(rows != 0);
}

}  // namespace

TEST_CASE("every custom row has a reference, and every reference a row", "[isa][semantics]") {
    std::set<std::string> rows;
    for (const ReferenceRow& row : implemented_reference_rows())
        if (has_reference_of_its_own(row))
            rows.insert(row.name);

    std::set<std::string> references;
    for (const auto& [name, step] : reference_steps())
        references.insert(name);

    CHECK(rows.size() == 517);
    CHECK(rows == references);
    for (const isa::Instruction& row : isa::all_instructions())
        CHECK((row.extension >= isa::Extension::xpulpv2) == rows.contains(std::string(row.name)));
}

TEST_CASE("scalar arithmetic equals the reference", "[isa][semantics]") {
    check_group("xpulp.alu");
}
TEST_CASE("bit manipulation equals the reference", "[isa][semantics]") { check_group("xpulp.bit"); }
TEST_CASE("multiply-accumulate equals the reference", "[isa][semantics]") {
    check_group("xpulp.mac");
}
TEST_CASE("loads and stores equal the reference", "[isa][semantics]") { check_group("xpulp.mem"); }
TEST_CASE("hardware loops equal the reference", "[isa][semantics]") { check_group("xpulp.hwloop"); }
TEST_CASE("SIMD in legacy mode equals the reference", "[isa][semantics]") {
    check_group("xpulp.simd");
}
TEST_CASE("SIMD in status mode equals the reference in every format", "[isa][semantics]") {
    check_group("flexv.mixed");
}
TEST_CASE("complex arithmetic equals the reference", "[isa][semantics]") {
    check_group("xpulp.cplx");
}
TEST_CASE("Mac&Load equals the reference in both modes", "[isa][semantics]") {
    check_group("flexv.macload");
}

}  // namespace flexv::test
