// SPDX-License-Identifier: Apache-2.0
// simulation.translate = check: a run of translated instructions is interpreted, too, each on a
// copy of the hart, and both must leave the same behind.
#pragma once

#include "core/translation/translator.hpp"
#include "isa/hart.hpp"

#include <string>
#include <vector>

namespace flexv::core::translation {

class CheckedRun {
public:
    /// \param instructions of the run alone
    explicit CheckedRun(const Instructions& instructions);

    /// Of the run, with the end of a chain behind it: what the translation is made for.
    [[nodiscard]] std::vector<isa::Step>& steps() { return steps_; }
    void set_code(isa::Chain code) { code_ = code; }

    /// Executes the run in both ways, then goes on behind `step`, the first one of the run.
    /// \throws InternalError names the block and what differs
    static void execute(isa::Hart& hart, const isa::Step* step, const CheckedRun& run);

private:
    void compare(const isa::Hart& translated, const isa::Hart& interpreted) const;
    [[noreturn]] void fail(const std::string& what, u32 translated, u32 interpreted) const;

    std::vector<isa::Step> steps_;
    std::vector<const isa::Instruction*> rows_;
    Address pc_;
    isa::Chain code_ = nullptr;
};

}  // namespace flexv::core::translation
