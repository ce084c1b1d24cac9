// SPDX-License-Identifier: Apache-2.0
// The functions of a run in the format of Callgrind, for KCachegrind and callgrind_annotate.
#pragma once

namespace flexv::platform {

class OutputFile;
struct RunResult;

/// Writes and commits the profile; what goes wrong is the file's problem().
void save_function_profile(const RunResult& result, OutputFile& file);

}  // namespace flexv::platform
