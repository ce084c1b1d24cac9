// SPDX-License-Identifier: Apache-2.0
// Reading, checking and printing of the configuration.
#include "platform/config/configuration_reader.hpp"

#include "platform/config/embedded.hpp"
#include "support/scratch_folder.hpp"

#include "support/error_text.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace flexv::platform {

namespace {

LoadedConfiguration from_json(const std::string& text) {
    LoadedConfiguration configuration;
    apply_json(configuration, text, "cluster.json");
    return configuration;
}

std::string json_error(const std::string& text) {
    return error_of([&text] { (void)from_json(text); });
}

Setting setting(const std::string& key, const std::string& text) {
    return {.key = key, .text = text, .origin = "--set " + key + "=" + text};
}

LoadedConfiguration from_setting(const std::string& key, const std::string& text) {
    LoadedConfiguration configuration;
    apply_setting(configuration, setting(key, text));
    return configuration;
}

std::string setting_error(const std::string& key, const std::string& text) {
    return error_of([&] { (void)from_setting(key, text); });
}

/// Every value by key, to compare whole configurations.
std::map<std::string, Value> values_of(const Configuration& configuration) {
    std::map<std::string, Value> values;
    for (const auto& parameter : schema().parameters())
        values[parameter.key] = parameter.read(configuration);
    return values;
}

}  // namespace

TEST_CASE("the default configuration is the published cluster", "[configuration]") {
    const Configuration configuration;

    CHECK(configuration.soc.cluster.core_count == 8);
    CHECK(configuration.soc.cluster.tcdm.size_bytes == 128_KiB);
    CHECK(configuration.soc.cluster.tcdm.bank_count == 16);
    CHECK(configuration.soc.l2.size_bytes == 0x190000);
    CHECK(configuration.clock.mhz == 463);
    CHECK(configuration.clock.vdd == 0.65);
}

TEST_CASE("every parameter is documented and its default is allowed", "[configuration]") {
    std::set<std::string> keys;
    for (const auto& parameter : schema().parameters()) {
        INFO(parameter.key);
        CHECK(keys.insert(parameter.key).second);
        CHECK_FALSE(parameter.note.doc.empty());
        CHECK(parameter.note.allowed.contains(parameter.read(Configuration{})));
    }
}

TEST_CASE("the shipped configuration states the defaults", "[configuration]") {
    const LoadedConfiguration shipped = load_configuration("", {});

    CHECK(values_of(shipped.values) == values_of(Configuration{}));
    CHECK(values_of(load_configuration("flexv_cluster", {}).values) ==
          values_of(load_configuration("flexv_cluster.json", {}).values));
}

TEST_CASE("JSON sets the parameters that it names, comments and all", "[configuration]") {
    const auto configuration = from_json(R"({
        // half a cluster
        "soc": {"cluster": {"core_count": 4, /* and */ "core": {"isa": "xpulpnn"}}},
        "clock": {"vdd": 0.8},
        "simulation": {"max_cycles": 1e6}
    })");

    CHECK(configuration.values.soc.cluster.core_count == 4);
    CHECK(values_of(configuration.values).at("soc.cluster.core.isa") == Value{"xpulpnn"});
    CHECK(configuration.values.clock.vdd == 0.8);
    CHECK(configuration.values.clock.mhz == 463);
    CHECK(configuration.values.simulation.max_cycles == 1'000'000);
    CHECK(configuration.origins.at("soc.cluster.core_count") == "cluster.json:3");
    CHECK(configuration.origins.at("clock.vdd") == "cluster.json:4");
    CHECK_FALSE(configuration.origins.contains("clock.mhz"));
}

TEST_CASE("a dotted key stands for the groups it names", "[configuration]") {
    const auto configuration =
        from_json(R"({"soc.cluster.core_count": 2, "soc.cluster": {"tcdm.bank_count": 32}})");

    CHECK(configuration.values.soc.cluster.core_count == 2);
    CHECK(configuration.values.soc.cluster.tcdm.bank_count == 32);
}

TEST_CASE("a size may be written in hexadecimal or with its unit", "[configuration]") {
    const std::string key = "soc.cluster.tcdm.size_bytes";

    CHECK(from_setting(key, "0x10000").values.soc.cluster.tcdm.size_bytes == 64_KiB);
    CHECK(from_setting(key, "64KiB").values.soc.cluster.tcdm.size_bytes == 64_KiB);
    CHECK(from_setting(key, "1 MiB").values.soc.cluster.tcdm.size_bytes == 1_MiB);
    CHECK(from_setting(key, "65536").values.soc.cluster.tcdm.size_bytes == 64_KiB);
    CHECK(from_json(R"({"soc.cluster.tcdm.size_bytes": "64 KiB"})")
              .values.soc.cluster.tcdm.size_bytes == 64_KiB);
}

TEST_CASE("an impossible value is refused with the line and the possible ones", "[configuration]") {
    CHECK(json_error("{\n  \"soc\": {\n    \"cluster\": {\n      \"tcdm\": {\n"
                     "        \"bank_count\": 12\n}}}}") ==
          "cluster.json:5: soc.cluster.tcdm.bank_count = 12: must be one of 8, 16, 32, 64");
    CHECK(json_error(R"({"soc": {"cluster": {"core_count": 17}}})") ==
          "cluster.json:1: soc.cluster.core_count = 17: must be a whole number 1..16");
    CHECK(json_error(R"({"soc.cluster.core.isa": "rv64"})") ==
          "cluster.json:1: soc.cluster.core.isa = \"rv64\": must be one of \"rv32imc\", "
          "\"xpulpv2\", \"xpulpnn\", \"flexv\"");
    CHECK(setting_error("soc.cluster.tcdm.size_bytes", "100000") ==
          "--set soc.cluster.tcdm.size_bytes=100000: must be a power of two from 16 KiB to 1 MiB");
}

TEST_CASE("a value of the wrong type is refused", "[configuration]") {
    CHECK(json_error(R"({"soc.cluster.core_count": "eight"})") ==
          "cluster.json:1: soc.cluster.core_count = \"eight\": must be a whole number 1..16");
    CHECK(json_error(R"({"soc.cluster.core_count": 2.5})") ==
          "cluster.json:1: soc.cluster.core_count = 2.5: must be a whole number 1..16");
    CHECK(json_error(R"({"soc.cluster.core_count": -1})").find("must be a whole number 1..16") !=
          std::string::npos);
    CHECK(json_error(R"({"clock.vdd": true})").find("must be a number 0.4..1.2") !=
          std::string::npos);
    CHECK(json_error(R"({"clock.vdd": [0.65]})").find("must be a number 0.4..1.2") !=
          std::string::npos);
    CHECK(json_error(R"({"clock.vdd": null})").find("must be a number 0.4..1.2") !=
          std::string::npos);
    CHECK(json_error(R"({"clock.vdd": {"x": 1}})") ==
          "cluster.json:1: clock.vdd: must be a number 0.4..1.2, not an object");
    CHECK(json_error("[1]") == "cluster.json:1: must be an object: { ... }");
    CHECK(json_error(R"({"clock": 5})") ==
          "cluster.json:1: clock = 5: is a group of parameters: mhz, "
          "soc_mhz, follows_fll, vdd");
}

TEST_CASE("an unknown key is refused with the nearest known one", "[configuration]") {
    CHECK(json_error("{\n\"soc\": {\n\"cluster\": {\n\"cores\": 4}}}") ==
          "cluster.json:4: soc.cluster.cores = 4: unknown key; nearest: soc.cluster.core_count");
    CHECK(json_error("{\"soc\": {\n\"clutser\": {}}}") ==
          "cluster.json:2: soc.clutser: unknown key; nearest: soc.cluster");
    CHECK(setting_error("soc.cluster.cores", "4") ==
          "--set soc.cluster.cores=4: unknown key; nearest: soc.cluster.core_count");
}

TEST_CASE("a key that is given twice in a file is refused", "[configuration]") {
    CHECK(json_error("{\"clock.mhz\": 400,\n\"clock\": {\n\"mhz\": 300}}") ==
          "cluster.json:3: clock.mhz: given twice, first in line 1");
}

TEST_CASE("a syntax error is reported with its line", "[configuration]") {
    CHECK(json_error("{\n  \"clock\": {\n    \"mhz\": 400\n    \"vdd\": 0.8\n  }\n}")
              .starts_with("cluster.json:4: not valid JSON: syntax error"));
    CHECK(json_error("{\n\"clock\" 12\n}").starts_with("cluster.json:2: not valid JSON"));
    CHECK(json_error("{\n\"a\n").starts_with("cluster.json:2: not valid JSON"));
    CHECK(json_error("{\n} // trailing\nx").starts_with("cluster.json:3: not valid JSON"));
    CHECK(json_error("{}\n}").starts_with("cluster.json:2: not valid JSON"));
}

TEST_CASE("a file without an object is called so", "[configuration]") {
    CHECK(json_error("") == "cluster.json:1: is empty; expected a JSON object: { ... }");
    CHECK(json_error(" \n\t\r\n") == json_error(""));
    CHECK(json_error("// only a comment\n").starts_with("cluster.json:2: not valid JSON"));
    CHECK(json_error("7") == "cluster.json:1: must be an object: { ... }");
    CHECK(json_error("null") == "cluster.json:1: must be an object: { ... }");
    CHECK(json_error(std::string(100'000, '[')) == "cluster.json:1: must be an object: { ... }");
}

TEST_CASE("a key without a name is refused where it stands", "[configuration]") {
    CHECK(json_error("{\n\"\": 3}") ==
          "cluster.json:2: a key is empty; `flexv-vp config` lists the parameters");
    CHECK(json_error("{\"soc\": {\n\"\": {}}}") ==
          "cluster.json:2: a key is empty; `flexv-vp config` lists the parameters");
}

TEST_CASE("a number that no computer has is refused like one that is too large",
          "[configuration]") {
    CHECK(json_error("{\"clock\": {\n\"mhz\": 1e400}}") ==
          "cluster.json:2: clock.mhz = 1e400: must be a number 1..2000");
    CHECK(json_error("{\"soc.cluster.core_count\": -1e999}") ==
          "cluster.json:1: soc.cluster.core_count = -1e999: must be a whole number 1..16");
    CHECK(json_error("{\"soc.cluster.core_count\": 99999999999999999999}")
              .ends_with("must be a whole number 1..16"));
    CHECK(json_error("{\"soc.uart.input\": 1e400}") ==
          "cluster.json:1: soc.uart.input = 1e400: must be a file");
    CHECK(json_error("1e400") == "cluster.json:1: must be an object: { ... }");
    CHECK(json_error("{\"clock.mhz\": NaN}").starts_with("cluster.json:1: not valid JSON"));
    for (const char* text : {"1e400", "nan", "inf", "-inf", "0x", "1e-400", "  ", "1,5", "1 2"})
        CHECK(setting_error("clock.mhz", text) ==
              fmt::format("--set clock.mhz={}: must be a number 1..2000", text));
}

TEST_CASE("a clock that is no clock is refused", "[configuration]") {
    CHECK(setting_error("clock.soc_mhz", "1e-300") ==
          "--set clock.soc_mhz=1e-300: must be 0 or a number 1..2000");
    CHECK(setting_error("clock.soc_mhz", "0") == "no error");
}

TEST_CASE("bytes that are no UTF-8 are refused, and shown as numbers", "[configuration]") {
    CHECK(json_error("{\"clock\": \"\xff\"}").find("ill-formed UTF-8 byte") != std::string::npos);
    CHECK(json_error("{\"clock\": \"\xff\"}").find("\\xff") != std::string::npos);
}

TEST_CASE("a byte order mark is passed over", "[configuration]") {
    CHECK(from_json("\xef\xbb\xbf{\"clock.mhz\": 100}").values.clock.mhz == 100);
    CHECK(json_error(std::string("\xff\xfe{\0", 4)).starts_with("cluster.json:1: not valid JSON"));
}

TEST_CASE("a setting without a value, or of a whole group, says what is missing",
          "[configuration]") {
    CHECK(setting_error("clock.mhz", "") ==
          "--set clock.mhz=: has no value: must be a number 1..2000");
    CHECK(setting_error("energy.profile", "").starts_with("--set energy.profile=: has no value"));
    CHECK(setting_error("soc.uart.input", "") == "no error");
    CHECK(setting_error("clock", "{\"mhz\": 3}") ==
          "--set clock={\"mhz\": 3}: is a group of parameters: mhz, soc_mhz, follows_fll, vdd");
    CHECK(setting_error("clock.mhz", "{\"a\": 1}").ends_with("must be a number 1..2000"));
    CHECK(setting_error("clock.mhz", std::string(100'000, '['))
              .ends_with("must be a number 1..2000"));
}

TEST_CASE("JSON cut off anywhere is refused", "[configuration][property]") {
    const std::string whole = R"({"soc": {"cluster": {"core_count": 4}}, "clock": {"mhz": 40}})";

    for (std::size_t length = 0; length < whole.size(); ++length) {
        INFO("length " << length);
        CHECK(json_error(whole.substr(0, length)).starts_with("cluster.json:1: "));
    }
}

TEST_CASE("later settings win over earlier ones and over the file", "[configuration]") {
    const std::vector<Setting> settings = {setting("soc.cluster.core_count", "4"),
                                           setting("soc.cluster.core_count", "2")};

    const LoadedConfiguration configuration = load_configuration("flexv_cluster", settings);

    CHECK(configuration.values.soc.cluster.core_count == 2);
    CHECK(configuration.origins.at("soc.cluster.core_count") == "--set soc.cluster.core_count=2");
}

TEST_CASE("parameters that contradict each other are refused with their origins",
          "[configuration]") {
    const std::vector<Setting> settings = {setting("soc.cluster.icache.l1_bytes", "64"),
                                           setting("soc.cluster.icache.l1_ways", "8")};

    CHECK(error_of([&] { (void)load_configuration("", settings); }) ==
          "soc.cluster.icache.l1_bytes = 64 (--set soc.cluster.icache.l1_bytes=64), "
          "soc.cluster.icache.l1_ways = 8 (--set soc.cluster.icache.l1_ways=8): "
          "each way of a private cache holds at least one line of 16 B");
}

TEST_CASE("a file is read by path, and a name that nobody ships is refused", "[configuration]") {
    const test::ScratchFolder folder;
    const std::string path = folder.write("mine.json", "{\"clock\": {\n\"mhz\": 100}}");

    CHECK(load_configuration(path, {}).origins.at("clock.mhz") == path + ":2");
    CHECK(error_of([] {
              (void)load_configuration("nowhere.json", {});
          }).starts_with("nowhere.json: no such configuration file\n  shipped: flexv_cluster"));
    CHECK(error_of([] { (void)load_configuration(".", {}); }) ==
          "configuration .: is a folder, not a file");
}

TEST_CASE("the printed configuration describes every parameter and can be read again",
          "[configuration]") {
    LoadedConfiguration original;
    apply_json(original, "{\n\"soc\": {\"cluster\": {\"core_count\": 4}}}", "my.json");
    apply_setting(original, setting("clock.vdd", "0.8"));

    const std::string text = to_text(original);

    CHECK(values_of(from_json(text).values) == values_of(original.values));
    CHECK(text.find("      // Cores of the cluster.\n"
                    "      // [cores; a whole number 1..16] from my.json:2\n"
                    "      \"core_count\": 4") != std::string::npos);
    CHECK(text.find("from --set clock.vdd=0.8\n    \"vdd\": 0.8") != std::string::npos);
    CHECK(text.find("a whole number 1..1000000000] default\n") != std::string::npos);
    for (const auto& parameter : schema().parameters())
        CHECK(text.find(parameter.note.doc) != std::string::npos);
}

TEST_CASE("an odd origin does not break the printed configuration", "[configuration]") {
    const LoadedConfiguration original = from_setting("energy.profile", "a\n\"b\" */");

    CHECK(values_of(from_json(to_text(original)).values) == values_of(original.values));
}

TEST_CASE("embedded files are found by path and listed by name", "[configuration]") {
    CHECK(embedded_file("config/flexv_cluster.json").has_value());
    CHECK_FALSE(embedded_file("config/none.json").has_value());
    CHECK(embedded_names("config/", ".json").front() == "flexv_cluster");
}

}  // namespace flexv::platform
