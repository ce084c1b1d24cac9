// SPDX-License-Identifier: Apache-2.0
// A profile as tables for people, folded stacks for flame graphs, and JSON for programs.
#pragma once

#include "platform/probes/profile_result.hpp"

#include <string>

namespace flexv::platform {

class OutputFile;
struct RunResult;

/// Tables: functions by their own cycles, lines by theirs, cores.
[[nodiscard]] std::string profile_tables(const Profile& profile, const std::string& description);
/// A line a chain of calls: "cluster.core0;main;work 1234", cycles awake and asleep.
[[nodiscard]] std::string folded_text(const Profile& profile);
/// One object, schema "flexv-profile-1"; docs/design/bringup.md describes it.
[[nodiscard]] std::string profile_json(const Profile& profile, const std::string& description);

/// In the form that the ending of the file's name asks for: .folded, .txt, .json, else Callgrind's.
/// Writes and commits; what goes wrong is the file's problem().
void save_profile(const Profile& profile, const RunResult& result, OutputFile& file);

}  // namespace flexv::platform
