// SPDX-License-Identifier: Apache-2.0
// The way from a core's fetch stage to its instruction cache: time, no bytes. The core decodes from
// its own copy of the code; the cache says when a word arrives.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <array>
#include <systemc>

namespace flexv {

/// Bytes of a cache line.
inline constexpr Address kFetchLineBytes = 16;
constexpr Address line_of(Address address) { return address & ~(kFetchLineBytes - 1); }

/// Lines in which a core may fetch without telling the cache, because that changes nothing there.
/// The cache owns it and takes out whatever could turn out otherwise.
class LineFilter {
public:
    explicit LineFilter(u64& hits) : hits_(&hits) { clear(); }

    [[nodiscard]] bool has(Address line) const { return lines_[index_of(line)] == line; }
    /// has(), for a line that executed code enters: then it is counted.
    [[nodiscard]] bool take(Address line) {
        if (!has(line))
            return false;
        count_entry(line);
        return true;
    }
    /// take() of the `count` lines behind `line`, of all or of none.
    [[nodiscard]] bool take_behind(Address line, unsigned count) {
        for (unsigned i = 1; i <= count; ++i)
            if (!has(line + i * kFetchLineBytes))
                return false;
        const Address first = line + kFetchLineBytes;
        if (missed_ - first < count * kFetchLineBytes) [[unlikely]]
            missed_ = kNone, --count;
        *hits_ += count;
        return true;
    }
    /// Executed code enters `line`: a hit, but for the first time behind its miss.
    void count_entry(Address line) {
        if (line == missed_) [[unlikely]]
            missed_ = kNone;
        else
            ++*hits_;
    }
    /// Executed code enters `count` lines, which all_hit() has been asked for.
    void count_entries(unsigned count) { *hits_ += count; }
    /// Has the `count` lines from `first` on. The answer stays until version() changes, and so does
    /// that of all_hit() when it is true.
    [[nodiscard]] bool has_all(Address first, unsigned count) const {
        for (unsigned i = 0; i < count; ++i)
            if (!has(first + i * kFetchLineBytes))
                return false;
        return true;
    }
    /// Entries of the `count` lines from `first` on are hits.
    [[nodiscard]] bool all_hit(Address first, unsigned count) const {
        return missed_ - first >= count * kFetchLineBytes;
    }
    /// Never 0. Stays where it is.
    [[nodiscard]] const u32& version() const { return version_; }
    /// `line` has missed, and is counted as that.
    void miss(Address line) {
        missed_ = line;
        ++version_;
    }
    void add(Address line) {
        Address& entry = lines_[index_of(line)];
        if (entry != line)
            ++version_;
        entry = line;
    }
    void remove(Address line) {
        if (!has(line))
            return;
        lines_[index_of(line)] = kNone;
        ++version_;
    }
    /// What has missed stays known.
    void clear() {
        lines_.fill(kNone);
        ++version_;
    }
    void reset() {
        clear();
        missed_ = kNone;
    }
    void serialize(StateArchive& archive) {
        archive(lines_, missed_);
        ++version_;
    }

private:
    static constexpr unsigned kEntries = 64;
    static constexpr Address kNone = 1;  // no line begins at an odd address

    static unsigned index_of(Address line) { return line / kFetchLineBytes % kEntries; }

    std::array<Address, kEntries> lines_;
    Address missed_ = kNone;
    u32 version_ = 0;
    u64* hits_;
};

/// The core's side of a FetchPort.
class FetchClient {
public:
    /// A line will be there in cycle `cycle`, the one after now: begin() of it can be called.
    virtual void line_comes(Cycles cycle) = 0;
    /// Lines that are held now may be lost in a moment, or mean something else. Whoever fetches
    /// without the cache resumes it before this returns.
    virtual void lines_go() {}

protected:
    ~FetchClient() = default;
};

/// The private cache of one core, clock by clock. In each cycle the core calls begin(), then end().
/// It may be ahead of the others' time as long as known_until() allows.
class FetchPort {
public:
    virtual void attach(FetchClient& client) = 0;
    /// The core's own filter; stays where it is.
    virtual LineFilter& filter() = 0;
    /// True when fetches in `line` change nothing in the cache; then the filter has it.
    virtual bool is_settled(Address line) = 0;
    /// The core fetched without the cache, from lines that it holds. The word at `requested` is the
    /// last it asked for; it arrives in the next cycle when `is_waiting`.
    virtual void resume(Address requested, bool is_waiting) = 0;
    /// The first cycle whose begin() is not known yet: a line may come in it.
    [[nodiscard]] virtual Cycles known_until() const = 0;
    /// True when the word asked for arrives in `cycle`.
    virtual bool begin(Cycles cycle) = 0;
    /// Between begin() and end(): a request of this cycle is granted.
    [[nodiscard]] virtual bool grants() const = 0;
    /// The core asks for the word at `address`, or only has it on the wires.
    virtual void end(bool requests, Address address) = 0;
    /// Nothing under way, or about to: the core may fetch from the filter alone.
    [[nodiscard]] virtual bool is_calm() const = 0;
    /// Nothing happens without a request until line_comes().
    [[nodiscard]] virtual bool is_static() const = 0;

protected:
    ~FetchPort() = default;
};

/// An instruction cache with one port per core.
class FetchTarget : public virtual sc_core::sc_interface {
public:
    virtual FetchPort& fetch_port(unsigned core) = 0;
};

}  // namespace flexv
