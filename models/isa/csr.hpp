// SPDX-License-Identifier: Apache-2.0
// Names and numbers of the control and status registers. What they do is in models/core/csr_file;
// here are only the two things that assembler, disassembler and register file share
// (docs/spec/isa.md, section 3).
#pragma once

#include "base/units.hpp"

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flexv::isa {

struct CsrName {
    std::string_view name;
    u16 number = 0;
    u16 count = 1;  ///< consecutive registers; more than one are called name0, name1 ...
};

inline constexpr std::array kCsrNames{
    CsrName{"simd_format", 0x00d}, CsrName{"mixed_slice", 0x00e}, CsrName{"mixed_skip", 0x00f},
    CsrName{"simd_legacy", 0x010}, CsrName{"uhartid", 0x014},     CsrName{"a_address", 0x100},
    CsrName{"w_address", 0x101},   CsrName{"a_stride", 0x102},    CsrName{"w_stride", 0x103},
    CsrName{"a_rollback", 0x104},  CsrName{"w_rollback", 0x105},  CsrName{"a_skip", 0x106},
    CsrName{"w_skip", 0x107},      CsrName{"mstatus", 0x300},     CsrName{"misa", 0x301},
    CsrName{"mtvec", 0x305},       CsrName{"mscratch", 0x340},    CsrName{"mepc", 0x341},
    CsrName{"mcause", 0x342},      CsrName{"pccr", 0x780, 31},    CsrName{"pccr_all", 0x79f},
    CsrName{"dcsr", 0x7b0},        CsrName{"dpc", 0x7b1},         CsrName{"dscratch", 0x7b2, 2},
    CsrName{"lpstart0", 0x7c0},    CsrName{"lpend0", 0x7c1},      CsrName{"lpcount0", 0x7c2},
    CsrName{"lpstart1", 0x7c4},    CsrName{"lpend1", 0x7c5},      CsrName{"lpcount1", 0x7c6},
    CsrName{"pcer", 0x7e0},        CsrName{"pcmr", 0x7e1},        CsrName{"pcer_user", 0xcc0},
    CsrName{"pcmr_user", 0xcc1},   CsrName{"privlv", 0xc10},      CsrName{"mhartid", 0xf14},
};

/// The number behind a name that the list spells out, at compile time.
consteval u16 csr(std::string_view name) {
    for (const CsrName& entry : kCsrNames)
        if (entry.name == name)
            return entry.number;
    throw std::logic_error("no CSR has this name");
}

/// Whether the core has a register of this number.
bool csr_has_name(unsigned number);
/// The name, or the number as 0x123 where there is none.
std::string csr_name(unsigned number);
std::optional<unsigned> csr_number(std::string_view name);

}  // namespace flexv::isa
