// SPDX-License-Identifier: Apache-2.0
#include "isa/csr.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::isa {
namespace {

std::string name_in(const CsrName& entry, unsigned index) {
    return entry.count == 1 ? std::string(entry.name) : fmt::format("{}{}", entry.name, index);
}

}  // namespace

bool csr_has_name(unsigned number) {
    return std::ranges::any_of(
        kCsrNames, [number](const CsrName& entry) { return number - entry.number < entry.count; });
}

std::string csr_name(unsigned number) {
    for (const CsrName& entry : kCsrNames)
        if (number - entry.number < entry.count)
            return name_in(entry, number - entry.number);
    return fmt::format("{:#05x}", number);
}

std::optional<unsigned> csr_number(std::string_view name) {
    for (const CsrName& entry : kCsrNames)
        for (unsigned index = 0; index < entry.count; ++index)
            if (name_in(entry, index) == name)
                return entry.number + index;
    return std::nullopt;
}

}  // namespace flexv::isa
