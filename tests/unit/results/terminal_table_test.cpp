// SPDX-License-Identifier: Apache-2.0
#include "platform/results/terminal_table.hpp"

#include <catch2/catch.hpp>

#include <sstream>

using namespace flexv::platform;

TEST_CASE("a table aligns text on the left and numbers on the right", "[report][table]") {
    TerminalTable table("Things", {"thing", "count"});
    table.add({"a", "1,000"});
    table.add({"longer", "7"});
    table.add_rule();
    table.add({"sum", "1,007"});

    CHECK(table.text() ==
          "Things\n"
          "  thing   count\n"
          "  a       1,000\n"
          "  longer      7\n"
          "  -------------\n"
          "  sum     1,007\n");
}

TEST_CASE("a table without rows is no text", "[report][table]") {
    CHECK(TerminalTable("Things", {"thing"}).text().empty());
}

TEST_CASE("a long name is cut so that no line is too long", "[report][table]") {
    TerminalTable table("Things", {"thing", "count"});
    table.add({std::string(200, 'x'), "12345"});

    std::istringstream lines(table.text());
    for (std::string line; std::getline(lines, line);)
        CHECK(line.size() <= TerminalTable::kMaxWidth);
    CHECK(table.text().find("x..  12345\n") != std::string::npos);
}

TEST_CASE("numbers are written as people read them", "[report][table]") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1'000) == "1,000");
    CHECK(grouped(18'446'744'073'709'551'615u) == "18,446,744,073,709,551,615");
    CHECK(energy_text(0) == "0 J");
    CHECK(energy_text(56'130'000) == "56.13 pJ");
    CHECK(energy_text(999'960'000) == "1.000 nJ");
    CHECK(energy_text(8'180'000'000'000'000) == "8.180 mJ");
    CHECK(with_unit(2.5, "s") == "2.500 s");
    CHECK(share_text(1, 3) == "33.3 %");
    CHECK(share_text(0, 0) == "-");
}
