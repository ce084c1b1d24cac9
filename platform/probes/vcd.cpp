// SPDX-License-Identifier: Apache-2.0
#include "platform/probes/vcd.hpp"

#include "platform/files/output_file.hpp"
#include "platform/probes/fst_converter.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

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

std::string binary(const std::string& decimal) {
    u64 value = std::stoull(decimal);
    std::string digits;
    do {
        digits.insert(digits.begin(), char('0' + value % 2));
        value /= 2;
    } while (value != 0);
    return digits;
}

}  // namespace

Vcd::Vcd(OutputFile& file) : file_(file) {
    if (file.path().ends_with(".fst"))
        converter_ = std::make_unique<FstConverter>(file);
}

Vcd::~Vcd() = default;

Vcd::Signal Vcd::add(const std::string& scope, const std::string& name, Kind kind,
                     const std::string& initial) {
    variables_.push_back({.scope = scope,
                          .name = name,
                          .kind = kind,
                          .id = identifier(variables_.size()),
                          .value = initial});
    return variables_.size() - 1;
}

void Vcd::put(const std::string& text) {
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
    for (const Variable& variable : variables_)
        put(text_of(variable));
    put("$end\n");
}

std::string Vcd::text_of(const Variable& variable) {
    switch (variable.kind) {
        case Kind::real:
            return fmt::format("r{} {}\n", variable.value, variable.id);
        case Kind::text:
            return fmt::format("s{} {}\n", variable.value, variable.id);
        case Kind::number:
            return fmt::format("b{} {}\n", binary(variable.value), variable.id);
    }
    return {};
}

void Vcd::change(Signal signal, u64 ps, std::string value) {
    changes_.push_back({.ps = ps, .signal = signal, .value = std::move(value)});
}

void Vcd::flush(u64 ps) {
    std::ranges::stable_sort(changes_, {}, &Change::ps);
    auto begin = changes_.cbegin();
    while (begin != changes_.cend() && begin->ps < ps) {
        const u64 time = begin->ps;
        const auto end = std::find_if(begin, changes_.cend(),
                                      [time](const Change& change) { return change.ps != time; });
        write_group(time, begin, end);
        begin = end;
    }
    changes_.erase(changes_.begin(), begin);
}

/// All changes of one time: the last one of a signal counts, and only if it is one.
void Vcd::write_group(u64 ps, std::vector<Change>::const_iterator begin,
                      std::vector<Change>::const_iterator end) {
    std::vector<Signal> changed;
    for (auto change = begin; change != end; ++change)
        if (std::ranges::find(changed, change->signal) == changed.end())
            changed.push_back(change->signal);
    std::string text;
    for (const Signal signal : changed) {
        const auto last =
            std::find_if(std::make_reverse_iterator(end), std::make_reverse_iterator(begin),
                         [signal](const Change& change) { return change.signal == signal; });
        if (last->value == variables_[signal].value)
            continue;
        variables_[signal].value = last->value;
        text += text_of(variables_[signal]);
    }
    if (!text.empty())
        put(fmt::format("#{}\n{}", ps, text));
}

void Vcd::finish(u64 ps) {
    flush(ps);
    put(fmt::format("#{}\n", ps));
    if (converter_)
        converter_->finish();
}

}  // namespace flexv::platform
