// SPDX-License-Identifier: Apache-2.0
#include "platform/system/register_pages.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <map>
#include <string_view>

namespace flexv::platform {

namespace {

bool is_digit(char character) { return std::isdigit(static_cast<unsigned char>(character)) != 0; }

/// "BAR3_STATUS" is the third of "BAR_STATUS".
struct Numbered {
    std::string name;
    unsigned number = 0;
    bool has_number = false;
};

Numbered numbered(const std::string& name) {
    const auto begin = std::ranges::find_if(name, is_digit);
    const auto end = std::find_if_not(begin, name.end(), is_digit);
    if (begin == end)
        return {.name = name};
    return {.name = std::string(name.begin(), begin) + std::string(end, name.end()),
            .number = unsigned(std::stoul(std::string(begin, end))),
            .has_number = true};
}

using Registers = std::vector<const Register*>;

/// The registers count from 0 at one distance.
bool is_series(const Registers& registers) {
    const u32 stride = registers.size() < 2 ? 0 : registers[1]->offset() - registers[0]->offset();
    for (std::size_t i = 0; i < registers.size(); ++i)
        if (numbered(registers[i]->name()).number != i ||
            registers[i]->offset() != registers[0]->offset() + i * stride ||
            registers[i]->access() != registers[0]->access())
            return false;
    return registers.size() > 1;
}

std::string fields_text(const Register& described) {
    std::string text;
    for (const Field& field : described.fields()) {
        const std::string bits =
            field.width == 1 ? fmt::format("[{}]", field.lsb)
                             : fmt::format("[{}:{}]", field.lsb + field.width - 1, field.lsb);
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", bits, field.name);
    }
    return text;
}

std::string access_text(const Register& described) {
    std::string text(to_string(described.access()));
    std::ranges::replace(text, '_', ' ');
    return described.read_has_effect() ? text + ", a read has an effect" : text;
}

std::string offset_text(const RegisterEntry& entry) {
    if (entry.count == 1)
        return fmt::format("0x{:03x}", entry.offset);
    return fmt::format("0x{:03x} + 0x{:x} n", entry.offset, entry.stride_bytes);
}

std::string name_text(const RegisterEntry& entry) {
    return entry.count == 1 ? entry.name
                            : fmt::format("{}(n), n = 0..{}", entry.name, entry.count - 1);
}

std::string block_as_markdown(const RegisterChapter& block) {
    std::string text = fmt::format("\n## {}\n\n{}", block.name, block.doc);
    for (const RegisterChapter::Instance& instance : block.instances)
        text += fmt::format(" `{}` at 0x{:08x}.", instance.name, instance.base);
    text +=
        "\n\n| offset | name | access | reset | fields | |\n| --- | --- | --- | --- | --- | --- "
        "|\n";
    for (const RegisterEntry& entry : register_entries(*block.bank))
        text += fmt::format("| {} | {} | {} | 0x{:x} | {} | {} |\n", offset_text(entry),
                            name_text(entry), access_text(*entry.first), entry.first->reset_value(),
                            fields_text(*entry.first), entry.first->doc());
    return text;
}

std::string field_macros(const std::string& prefix, const Register& described) {
    std::string text;
    for (const Field& field : described.fields())
        if (field.width < 32)
            text += fmt::format("#define {0}_{1}_LSB {2}\n#define {0}_{1}_MASK 0x{3:08x}\n", prefix,
                                field.name, field.lsb, field.mask());
    return text;
}

std::string register_macros(const std::string& block, const RegisterEntry& entry) {
    const std::string name = block + "_" + entry.name;
    const std::string note =
        fmt::format("// {} ({})\n", entry.first->doc(), access_text(*entry.first));
    const std::string place = entry.count == 1
                                  ? fmt::format("#define {} 0x{:03x}\n", name, entry.offset)
                                  : fmt::format("#define {}(n) (0x{:03x} + 0x{:x} * (n))\n", name,
                                                entry.offset, entry.stride_bytes);
    return note + place + field_macros(name, *entry.first);
}

}  // namespace

std::vector<RegisterEntry> register_entries(const RegisterBank& bank) {
    std::map<std::string, Registers> alike;
    for (const Register* each : bank.registers())
        if (const Numbered name = numbered(each->name()); name.has_number)
            alike[name.name].push_back(each);
    std::vector<RegisterEntry> entries;
    for (const Register* each : bank.registers()) {
        const Numbered name = numbered(each->name());
        const bool in_series = name.has_number && is_series(alike[name.name]);
        if (!in_series)
            entries.push_back({.name = each->name(), .offset = each->offset(), .first = each});
        else if (name.number == 0)
            entries.push_back({.name = name.name,
                               .offset = each->offset(),
                               .count = unsigned(alike[name.name].size()),
                               .stride_bytes = alike[name.name][1]->offset() - each->offset(),
                               .first = each});
    }
    return entries;
}

std::string describe_registers(std::vector<RegisterChapter> blocks, bool as_c,
                               const std::string& only) {
    std::vector<std::string> names;
    for (const RegisterChapter& block : blocks)
        names.push_back(block.name);
    if (!only.empty())
        std::erase_if(blocks, [&](const RegisterChapter& block) { return block.name != only; });
    if (blocks.empty())
        throw UserError("--block {}: no such block; blocks: {}", only, fmt::join(names, ", "));
    if (!as_c)
        return registers_as_markdown(blocks);
    std::string text;
    for (const RegisterChapter& block : blocks)
        text += registers_as_c(block);
    return text;
}

std::string registers_as_markdown(const std::vector<RegisterChapter>& blocks) {
    std::string text =
        "# Registers\n\nGenerated by `flexv-vp describe`; do not edit. The declarations stand in "
        "`models/`.\n";
    for (const RegisterChapter& block : blocks)
        text += block_as_markdown(block);
    return text;
}

std::string registers_as_c(const RegisterChapter& block) {
    std::string text = fmt::format(
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// {1} Generated by `flexv-vp describe --format c --block {0}`; do not edit.\n"
        "#ifndef FLEXV_{0}_REGS_H\n#define FLEXV_{0}_REGS_H\n\n",
        block.name, block.doc);
    for (const RegisterChapter::Instance& instance : block.instances)
        text += fmt::format("#define {}_BASE 0x{:08x}\n", instance.name, instance.base);
    for (const RegisterEntry& entry : register_entries(*block.bank))
        text += fmt::format("\n{}", register_macros(block.name, entry));
    return text + "\n#endif\n";
}

}  // namespace flexv::platform
