// SPDX-License-Identifier: Apache-2.0
#include "platform/results/callgrind.hpp"

#include "platform/files/output_file.hpp"
#include "platform/files/printable.hpp"
#include "platform/results/run_result.hpp"

#include <fmt/format.h>

#include <string>

namespace flexv::platform {

namespace {

/// A name as the format wants it: "(12)" in front stands for a name that was given before, so one
/// that begins like this is given a number of its own.
std::string callgrind_name(const std::string& name, unsigned number) {
    const auto end = name.find_first_not_of("0123456789", 1);
    const bool is_number =
        name.starts_with('(') && end > 1 && end != std::string::npos && name[end] == ')';
    return is_number ? fmt::format("({}) {}", number, name) : name;
}

}  // namespace

void save_function_profile(const RunResult& result, OutputFile& file) {
    file.write(fmt::format(
        "# callgrind format\nversion: 1\ncreator: flexv-vp\npositions: line\n"
        "desc: Energy: {}, {} V, {} MHz, aJ\n"
        "event: Instr : Instructions\nevent: Active : Active cycles\n"
        "event: Sleep : Cycles asleep\nevent: Energy : Energy, aJ\n"
        "events: Instr Active Sleep Energy\n",
        printable(result.energy.profile.name), result.energy.point.vdd, result.energy.point.mhz));
    unsigned number = 0;
    for (const FunctionResult& function : result.functions) {
        ++number;
        file.write(
            fmt::format("\nfl={}\nfn={}\n{} {} {} {} {}\n",
                        function.file.empty() ? "???" : callgrind_name(function.file, number),
                        callgrind_name(function.name, number), function.line, function.instructions,
                        function.active_cycles, function.sleep_cycles, function.attojoules));
    }
    file.commit();
}

}  // namespace flexv::platform
