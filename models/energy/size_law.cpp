// SPDX-License-Identifier: Apache-2.0
#include "energy/size_law.hpp"

#include "base/edit_distance.hpp"
#include "base/enum_names.hpp"
#include "base/error.hpp"

#include <cmath>

namespace flexv::energy {

namespace {

const Size& size_of(const Architecture& architecture, const std::string& name) {
    const Size* size = find_size(architecture, name);
    if (size != nullptr)
        return *size;
    std::vector<std::string> known;
    for (const auto& [other, unused] : architecture)
        known.push_back(other);
    throw UserError(
        "architecture.{}: is missing, and a law of the energy profile needs it; {}", name,
        known.empty() ? "there is none at all" : "nearest: " + nearest_name(name, known));
}

double count_of(const Architecture& architecture, const std::string& name) {
    const Size& size = size_of(architecture, name);
    if (const auto* count = std::get_if<u64>(&size); count != nullptr && *count > 0)
        return double(*count);
    throw UserError("architecture.{} = {}: must be a number above 0", name, size_text(name, size));
}

double value_of(const SizeTerm& term, const Architecture& architecture, const std::string& law) {
    const std::string& name = term.per.factors.front();
    const std::string choice = size_text(name, size_of(architecture, name));
    const auto found = term.table.find(choice);
    if (found != term.table.end())
        return found->second;
    std::vector<std::string> known;
    for (const auto& [other, unused] : term.table)
        known.push_back(other);
    throw UserError("energy profile: law {} has no value for {} = {}; it has {}", law, name, choice,
                    fmt::join(known, ", "));
}

double growth(Curve curve, double now, double reference) {
    switch (curve) {
        case Curve::linear:
            return now / reference;
        case Curve::sqrt:
            return std::sqrt(now / reference);
        case Curve::log2:
            return std::log2(1 + now) / std::log2(1 + reference);
        case Curve::inverse:
            return reference / now;
        case Curve::table:
            break;
    }
    throw InternalError("a table has no formula");
}

std::string trimmed(const std::string& text) {
    const std::size_t begin = text.find_first_not_of(' ');
    return begin == std::string::npos ? std::string{}
                                      : text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

std::string_view name_of(Curve curve) {
    static constexpr auto kNames = enum_names<Curve>("linear", "sqrt", "log2", "inverse", "table");
    return kNames[curve];
}

SizeProduct SizeProduct::parse(const std::string& text) {
    SizeProduct product;
    char operation = '*';
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find_first_of("*/", begin), text.size());
        const std::string name = trimmed(text.substr(begin, end - begin));
        if (name.empty() || name.find(' ') != std::string::npos)
            throw UserError("must be names of sizes with * or / between them");
        (operation == '*' ? product.factors : product.divisors).push_back(name);
        operation = end < text.size() ? text[end] : '*';
        begin = end + 1;
    }
    return product;
}

std::vector<std::string> SizeProduct::names() const {
    std::vector<std::string> all = factors;
    all.insert(all.end(), divisors.begin(), divisors.end());
    return all;
}

double SizeProduct::of(const Architecture& architecture) const {
    double product = 1;
    for (const std::string& name : factors)
        product *= count_of(architecture, name);
    for (const std::string& name : divisors)
        product /= count_of(architecture, name);
    return product;
}

double SizeLaw::factor(const Architecture& now, const Architecture& reference) const {
    double result = 1;
    for (const SizeTerm& term : terms) {
        const double grown = term.curve == Curve::table
                                 ? value_of(term, now, name) / value_of(term, reference, name)
                                 : growth(term.curve, term.per.of(now), term.per.of(reference));
        result += term.share * (grown - 1);
    }
    return result;
}

std::vector<std::string> SizeLaw::names() const {
    std::vector<std::string> all;
    for (const SizeTerm& term : terms)
        for (const std::string& size : term.per.names())
            all.push_back(size);
    return all;
}

}  // namespace flexv::energy
