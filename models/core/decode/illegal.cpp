// SPDX-License-Identifier: Apache-2.0
#include "core/decode/illegal.hpp"

#include <fmt/format.h>

#include <array>

namespace flexv::core {

namespace {

/// Words of extensions that the core never has. Source: RISC-V unprivileged ISA, chapter "RV32/64G
/// instruction set listings".
struct Foreign {
    u32 mask = 0;
    u32 match = 0;
    const char* what = "";
};

constexpr const char* kFloat =
    "a floating-point instruction; the core has no FPU: compile with -march=rv32imc -mabi=ilp32";
constexpr const char* kAtomic =
    "an atomic instruction (A extension), which the core has not: compile with -march=rv32imc and "
    "lock with the event unit's mutex or the TCDM's test-and-set view (+0x100000)";
constexpr const char* kWide =
    "an RV64 instruction; the core has 32 bits: compile with -march=rv32imc";

constexpr std::array kForeign = {
    Foreign{0x7f, 0x07, kFloat},     Foreign{0x7f, 0x27, kFloat},      // flw, fsw
    Foreign{0x7f, 0x43, kFloat},     Foreign{0x7f, 0x47, kFloat},      // fused multiply-add
    Foreign{0x7f, 0x4b, kFloat},     Foreign{0x7f, 0x4f, kFloat},      //
    Foreign{0x7f, 0x53, kFloat},                                       // computation
    Foreign{0xe003, 0x2000, kFloat}, Foreign{0xe003, 0x6000, kFloat},  // c.fld, c.flw
    Foreign{0xe003, 0xa000, kFloat}, Foreign{0xe003, 0xe000, kFloat},  // c.fsd, c.fsw
    Foreign{0xe003, 0x2002, kFloat}, Foreign{0xe003, 0x6002, kFloat},  // with sp
    Foreign{0xe003, 0xa002, kFloat}, Foreign{0xe003, 0xe002, kFloat},  //
    Foreign{0x7f, 0x2f, kAtomic},                                      //
    Foreign{0x7f, 0x1b, kWide},      Foreign{0x7f, 0x3b, kWide},       // addiw, addw
    Foreign{0x707f, 0x3003, kWide},  Foreign{0x707f, 0x3023, kWide},   // ld, sd
};

std::string_view name_of(isa::Extension extension) {
    std::string_view first = "flexv";
    for (const isa::IsaSubset& subset : isa::isa_subsets())
        if (subset.extensions.contains(extension))
            return subset.name;
    return first;
}

}  // namespace

std::string explain_illegal(u32 word, isa::Mode mode, isa::ExtensionSet configured,
                            std::string_view setting) {
    static const isa::Decoder everything(isa::isa_subset("flexv").value());
    const isa::Instruction* const here = everything.find(word, mode);
    const isa::Mode other = mode == isa::Mode::legacy ? isa::Mode::status : isa::Mode::legacy;
    const isa::Instruction* const row = here != nullptr ? here : everything.find(word, other);
    if (row != nullptr && !configured.contains(row->extension))
        return fmt::format(": {} is of the ISA \"{}\" on, and this core is restricted by {}",
                           row->name, name_of(row->extension), setting);
    if (here == nullptr && row != nullptr)
        return fmt::format(": {} exists in the other SIMD mode alone (CSR 0x010)", row->name);
    for (const Foreign& foreign : kForeign)
        if ((word & foreign.mask) == foreign.match)
            return fmt::format(": {}", foreign.what);
    return {};
}

bool is_semihosting(std::optional<u32> before, std::optional<u32> behind) {
    constexpr u32 kSlli = 0x01f0'1013;  // slli x0, x0, 0x1f
    constexpr u32 kSrai = 0x4070'5013;  // srai x0, x0, 7
    return before == kSlli && behind == kSrai;
}

}  // namespace flexv::core
