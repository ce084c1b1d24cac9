// SPDX-License-Identifier: Apache-2.0
// The instruction trace of one core: one line for each instruction, in the columns of the
// RI5CY/CV32E40P simulation tracer, so that it can be compared with logs of the RTL.
#pragma once

#include "base/clock_domain.hpp"
#include "core/probe/observer.hpp"

#include <fmt/format.h>

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::core {

/// Cycles [from, to] that are written.
struct TraceWindow {
    Cycles from = 0;
    Cycles to = kNever;
};

/// Columns, separated by blanks: time in ns, cycle of the cluster clock in which the instruction
/// executes, hart index, pc, encoding (4 digits when compressed), instruction with numeric register
/// names, then `x5=value` for each register written, `x6:value` for each one read, and for an
/// access `PA:address` with `load:value` or `store:value`. Numbers are hexadecimal but for time,
/// cycle and hart.
class InstructionTrace final : public Observer {
public:
    using Write = std::function<void(std::string_view line)>;  ///< `line` ends with a newline

    InstructionTrace(unsigned hart, const ClockDomain& clock, TraceWindow window, Write write);

    [[nodiscard]] static std::string_view header();

    void before(const Execution& execution, isa::Hart& hart) override;
    void after(const Execution& execution, isa::Hart& hart) override;

private:
    /// What every line of an instruction has in common.
    struct Known {
        const isa::Instruction* row = nullptr;
        Address pc = 0;
        u32 word = 0;
        u32 written = 0;   ///< registers, one bit for each
        u32 read = 0;      ///< the same
        std::string text;  ///< from the pc to the decoded instruction
    };
    static constexpr std::size_t kKnown = 4096;

    [[nodiscard]] bool is_wanted(const Execution& execution) const {
        return execution.cycle >= window_.from && execution.cycle <= window_.to;
    }
    [[nodiscard]] const Known& known(const Execution& execution);

    const unsigned hart_;
    const ClockDomain& clock_;
    const TraceWindow window_;
    const Write write_;
    std::vector<Known> known_;  // [halfword of the pc % kKnown]
    fmt::memory_buffer line_;
    std::array<u32, 32> registers_before_{};
};

}  // namespace flexv::core
