// SPDX-License-Identifier: Apache-2.0
#include "core/translation/checked_run.hpp"

#include "base/error.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace flexv::core::translation {

CheckedRun::CheckedRun(const Instructions& instructions)
    : steps_(instructions.steps.begin(), instructions.steps.end()),
      rows_(instructions.rows.begin(), instructions.rows.end()),
      pc_(instructions.pc) {
    steps_.push_back({.chain = isa::end_chain, .op = {}});
}

void CheckedRun::execute(isa::Hart& hart, const isa::Step* step, const CheckedRun& run) {
    isa::Hart interpreted = hart;
    run.steps_.front().chain(interpreted, run.steps_.data());
    run.code_(hart, run.steps_.data());
    run.compare(hart, interpreted);
    step += run.rows_.size();
    step->chain(hart, step);
}

void CheckedRun::compare(const isa::Hart& translated, const isa::Hart& interpreted) const {
    for (unsigned x = 0; x < translated.x.size(); ++x)
        if (translated.x[x] != interpreted.x[x])
            fail(fmt::format("x{}", x), translated.x[x], interpreted.x[x]);
    if (translated.next_pc != interpreted.next_pc)
        fail("next_pc", translated.next_pc, interpreted.next_pc);
    if (translated.macs != interpreted.macs)
        fail("the count of multiplications", u32(translated.macs), u32(interpreted.macs));
}

void CheckedRun::fail(const std::string& what, u32 translated, u32 interpreted) const {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < rows_.size(); ++i)
        words.push_back(fmt::format("{} ({:08x})", rows_[i]->name, steps_[i].op.word));
    throw InternalError(fmt::format(
        "translation: {} is {:#x} behind the instructions at {:#x}, {:#x} when they are "
        "interpreted: {}",
        what, translated, pc_, interpreted, fmt::join(words, ", ")));
}

}  // namespace flexv::core::translation
