// SPDX-License-Identifier: Apache-2.0
// The declared registers against the table of the hardware's (docs/spec/cluster_regs.csv),
// and the pages that are made from them.
#include "platform/system/register_map.hpp"

#include "platform/system/register_pages.hpp"
#include "platform/system/soc.hpp"

#include "support/error_text.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>
#include <set>

using namespace flexv;
using namespace flexv::platform;

namespace {

struct Row {
    std::string block, name, access, reset;
    u32 offset = 0;
    std::optional<u32> base;
};

/// Cells of one line; a quoted cell may hold commas.
std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> cells(1);
    bool quoted = false;
    for (const char c : line) {
        if (c == '"')
            quoted = !quoted;
        else if (c == ',' && !quoted)
            cells.emplace_back();
        else
            cells.back() += c;
    }
    return cells;
}

std::vector<Row> reference_rows() {
    std::ifstream file(FLEXV_SPEC_DIR "/cluster_regs.csv");
    REQUIRE(file);
    std::vector<Row> rows;
    std::string line;
    std::getline(file, line);
    while (std::getline(file, line)) {
        const auto cells = split(line);
        Row row{.block = cells.at(0),
                .name = cells.at(2),
                .access = cells.at(4),
                .reset = cells.at(5),
                .offset = u32(std::stoul(cells.at(1), nullptr, 16)),
                .base = {}};
        if (!cells.at(8).empty())
            row.base = u32(std::stoul(cells.at(8), nullptr, 16));
        rows.push_back(row);
    }
    return rows;
}

/// Tables of the reference that are no registers of a modelled block: CSRs have tests of their own,
/// the words of a command too; there is no accelerator and no iDMA.
const std::set<std::string> kOthers = {"CSR", "MCHAN_CMD_WORD", "HWPE", "IDMA"};
/// The hardware never grants it, so it is refused.
bool is_never_granted(const Row& row) { return row.name == "INTER_CLUSTER"; }

bool access_fits(const std::string& wanted, Access access) {
    if (wanted == "RW" || wanted == "R sleep / W")
        return access == Access::read_write;
    if (wanted == "W")
        return access == Access::write_only;
    return access == Access::read_only || access == Access::read_to_clear;
}

/// The number in a reset cell; what depends on pins or configuration has none.
std::optional<u32> reset_of(const std::string& cell) {
    const auto number = cell.find("0x");
    if (number == std::string::npos)
        return std::nullopt;
    return u32(std::stoul(cell.substr(number), nullptr, 16));
}

struct Found {
    std::map<u32, const Register*> by_offset;
    Address base = 0;
};

std::map<std::string, Found> declared(const Soc& soc) {
    std::map<std::string, Found> result;
    for (const RegisterChapter& block : register_blocks(soc))
        for (const RegisterChapter::Instance& instance : block.instances) {
            Found& found = result[instance.name == "HMR" ? "HMR_STUB" : instance.name];
            found.base = instance.base;
            for (const Register* each : block.bank->registers())
                found.by_offset[each->offset()] = each;
        }
    return result;
}

void check_row(const Row& row, const Found& found) {
    CAPTURE(row.block, row.name, row.offset);
    CHECK(row.base == found.base);
    const auto place = found.by_offset.find(row.offset);
    REQUIRE(place != found.by_offset.end());
    const Register& ours = *place->second;
    CAPTURE(ours.name());
    CHECK(access_fits(row.access, ours.access()));
    if (const auto reset = reset_of(row.reset))
        CHECK(ours.reset_value() == *reset);
}

}  // namespace

TEST_CASE("every register of a modelled block is declared as the table says", "[registers]") {
    const Soc soc("soc", Configuration{});
    const auto blocks = declared(soc);
    unsigned checked = 0;

    for (const Row& row : reference_rows()) {
        if (kOthers.contains(row.block) || is_never_granted(row))
            continue;
        CAPTURE(row.block);
        REQUIRE(blocks.contains(row.block));
        check_row(row, blocks.at(row.block));
        ++checked;
    }
    CHECK(checked == 492);
}

TEST_CASE("registers that count from 0 at one distance become one entry", "[registers]") {
    const Soc soc("soc", Configuration{});
    const auto blocks = register_blocks(soc);
    const auto control =
        std::ranges::find(blocks, std::string("CLUSTER_CTRL"), &RegisterChapter::name);
    const auto entries = register_entries(*control->bank);

    const auto boot = std::ranges::find(entries, std::string("BOOT_ADDR"), &RegisterEntry::name);
    REQUIRE(boot != entries.end());
    CHECK(boot->offset == 0x40);
    CHECK(boot->count == 16);
    CHECK(boot->stride_bytes == 4);
    CHECK(std::ranges::count(entries, std::string("RETURN"), &RegisterEntry::name) == 1);
}

TEST_CASE("numbers that do not count from 0 stay in the name", "[registers]") {
    const Soc soc("soc", Configuration{});
    const auto blocks = register_blocks(soc);
    const auto fll = std::ranges::find(blocks, std::string("FLL"), &RegisterChapter::name);
    const auto entries = register_entries(*fll->bank);

    CHECK(std::ranges::count(entries, std::string("CONF1"), &RegisterEntry::name) == 1);
    CHECK(std::ranges::count(entries, std::string("CONF2"), &RegisterEntry::name) == 1);
}

TEST_CASE("a C header has the bases, offsets and fields of its block", "[registers]") {
    const Soc soc("soc", Configuration{});
    const std::string text = describe_registers(register_blocks(soc), true, "TIMER");

    CHECK(text.find("#define TIMER_FC_BASE 0x1a10b000\n") != std::string::npos);
    CHECK(text.find("#define TIMER_CNT_LO 0x008\n") != std::string::npos);
    CHECK(text.find("#define TIMER_CFG_LO_PRESC_MASK 0x0000ff00\n") != std::string::npos);
}

TEST_CASE("an unknown block is refused with the known ones", "[registers]") {
    const Soc soc("soc", Configuration{});

    const std::string text =
        error_of([&] { (void)describe_registers(register_blocks(soc), false, "DMA"); });

    CHECK(text.find("--block DMA: no such block") != std::string::npos);
    CHECK(text.find("MCHAN") != std::string::npos);
}
