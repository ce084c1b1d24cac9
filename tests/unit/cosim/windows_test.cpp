// SPDX-License-Identifier: Apache-2.0
// Windows in the configuration: what is read, what is refused and how.
#include "base/error.hpp"
#include "unit/cosim/chip.hpp"

using namespace flexv;
using namespace flexv::platform;
using flexv::test::chip_configuration;

namespace {

std::string error_of(const std::string& text) {
    try {
        const Configuration configuration = chip_configuration(text);
        const Soc soc("soc", configuration);
        return "none";
    } catch (const UserError& error) {
        return error.what();
    }
}

std::string windows(const std::string& list) {
    return R"({"soc": {"external_out": )" + list + "}}";
}

std::string slots(const std::string& list) {
    return R"({"soc": {"cluster": {"external_out": )" + list + "}}}";
}

}  // namespace

TEST_CASE("windows are read, printed and read again", "[cosim]") {
    LoadedConfiguration loaded;
    apply_setting(loaded,
                  {.key = "soc.external_out",
                   .text = R"([{"name": "a", "base": "0x20000000", "size_bytes": "1 MiB"}])",
                   .origin = "--set"});
    LoadedConfiguration again;
    apply_json(again, to_text(loaded), "printed");

    REQUIRE(again.values.soc.external_out.size() == 1);
    CHECK(again.values.soc.external_out[0].name == "a");
    CHECK(again.values.soc.external_out[0].base == 0x2000'0000);
    CHECK(again.values.soc.external_out[0].size_bytes == 1_MiB);
    CHECK(again.values.soc.external_out[0].latency_cycles == 1);
}

TEST_CASE("a field that is wrong is named with its place", "[cosim]") {
    CHECK(
        error_of(windows(R"([{"name": "a", "base": 2, "size_bytes": 4}])")) ==
        "test:1: soc.external_out[0].base = 2: must be a multiple of 4 B from 0 B to 4294967292 B");
    CHECK_THAT(error_of(windows(R"([{"name": "a", "base": 4, "size_bytes": 0}])")),
               Catch::StartsWith("test:1: soc.external_out[0].size_bytes = 0: must be"));
    CHECK_THAT(error_of(windows(R"([{"base": 4, "size_bytes": 4}])")),
               Catch::StartsWith("test:1: soc.external_out[0].name: is missing: must be a name"));
    CHECK(error_of(windows(R"([{"nam": "a", "base": 4, "size_bytes": 4}])")) ==
          "test:1: soc.external_out[0].nam: unknown key; nearest: name");
    CHECK_THAT(
        error_of(windows(R"([{"name": "a", "base": 4, "size_bytes": 4, "latency_cycles": 0}])")),
        Catch::Contains("latency_cycles = 0: must be a whole number 1.."));
    CHECK_THAT(error_of(windows("7")),
               Catch::StartsWith("test:1: soc.external_out = 7: must be a list"));
    CHECK_THAT(error_of(windows("[7]")),
               Catch::StartsWith("test:1: soc.external_out[0] = 7: must be an object"));
    CHECK_THAT(error_of(windows(R"([{"name": "a", "name": "b"}])")),
               Catch::Contains("given twice"));
}

TEST_CASE("windows that meet are refused with both names", "[cosim]") {
    CHECK(error_of(windows(R"([{"name": "a", "base": "0x20000000", "size_bytes": 4096},
                               {"name": "b", "base": "0x20000ffc", "size_bytes": 8}])")) ==
          "test:1: soc.external_out: window b 0x20000ffc..0x20001003 overlaps window a "
          "0x20000000..0x20000fff; windows must be disjoint");
    CHECK_THAT(error_of(windows(R"([{"name": "a", "base": "0x20000000", "size_bytes": 4096},
                                    {"name": "a", "base": "0x30000000", "size_bytes": 8}])")),
               Catch::Contains("have one name"));
}

TEST_CASE("a window over a block of the platform is refused with both names", "[cosim]") {
    CHECK_THAT(error_of(windows(R"([{"name": "a", "base": "0x1c000000", "size_bytes": 4096}])")),
               Catch::Contains("soc.external_out.a") && Catch::Contains("soc.l2"));
    CHECK_THAT(error_of(slots(R"([{"name": "a", "base": "0x10200400", "size_bytes": 1024}])")),
               Catch::Contains("window a 0x10200400..0x102007ff overlaps cluster.timer"));
}

TEST_CASE("a window that leaves the address space is refused", "[cosim]") {
    CHECK_THAT(error_of(windows(R"([{"name": "a", "base": "0xfffffff0", "size_bytes": 32}])")),
               Catch::Contains("window a 0xfffffff0..0x10000000f must end below"));
    CHECK_THAT(error_of(slots(R"([{"name": "a", "base": "0x10203c00", "size_bytes": 2048}])")),
               Catch::Contains("must end below 0x10204000"));
    CHECK_THAT(error_of(slots(R"([{"name": "a", "base": "0x10203d00", "size_bytes": 1024}])")),
               Catch::Contains("base = \"0x10203d00\": must be a multiple of 1 KiB"));
}

TEST_CASE("a window may take the slot of the accelerator that this cluster has not", "[cosim]") {
    CHECK(error_of(slots(R"([{"name": "a", "base": "0x10201000", "size_bytes": 1024}])")) ==
          "none");
}

TEST_CASE("a window that is asked for by a wrong name lists those that there are", "[cosim]") {
    Soc soc("soc", chip_configuration(flexv::test::kWindows));

    CHECK_THROWS_WITH(soc.outside.window("devise"), Catch::Contains("there is device, slot"));
    CHECK_THROWS_WITH(soc.outside.add_line_input(16), Catch::Contains("not free"));
}
