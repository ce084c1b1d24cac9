// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/trace_events.hpp"

#include "platform/files/output_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace flexv::platform {

namespace {

/// Microseconds, the unit of the format, with whole nanoseconds.
std::string microseconds(u64 ns) { return fmt::format("{}.{:03}", ns / 1000, ns % 1000); }

/// "{"cycle":12,...}"
std::string object(const TraceEvents::Details& details) {
    std::string text = "{";
    for (const auto& [key, value] : details)
        text += fmt::format("{}\"{}\":{}", text.size() > 1 ? "," : "", key, value);
    return text + "}";
}

std::string ids_of(const TraceTrack& track) {
    return fmt::format("\"pid\":{},\"tid\":{}", track.process, track.thread);
}

}  // namespace

std::string TraceEvents::quoted(std::string_view text) {
    using Json = nlohmann::json;
    return Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

TraceEvents::TraceEvents(OutputFile& file, const Details& other) : file_(file) {
    file_.write(fmt::format("{{\"displayTimeUnit\":\"ns\",\"otherData\":{},\"traceEvents\":[",
                            object(other)));
}

void TraceEvents::event(std::string_view text) {
    file_.write(has_events_ ? ",\n" : "\n");
    file_.write(text);
    has_events_ = true;
}

void TraceEvents::meta(std::string_view what, const TraceTrack& track, const Details& details) {
    event(fmt::format(R"({{"ph":"M","name":"{}",{},"args":{}}})", what, ids_of(track),
                      object(details)));
}

void TraceEvents::name_process(unsigned process, std::string_view name) {
    meta("process_name", {.process = process}, {{"name", quoted(name)}});
    meta("process_sort_index", {.process = process}, {{"sort_index", std::to_string(process)}});
}

void TraceEvents::name_track(const TraceTrack& track, std::string_view name) {
    meta("thread_name", track, {{"name", quoted(name)}});
    meta("thread_sort_index", track, {{"sort_index", std::to_string(track.thread)}});
}

void TraceEvents::slice(const TraceTrack& track, std::string_view category, std::string_view name,
                        u64 begin, u64 end, const Details& details) {
    event(fmt::format(R"({{"ph":"X","cat":"{}","name":{},{},"ts":{},"dur":{},"args":{}}})",
                      category, quoted(name), ids_of(track), microseconds(begin),
                      microseconds(end - begin), object(details)));
}

void TraceEvents::flow(char phase, std::string_view category, std::string_view name, u64 id,
                       const TraceTrack& track, u64 time) {
    event(fmt::format(R"({{"ph":"{}","bp":"e","cat":"{}","name":{},"id":{},{},"ts":{}}})", phase,
                      category, quoted(name), id, ids_of(track), microseconds(time)));
}

void TraceEvents::arrow(std::string_view category, std::string_view name, const TraceTrack& from,
                        u64 sent, const TraceTrack& to, u64 received) {
    const u64 id = ++arrows_;
    flow('s', category, name, id, from, sent);
    flow('f', category, name, id, to, received);
}

void TraceEvents::value(unsigned process, std::string_view name, std::string_view unit, u64 time,
                        double value) {
    event(fmt::format(R"({{"ph":"C","name":{},"pid":{},"ts":{},"args":{{"{}":{:.6g}}}}})",
                      quoted(name), process, microseconds(time), unit, value));
}

void TraceEvents::finish() { file_.write("\n]}\n"); }

}  // namespace flexv::platform
