// SPDX-License-Identifier: Apache-2.0
// Writer of value change dumps (IEEE 1364, clause 18), with GTKWave's strings beside numbers. Our
// own, because sc_trace samples at the kernel's time, while a cluster runs ahead of it: here
// changes may arrive out of order within what was not flushed yet.
#pragma once

#include "base/units.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace flexv::platform {

class FstConverter;
class OutputFile;

class Vcd {
public:
    using Signal = std::size_t;
    enum class Kind : u8 { real, text, number };

    /// Times are cycles of the caller's clock.
    using Picoseconds = std::function<u64(Cycles time)>;

    /// A file name with extension .fst is written through vcd2fst, which must be installed (Debian
    /// package gtkwave). The owner of `file` commits it behind finish(). Throws UserError.
    /// \param picoseconds grows with the time; asked when a time is written
    Vcd(OutputFile& file, Picoseconds picoseconds);
    ~Vcd();
    Vcd(const Vcd&) = delete;
    Vcd& operator=(const Vcd&) = delete;

    /// Declares a signal; `scope` is a dotted path, `initial` its value in decimal digits or text.
    Signal add(const std::string& scope, const std::string& name, Kind kind,
               const std::string& initial);
    /// Writes the declarations; no add() behind it.
    void start();

    // From `time` on the signal has this value. Later calls for the same time win.
    void set_number(Signal signal, Cycles time, u64 value) { change(signal, time, value); }
    void set_real(Signal signal, Cycles time, double value);
    /// Without blanks.
    void set_text(Signal signal, Cycles time, std::string_view value);
    /// Writes what is known before `time`; from now on changes may not lie before it.
    void flush(Cycles time);
    /// Writes the rest; the dump ends at `time`.
    void finish(Cycles time);

private:
    using Bits = u64;  // a number, a real's bits, the place of a text in texts_

    struct Variable {
        std::string scope;
        std::string name;
        Kind kind;
        std::string id;
        Bits value;          // written
        Bits next;           // of the group that is being written
        bool is_in = false;  // that group
    };
    struct Change {
        Cycles time;
        Bits value;
        Signal signal;
    };

    void change(Signal signal, Cycles time, Bits value) {
        changes_.push_back({.time = time, .value = value, .signal = signal});
    }
    [[nodiscard]] Bits bits_of(Kind kind, const std::string& initial);
    [[nodiscard]] Bits place_of(std::string_view text);
    void put(std::string_view text);
    void declare(const Variable& variable);
    void move_scope(const std::vector<std::string>& from, const std::vector<std::string>& to);
    void write_group(std::vector<Change>::const_iterator begin,
                     std::vector<Change>::const_iterator end);
    void add_value(const Variable& variable);

    OutputFile& file_;
    std::unique_ptr<FstConverter> converter_;  // null: the dump itself is the file
    Picoseconds picoseconds_;
    std::vector<Variable> variables_;
    std::vector<std::string> texts_;
    std::unordered_map<std::string, Bits> places_;  // of texts_
    std::vector<Change> changes_;
    std::vector<Signal> changed_;  // of the group that is being written
    fmt::memory_buffer text_;      // what is written next
};

}  // namespace flexv::platform
