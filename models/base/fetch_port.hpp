// SPDX-License-Identifier: Apache-2.0
// What the fetch stage of a core sees of the instruction cache: time, no bytes. The core decodes
// from its own copy of the code; the cache says how late a line of 16 bytes arrives.
#pragma once

#include "base/units.hpp"

#include <array>
#include <systemc>

namespace flexv {

/// Bytes of code that one look-up covers.
inline constexpr Address kFetchLineBytes = 16;

/// Lines that one core may enter without asking: a front of hit() that the core reads inline. The
/// cache owns it and empties it whenever a look-up could turn out otherwise.
class LineFilter {
public:
    explicit LineFilter(u64& hits) : hits_(&hits) { clear(); }

    /// True when `line` hits; then it is counted as a hit of the cache.
    [[nodiscard]] bool take(Address line) {
        if (lines_[index_of(line)] != line)
            return false;
        ++*hits_;
        return true;
    }
    /// True when the `count` lines behind `line` hit; then they are counted.
    [[nodiscard]] bool take_behind(Address line, unsigned count) {
        for (unsigned i = 0; i < count; ++i) {
            line += kFetchLineBytes;
            if (lines_[index_of(line)] != line)
                return false;
        }
        *hits_ += count;
        return true;
    }
    void add(Address line) { lines_[index_of(line)] = line; }
    void clear() { lines_.fill(kNone); }

private:
    static constexpr unsigned kEntries = 64;
    static constexpr Address kNone = 1;  // no line begins at an odd address

    static unsigned index_of(Address line) { return line / kFetchLineBytes % kEntries; }

    std::array<Address, kEntries> lines_;
    u64* hits_;
};

/// The side that delivers lines. Times are EX cycles: a line that the prefetch buffer asks for
/// without delay and gets from the private cache enters EX in the cycle for which it was asked.
///
/// A core asks once for each line that its stream enters. Two things of the prefetch buffer are the
/// core's business (docs/spec/timing.md 1.2, checked in tests/unit/icache/reference_test.cpp):
/// - `slack`: while EX stalls, the buffer fetches on. Behind straight code the slack of a line is
/// that
///   of the line before, at most 1, plus the cycles stalled since that line was entered; behind a
///   jump or a miss it is 0.
/// - The wrong path: a branch taken in EX cycle t has asked for the word at pc + 8 already. When
/// that
///   word lies in another line which misses, the target enters EX one cycle after
///   fetch(core, line of pc + 8, t + 2), instead of in t + 3.
class FetchTarget : public virtual sc_core::sc_interface {
public:
    /// True when `line`, a multiple of 16, costs nothing. Then it is counted as a hit; else the
    /// core calls fetch(). May be called ahead of time: only the core's own fetches change the
    /// answer, and flushes, which are announced.
    virtual bool hit(unsigned core, Address line) = 0;
    /// The core's own filter; stays where it is.
    virtual LineFilter& filter(unsigned core) = 0;
    /// Called in timeline order in cycle `now`, the EX cycle of the first instruction of `line` if
    /// it had hit. The line was asked for `slack` cycles earlier than straight code asks. Returns
    /// the EX cycle that the instruction reaches, `now` or later.
    virtual Cycles fetch(unsigned core, Address line, Cycles now, Cycles slack = 0) = 0;
};

}  // namespace flexv
