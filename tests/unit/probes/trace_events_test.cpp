// SPDX-License-Identifier: Apache-2.0
// The trace-event format: what Perfetto reads.
#include "platform/probes/trace_events.hpp"

#include "platform/files/output_file.hpp"
#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace flexv;
using namespace flexv::platform;
using Json = nlohmann::json;

namespace {

struct File {
    flexv::test::ScratchFolder folder;
    OutputFile output{"--timeline", folder.file("t.json")};
    TraceEvents events{output, {{"schema", "\"s\""}}};

    /// The events behind finish().
    [[nodiscard]] Json written() {
        events.finish();
        output.commit();
        return Json::parse(folder.read("t.json"));
    }
};

}  // namespace

TEST_CASE("a timeline without events is a whole object", "[timeline]") {
    File file;

    const Json written = file.written();

    CHECK(written["traceEvents"] == Json::array());
    CHECK(written["otherData"] == Json{{"schema", "s"}});
    CHECK(written["displayTimeUnit"] == "ns");
}

TEST_CASE("a slice has its begin and length in microseconds, exact to the nanosecond",
          "[timeline]") {
    File file;
    file.events.slice({.process = 1, .thread = 2}, "function", "work<\"int\">", 1'234'567,
                      1'234'570, {{"cycle", "12"}, {"at", TraceEvents::quoted("a\\b")}});

    const Json event = file.written()["traceEvents"].at(0);

    CHECK(event["ph"] == "X");
    CHECK(event["name"] == "work<\"int\">");
    CHECK(event["cat"] == "function");
    CHECK(event["pid"] == 1);
    CHECK(event["tid"] == 2);
    CHECK(event["ts"].get<double>() == 1234.567);
    CHECK(event["dur"].get<double>() == 0.003);
    CHECK(event["args"] == Json{{"cycle", 12}, {"at", "a\\b"}});
}

TEST_CASE("an arrow is a flow of two events with a number of its own", "[timeline]") {
    File file;
    const TraceTrack from{.process = 1, .thread = 1};
    const TraceTrack to{.process = 1, .thread = 2};
    file.events.arrow("barrier", "barrier 0", from, 1000, to, 2000);
    file.events.arrow("barrier", "barrier 0", to, 3000, from, 4000);

    const Json events = file.written()["traceEvents"];

    REQUIRE(events.size() == 4);
    CHECK(events[0]["ph"] == "s");
    CHECK(events[1]["ph"] == "f");
    CHECK(events[1]["bp"] == "e");
    CHECK(events[0]["id"] == events[1]["id"]);
    CHECK(events[0]["id"] != events[2]["id"]);
    CHECK(events[0]["tid"] == 1);
    CHECK(events[1]["tid"] == 2);
}

TEST_CASE("names of tracks and values of curves are events, too", "[timeline]") {
    File file;
    file.events.name_process(1, "Cores");
    file.events.name_track({.process = 1, .thread = 3}, "cluster.core2");
    file.events.value(3, "power", "mW", 5000, 26.5);

    const Json events = file.written()["traceEvents"];

    CHECK(events[0]["name"] == "process_name");
    CHECK(events[0]["args"]["name"] == "Cores");
    CHECK(events[2]["name"] == "thread_name");
    CHECK(events[2]["args"]["name"] == "cluster.core2");
    CHECK(events[3]["args"]["sort_index"] == 3);
    CHECK(events[4]["ph"] == "C");
    CHECK(events[4]["args"]["mW"].get<double>() == 26.5);
    CHECK(events[4]["ts"].get<double>() == 5.0);
}

TEST_CASE("what is no UTF-8 in a name of the firmware does not break the file", "[timeline]") {
    File file;
    file.events.slice({.process = 1, .thread = 1}, "function", "a\xff\n", 0, 1);

    CHECK(file.written()["traceEvents"][0]["name"] == "a\xEF\xBF\xBD\n");
}
