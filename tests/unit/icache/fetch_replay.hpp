// SPDX-License-Identifier: Apache-2.0
// The fetch stages of several cores without the cores: replays lists of executed instructions
// against an instruction cache, word by word, by the prefetch buffer's rules of docs/spec/timing.md
// 1.2.
#pragma once

#include "base/fetch_port.hpp"
#include "base/units.hpp"

#include <vector>

namespace flexv::test {

/// One executed 32-bit instruction, by what it does to the fetch stage.
struct Step {
    enum class Kind { plain, jump, taken_branch, flush, sync, start, stop };
    Address pc = 0;
    Kind kind = Kind::plain;
};

/// One hart's instructions in the order of their execution.
class Trace {
public:
    explicit Trace(Address pc) : pc_(pc) {}

    Trace& straight(unsigned instructions) {
        for (unsigned i = 0; i < instructions; ++i)
            add(Step::Kind::plain);
        return *this;
    }
    /// Straight code up to the instruction in front of `end`.
    Trace& straight_to(Address end) { return straight((end - pc_) / 4); }
    Trace& add(Step::Kind kind) {
        steps_.push_back({.pc = pc_, .kind = kind});
        pc_ += 4;
        return *this;
    }
    Trace& jump(Address target) { return leave(Step::Kind::jump, target); }
    Trace& branch(Address target) { return leave(Step::Kind::taken_branch, target); }
    /// `body` ends in front of `end`, where a branch goes back to `begin`, `passes` - 1 times.
    Trace& loop(Address begin, Address end, unsigned passes) {
        for (unsigned pass = 0; pass < passes; ++pass) {
            straight_to(end);
            pass + 1 < passes ? branch(begin) : straight(1);
        }
        return *this;
    }
    [[nodiscard]] const std::vector<Step>& steps() const { return steps_; }

private:
    Trace& leave(Step::Kind kind, Address target) {
        add(kind);
        pc_ = target;
        return *this;
    }

    Address pc_;
    std::vector<Step> steps_;
};

/// Start and stop marker of each hart; a hart without markers has zeros.
struct Span {
    Cycles start = 0;
    Cycles stop = 0;
    [[nodiscard]] Cycles cycles() const { return stop - start; }
};

/// All harts leave reset together; a `sync` load is granted when every hart has reached its own.
std::vector<Span> replay(FetchTarget& cache, const std::vector<Trace>& harts);

}  // namespace flexv::test
