// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/registers.hpp"

#include "isa/csr.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace flexv::platform {

namespace {

constexpr std::array kGeneralNames = {"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                      "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                      "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                      "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};

const char* type_of(const std::string& name) {
    if (name == "pc" || name == "ra" || name == "mepc" || name.starts_with("lpstart") ||
        name.starts_with("lpend"))
        return "code_ptr";
    return name == "sp" || name == "gp" || name == "tp" ? "data_ptr" : "int";
}

}  // namespace

DebugRegisters::DebugRegisters(const std::vector<core::Core*>& cores) {
    for (unsigned index = 0; index < kGeneralNames.size(); ++index)
        rows_.push_back({.name = kGeneralNames[index], .kind = Kind::general, .index = index});
    rows_.push_back({.name = "pc", .kind = Kind::pc});
    for (unsigned index = 0; index < isa::Hart{}.nn_weights.size(); ++index)
        rows_.push_back(
            {.name = fmt::format("nn_w{}", index), .kind = Kind::weight, .index = index});
    for (unsigned index = 0; index < isa::Hart{}.nn_activations.size(); ++index)
        rows_.push_back(
            {.name = fmt::format("nn_a{}", index), .kind = Kind::activation, .index = index});
    add_csrs(cores);
}

void DebugRegisters::add_csrs(const std::vector<core::Core*>& cores) {
    for (const isa::CsrName& entry : isa::kCsrNames)
        for (unsigned number = entry.number; number < unsigned{entry.number} + entry.count;
             ++number)
            if (std::ranges::any_of(cores, [number](const auto* c) { return c->has_csr(number); }))
                rows_.push_back(
                    {.name = isa::csr_name(number), .kind = Kind::csr, .index = number});
}

std::optional<u32> DebugRegisters::value(core::Core& core, unsigned number) const {
    const Row& row = rows_.at(number);
    switch (row.kind) {
        case Kind::general:
            return core.hart().x[row.index];
        case Kind::pc:
            return core.hart().pc;
        case Kind::weight:
            return core.hart().nn_weights[row.index];
        case Kind::activation:
            return core.hart().nn_activations[row.index];
        case Kind::csr:
            return core.has_csr(row.index) ? std::optional(core.csr(row.index)) : std::nullopt;
    }
    return std::nullopt;
}

bool DebugRegisters::set(core::Core& core, unsigned number, u32 value) const {
    const Row& row = rows_.at(number);
    switch (row.kind) {
        case Kind::general:
            core.hart_for_debugger().x[row.index] = row.index == 0 ? 0 : value;
            return row.index != 0;
        case Kind::pc:
            return core.set_pc(value);
        case Kind::weight:
            core.hart_for_debugger().nn_weights[row.index] = value;
            return true;
        case Kind::activation:
            core.hart_for_debugger().nn_activations[row.index] = value;
            return true;
        case Kind::csr:
            if (!core.has_csr(row.index))
                return false;
            core.set_csr(row.index, value);
            return true;
    }
    return false;
}

/// The rows of `kinds`, with the numbers that the protocol gives them.
std::string DebugRegisters::feature(const char* name, const std::vector<Kind>& kinds) const {
    std::string text = fmt::format("  <feature name=\"{}\">\n", name);
    for (unsigned number = 0; number < count(); ++number) {
        const Row& row = rows_[number];
        if (std::ranges::find(kinds, row.kind) == kinds.end())
            continue;
        const char* group = row.kind == Kind::csr ? " group=\"csr\"" : "";
        text += fmt::format("    <reg name=\"{}\" bitsize=\"32\" regnum=\"{}\" type=\"{}\"{}/>\n",
                            row.name, number, type_of(row.name), group);
    }
    return text + "  </feature>\n";
}

/// Without an operating system GDB leaves stepping to us; for Linux, which is the default of some
/// builds, it would guess the next instruction, and knows no hardware loops.
std::string DebugRegisters::description() const {
    return "<?xml version=\"1.0\"?>\n<!DOCTYPE target SYSTEM \"gdb-target.dtd\">\n"
           "<target version=\"1.0\">\n  <architecture>riscv:rv32</architecture>\n"
           "  <osabi>none</osabi>\n" +
           feature("org.gnu.gdb.riscv.cpu", {Kind::general, Kind::pc}) +
           feature("org.gnu.gdb.riscv.csr", {Kind::csr}) +
           feature("org.flexv.neural_network", {Kind::weight, Kind::activation}) + "</target>\n";
}

}  // namespace flexv::platform
