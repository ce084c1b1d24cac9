// SPDX-License-Identifier: Apache-2.0
#include "platform/firmware/source_lines.hpp"

#include "platform/files/printable.hpp"

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstdlib>
#include <memory>
#include <utility>

namespace flexv::platform {

namespace {

std::string name_of(Dwarf_Die& die) {
    const char* const name = dwarf_diename(&die);
    return printable(name == nullptr ? "" : name);
}

unsigned number_of(Dwarf_Die& die, unsigned attribute) {
    Dwarf_Attribute found;
    Dwarf_Word value = 0;
    if (dwarf_attr_integrate(&die, attribute, &found) != nullptr)
        dwarf_formudata(&found, &value);
    return unsigned(value);
}

/// The unit of the source that the instruction at `address` comes from. The table that would tell
/// it at once is broken in images that hold objects of several compilers.
std::optional<Dwarf_Die> unit_at(Dwarf* dwarf, Address address) {
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    while (dwarf != nullptr &&
           dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0)
        if (dwarf_haspc(&die, address) > 0)
            return die;
    return std::nullopt;
}

/// Where the inlined function `die` of `unit` was called.
SourceLine call_of(Dwarf_Die& unit, Dwarf_Die& die) {
    Dwarf_Files* files = nullptr;
    std::size_t count = 0;
    const unsigned file = number_of(die, DW_AT_call_file);
    const bool has_files = dwarf_getsrcfiles(&unit, &files, &count) == 0 && file < count;
    const char* const name = has_files ? dwarf_filesrc(files, file, nullptr, nullptr) : nullptr;
    return {.file = printable(name == nullptr ? "" : name),
            .line = number_of(die, DW_AT_call_line)};
}

/// Blocks and functions around `address`, the innermost first, each in the one whose code it is
/// part of.
std::vector<Dwarf_Die> scopes_at(Dwarf_Die& unit, Address address) {
    using Owner = std::unique_ptr<Dwarf_Die, decltype(&std::free)>;
    Dwarf_Die* dies = nullptr;
    const int found = dwarf_getscopes(&unit, address, &dies);
    const Owner innermost(dies, &std::free);
    if (found <= 0)
        return {};
    const int count = dwarf_getscopes_die(innermost.get(), &dies);
    if (count <= 0)
        return {};
    const Owner all(dies, &std::free);
    return {dies, dies + count};
}

}  // namespace

std::optional<SourceLine> SourceLines::at(Address address) const {
    std::optional<Dwarf_Die> unit = unit_at(information_.dwarf(), address);
    Dwarf_Line* const line = unit ? dwarf_getsrc_die(&*unit, address) : nullptr;
    int number = 0;
    if (line == nullptr || dwarf_lineno(line, &number) != 0)
        return std::nullopt;
    const char* const file = dwarf_linesrc(line, nullptr, nullptr);
    return SourceLine{.file = printable(file == nullptr ? "" : file), .line = unsigned(number)};
}

std::vector<SourceRow> SourceLines::rows() const {
    std::vector<SourceRow> rows;
    Dwarf* const dwarf = information_.dwarf();
    Dwarf_CU* unit = nullptr;
    Dwarf_Die die;
    while (dwarf != nullptr &&
           dwarf_get_units(dwarf, unit, &unit, nullptr, nullptr, &die, nullptr) == 0) {
        Dwarf_Lines* lines = nullptr;
        std::size_t count = 0;
        if (dwarf_getsrclines(&die, &lines, &count) != 0)
            continue;
        for (std::size_t i = 0; i + 1 < count; ++i) {
            Dwarf_Line* const line = dwarf_onesrcline(lines, i);
            Dwarf_Addr begin = 0;
            Dwarf_Addr end = 0;
            bool is_end = false;
            int number = 0;
            const bool is_whole = dwarf_lineaddr(line, &begin) == 0 &&
                                  dwarf_lineaddr(dwarf_onesrcline(lines, i + 1), &end) == 0 &&
                                  dwarf_lineendsequence(line, &is_end) == 0 &&
                                  dwarf_lineno(line, &number) == 0;
            const char* const file = dwarf_linesrc(line, nullptr, nullptr);
            if (!is_whole || is_end || end < begin || file == nullptr)
                continue;
            // What the linker has left out stands at address 0.
            const bool is_in_code = dwarf_haspc(&die, begin) > 0;
            if (is_in_code)
                rows.push_back({.begin = Address(begin),
                                .end = Address(end),
                                .place = {.file = printable(file), .line = unsigned(number)}});
        }
    }
    return rows;
}

std::vector<SourceFunction> SourceLines::functions_at(Address address) const {
    std::optional<SourceLine> line = at(address);
    if (!line)
        return {};
    std::optional<Dwarf_Die> unit = unit_at(information_.dwarf(), address);
    const std::vector<Dwarf_Die> dies = scopes_at(*unit, address);
    std::vector<SourceFunction> functions;
    for (Dwarf_Die die : dies) {
        const int tag = dwarf_tag(&die);
        if (tag != DW_TAG_inlined_subroutine && tag != DW_TAG_subprogram)
            continue;
        functions.push_back({.name = name_of(die), .line = *line});
        if (tag == DW_TAG_subprogram)
            break;
        line = call_of(*unit, die);
    }
    if (functions.empty())  // assembly has lines, but no functions
        functions.push_back({.name = {}, .line = std::move(*line)});
    return functions;
}

}  // namespace flexv::platform
