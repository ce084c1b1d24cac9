// SPDX-License-Identifier: Apache-2.0
// Writer of the Chrome trace-event format (JSON object form: "Trace Event Format", Google), which
// Perfetto and chrome://tracing open. Events may come in any order, so nothing is kept. Plain
// logic.
#pragma once

#include "base/units.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace flexv::platform {

class OutputFile;

/// A line of the picture: a thread of a process, in words of the format.
struct TraceTrack {
    unsigned process = 0;
    unsigned thread = 0;
};

class TraceEvents {
public:
    /// What an event has beside its name; values are JSON already: "12", "\"0x10000000\"".
    using Details = std::vector<std::pair<std::string_view, std::string>>;

    /// `other` describes the run as a whole. The owner of `file` commits it behind finish().
    TraceEvents(OutputFile& file, const Details& other);

    /// Processes and threads stand in the order of their numbers.
    void name_process(unsigned process, std::string_view name);
    void name_track(const TraceTrack& track, std::string_view name);

    /// Something that takes from `begin` to `end`, in ns; those of a track lie in each other or
    /// apart.
    void slice(const TraceTrack& track, std::string_view category, std::string_view name, u64 begin,
               u64 end, const Details& details = {});
    /// An arrow between two slices that are open at these times.
    void arrow(std::string_view category, std::string_view name, const TraceTrack& from, u64 sent,
               const TraceTrack& to, u64 received);
    /// A curve has this value from `time` on.
    void value(unsigned process, std::string_view name, std::string_view unit, u64 time,
               double value);
    void finish();

    /// `text` as a string of JSON. What is no UTF-8 is replaced.
    [[nodiscard]] static std::string quoted(std::string_view text);

private:
    void event(std::string_view text);
    void meta(std::string_view what, const TraceTrack& track, const Details& details);
    void flow(char phase, std::string_view category, std::string_view name, u64 id,
              const TraceTrack& track, u64 time);

    OutputFile& file_;
    bool has_events_ = false;
    u64 arrows_ = 0;
};

}  // namespace flexv::platform
