// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/vcd.hpp"

#include "platform/files/output_file.hpp"
#include "platform/probes/fst_converter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <iterator>
#include <sstream>
#include <utility>

namespace flexv::platform {

namespace {

constexpr unsigned kNumberBits = 32;

std::vector<std::string> names_of(const std::string& scope) {
    std::vector<std::string> names;
    std::istringstream text(scope);
    for (std::string name; std::getline(text, name, '.');)
        names.push_back(name);
    return names;
}

/// Printable characters '!' to '~', least significant first.
std::string identifier(std::size_t index) {
    constexpr std::size_t kCharacters = 94;
    std::string id;
    do {
        id += char('!' + index % kCharacters);
        index /= kCharacters;
    } while (index != 0);
    return id;
}

void append(fmt::memory_buffer& text, std::string_view part) {
    text.append(part.data(), part.data() + part.size());
}

constexpr auto kNibbles = [] {
    std::array<std::array<char, 4>, 16> digits{};
    for (unsigned value = 0; value < digits.size(); ++value)
        for (unsigned bit = 0; bit < 4; ++bit)
            digits[value][3 - bit] = char('0' + (value >> bit & 1));
    return digits;
}();

/// Binary, without leading zeros.
void append_binary(fmt::memory_buffer& text, u64 value) {
    std::array<char, 64> digits;
    const std::size_t first = digits.size() - std::max<std::size_t>(std::bit_width(value), 1);
    for (std::size_t at = digits.size(); at > first; value >>= 4) {
        at -= 4;
        std::ranges::copy(kNibbles[value & 15], digits.data() + at);
    }
    text.append(digits.data() + first, digits.data() + digits.size());
}

}  // namespace

Vcd::Vcd(OutputFile& file, Picoseconds picoseconds)
    : file_(file), picoseconds_(std::move(picoseconds)) {
    if (file.path().ends_with(".fst"))
        converter_ = std::make_unique<FstConverter>(file);
}

Vcd::~Vcd() = default;

Vcd::Signal Vcd::add(const std::string& scope, const std::string& name, Kind kind,
                     const std::string& initial) {
    const Bits value = bits_of(kind, initial);
    variables_.push_back({.scope = scope,
                          .name = name,
                          .kind = kind,
                          .id = identifier(variables_.size()),
                          .value = value,
                          .next = value});
    return variables_.size() - 1;
}

Vcd::Bits Vcd::bits_of(Kind kind, const std::string& initial) {
    switch (kind) {
        case Kind::real:
            return std::bit_cast<Bits>(std::stod(initial));
        case Kind::number:
            return std::stoull(initial);
        case Kind::text:
            break;
    }
    return place_of(initial);
}

Vcd::Bits Vcd::place_of(std::string_view text) {
    const auto [found, is_new] = places_.try_emplace(std::string(text), texts_.size());
    if (is_new)
        texts_.emplace_back(text);
    return found->second;
}

void Vcd::put(std::string_view text) {
    if (converter_)
        converter_->write(text);
    else
        file_.write(text);
}

void Vcd::declare(const Variable& variable) {
    const auto type = [&variable]() -> std::string {
        switch (variable.kind) {
            case Kind::real:
                return "real 64";
            case Kind::text:
                return "string 1";
            case Kind::number:
                return fmt::format("integer {}", kNumberBits);
        }
        return {};
    };
    put(fmt::format("$var {} {} {} $end\n", type(), variable.id, variable.name));
}

void Vcd::move_scope(const std::vector<std::string>& from, const std::vector<std::string>& to) {
    const auto common = std::size_t(
        std::mismatch(from.begin(), from.end(), to.begin(), to.end()).first - from.begin());
    for (std::size_t i = common; i < from.size(); ++i)
        put("$upscope $end\n");
    for (std::size_t i = common; i < to.size(); ++i)
        put(fmt::format("$scope module {} $end\n", to[i]));
}

void Vcd::start() {
    put("$version flexv-vp $end\n$timescale 1 ps $end\n");
    std::vector<const Variable*> sorted;
    for (const Variable& variable : variables_)
        sorted.push_back(&variable);
    std::ranges::stable_sort(sorted, {}, &Variable::scope);
    std::vector<std::string> scope;
    for (const Variable* variable : sorted) {
        move_scope(scope, names_of(variable->scope));
        scope = names_of(variable->scope);
        declare(*variable);
    }
    move_scope(scope, {});
    put("$enddefinitions $end\n#0\n$dumpvars\n");
    text_.clear();
    for (const Variable& variable : variables_)
        add_value(variable);
    append(text_, "$end\n");
    put({text_.data(), text_.size()});
}

void Vcd::add_value(const Variable& variable) {
    switch (variable.kind) {
        case Kind::real:
            fmt::format_to(std::back_inserter(text_), "r{:.6g}",
                           std::bit_cast<double>(variable.value));
            break;
        case Kind::text:
            text_.push_back('s');
            append(text_, texts_[variable.value]);
            break;
        case Kind::number:
            text_.push_back('b');
            append_binary(text_, variable.value);
            break;
    }
    text_.push_back(' ');
    append(text_, variable.id);
    text_.push_back('\n');
}

void Vcd::set_real(Signal signal, Cycles time, double value) {
    change(signal, time, std::bit_cast<Bits>(value));
}

void Vcd::set_text(Signal signal, Cycles time, std::string_view value) {
    change(signal, time, place_of(value));
}

void Vcd::flush(Cycles time) {
    std::ranges::stable_sort(changes_, {}, &Change::time);
    auto begin = changes_.cbegin();
    while (begin != changes_.cend() && begin->time < time) {
        const auto end = std::find_if(begin, changes_.cend(), [&](const Change& change) {
            return change.time != begin->time;
        });
        write_group(begin, end);
        begin = end;
    }
    changes_.erase(changes_.begin(), begin);
}

/// All changes of one time: the last one of a signal counts, and only if it is one.
void Vcd::write_group(std::vector<Change>::const_iterator begin,
                      std::vector<Change>::const_iterator end) {
    changed_.clear();
    for (auto change = begin; change != end; ++change) {
        Variable& variable = variables_[change->signal];
        variable.next = change->value;
        if (!std::exchange(variable.is_in, true))
            changed_.push_back(change->signal);
    }
    text_.clear();
    for (const Signal signal : changed_) {
        Variable& variable = variables_[signal];
        variable.is_in = false;
        if (variable.next == variable.value)
            continue;
        if (text_.size() == 0)
            fmt::format_to(std::back_inserter(text_), "#{}\n", picoseconds_(begin->time));
        variable.value = variable.next;
        add_value(variable);
    }
    if (text_.size() != 0)
        put({text_.data(), text_.size()});
}

void Vcd::finish(Cycles time) {
    flush(time);
    put(fmt::format("#{}\n", picoseconds_(time)));
    if (converter_)
        converter_->finish();
}

}  // namespace flexv::platform
