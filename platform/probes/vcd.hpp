// SPDX-License-Identifier: Apache-2.0
// Writer of value change dumps (IEEE 1364, clause 18), with GTKWave's strings beside numbers. Our
// own, because sc_trace samples at the kernel's time, while a cluster runs ahead of it: here
// changes may arrive out of order within what was not flushed yet.
#pragma once

#include "base/units.hpp"

#include <memory>
#include <string>
#include <vector>

namespace flexv::platform {

class FstConverter;
class OutputFile;

class Vcd {
public:
    using Signal = std::size_t;
    enum class Kind : u8 { real, text, number };

    /// A file name with extension .fst is written through vcd2fst, which must be installed (Debian
    /// package gtkwave). The owner of `file` commits it behind finish(). Throws UserError.
    explicit Vcd(OutputFile& file);
    ~Vcd();
    Vcd(const Vcd&) = delete;
    Vcd& operator=(const Vcd&) = delete;

    /// Declares a signal; `scope` is a dotted path, `initial` a value as change() takes it.
    Signal add(const std::string& scope, const std::string& name, Kind kind,
               const std::string& initial);
    /// Writes the declarations; no add() behind it.
    void start();

    /// From time `ps` on the signal has this value: decimal digits of a number or a real, or a text
    /// without blanks. Later calls for the same time win.
    void change(Signal signal, u64 ps, std::string value);
    /// Writes what is known before time `ps`; from now on changes may not lie before it.
    void flush(u64 ps);
    /// Writes the rest; the dump ends at `ps`.
    void finish(u64 ps);

private:
    struct Variable {
        std::string scope;
        std::string name;
        Kind kind;
        std::string id;
        std::string value;
    };
    struct Change {
        u64 ps;
        Signal signal;
        std::string value;
    };

    void put(const std::string& text);
    void declare(const Variable& variable);
    void move_scope(const std::vector<std::string>& from, const std::vector<std::string>& to);
    void write_group(u64 ps, std::vector<Change>::const_iterator begin,
                     std::vector<Change>::const_iterator end);
    [[nodiscard]] static std::string text_of(const Variable& variable);

    OutputFile& file_;
    std::unique_ptr<FstConverter> converter_;  // null: the dump itself is the file
    std::vector<Variable> variables_;
    std::vector<Change> changes_;
};

}  // namespace flexv::platform
