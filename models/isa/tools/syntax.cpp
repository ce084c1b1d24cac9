// SPDX-License-Identifier: Apache-2.0
// Splitting of syntax strings and of row names.
#include "isa/tools/syntax.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <string>
#include <utility>

namespace flexv::isa {
namespace {

constexpr std::array<std::pair<std::string_view, Word>, 11> kWords{{
    {"rd", Word::rd},
    {"rs1", Word::rs1},
    {"rs2", Word::rs2},
    {"L", Word::loop},
    {"imm", Word::imm},
    {"imm2", Word::imm2},
    {"upper", Word::upper},
    {"target", Word::target},
    {"end", Word::end},
    {"end2", Word::end2},
    {"csr", Word::csr},
}};

Word word_named(std::string_view name) {
    for (const auto& [text, word] : kWords)
        if (text == name)
            return word;
    throw std::logic_error("unknown word in a syntax string: " + std::string(name));
}

bool is_word_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }

}  // namespace

std::vector<SyntaxPart> parse_syntax(std::string_view syntax) {
    std::vector<SyntaxPart> parts;
    while (!syntax.empty()) {
        const auto end = std::ranges::find_if_not(syntax, is_word_character);
        const std::size_t length = std::max<std::size_t>(1, std::size_t(end - syntax.begin()));
        if (is_word_character(syntax.front()))
            parts.push_back({.word = word_named(syntax.substr(0, length))});
        else if (syntax.front() != ' ')
            parts.push_back({.word = std::nullopt, .literal = syntax.front()});
        syntax.remove_prefix(length);
    }
    return parts;
}

std::string_view mnemonic(const Instruction& row) {
    for (const std::string_view ending : {".post", ".rr", ".rrpost"})
        if (row.name.ends_with(ending))
            return row.name.substr(0, row.name.size() - ending.size());
    return row.name;
}

}  // namespace flexv::isa
