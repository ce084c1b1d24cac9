// SPDX-License-Identifier: Apache-2.0
#include "energy/size_law_reader.hpp"

#include "base/edit_distance.hpp"

#include <algorithm>

namespace flexv::energy {

namespace {

constexpr double kRounding = 1e-9;  // of shares that are written in decimals

std::string nearest_of(const std::string& name, const std::vector<std::string>& names) {
    return names.empty() ? "there is none" : "nearest: " + nearest_name(name, names);
}

std::vector<std::string> names_of(const Architecture& architecture) {
    std::vector<std::string> names;
    for (const auto& [name, size] : architecture)
        names.push_back(name);
    return names;
}

/// A choice has a table, a count has none.
void require_known(const SizeTerm& term, const Architecture& reference, const JsonView& view) {
    for (const std::string& name : term.per.names()) {
        const Size* size = find_size(reference, name);
        if (size == nullptr)
            throw UserError("{}.per: no size {} in reference.architecture; {}", view.where(), name,
                            nearest_of(name, names_of(reference)));
        if (std::holds_alternative<std::string>(*size) != (term.curve == Curve::table))
            throw UserError(
                "{}.per: {} = {}: a name needs a `table`, a number `linear`, `sqrt`, `log2` or "
                "`inverse`",
                view.where(), name, size_text(name, *size));
    }
}

Curve read_curve(JsonView& view) {
    const std::string text = view.text("curve");
    for (const Curve curve : {Curve::linear, Curve::sqrt, Curve::log2, Curve::inverse})
        if (text == name_of(curve))
            return curve;
    throw UserError("{}.curve = \"{}\": must be linear, sqrt, log2 or inverse", view.where(), text);
}

void read_table(JsonView table, const Architecture& reference, SizeTerm& term,
                const JsonView& view) {
    if (term.per.names().size() != 1)
        throw UserError("{}.per: a table needs exactly one name", view.where());
    for (const std::string& choice : table.keys()) {
        const double value = table.not_negative(choice);
        if (value == 0)
            throw UserError("{}.{} = 0: must be above 0", table.where(), choice);
        term.table[choice] = value;
    }
    const Size* size = find_size(reference, term.per.factors.front());
    if (size != nullptr && !term.table.contains(size_text("", *size)))
        throw UserError("{}: has no value for {}, which is the reference", table.where(),
                        size_text("", *size));
}

SizeTerm read_term(JsonView view, const Architecture& reference) {
    SizeTerm term{
        .share = view.not_negative("share"), .per = read_product(view), .curve = {}, .table = {}};
    if (view.has("table")) {
        term.curve = Curve::table;
        read_table(view.object("table"), reference, term, view);
    } else {
        term.curve = read_curve(view);
    }
    require_known(term, reference, view);
    view.finish();
    return term;
}

SizeLaw read_law(JsonView view, const std::string& name, const Architecture& reference) {
    SizeLaw law{.name = name, .terms = {}};
    double sum = 0;
    for (const JsonView& item : view.objects("terms")) {
        law.terms.push_back(read_term(item, reference));
        sum += law.terms.back().share;
    }
    if (law.terms.empty() || sum > 1 + kRounding)
        throw UserError("{}.terms: the shares sum up to {}; one term or more, together at most 1",
                        view.where(), sum);
    view.require_source();
    view.finish();
    return law;
}

}  // namespace

SizeProduct read_product(JsonView& view) {
    const std::string text = view.text("per");
    try {
        return SizeProduct::parse(text);
    } catch (const UserError& error) {
        throw UserError("{}.per = \"{}\": {}", view.where(), text, error.what());
    }
}

Architecture read_architecture(JsonView view) {
    Architecture architecture;
    for (const std::string& name : view.keys())
        architecture.emplace_back(name, view.size(name));
    if (architecture.empty())
        throw UserError("{}: must name sizes, for example \"cores\": 8", view.where());
    return architecture;
}

std::vector<SizeLaw> read_size_laws(JsonView view, const Architecture& reference) {
    std::vector<SizeLaw> laws;
    for (const std::string& name : view.keys())
        laws.push_back(read_law(view.object(name), name, reference));
    return laws;
}

std::vector<std::string> read_scales(JsonView& view, const std::string& key,
                                     const std::vector<SizeLaw>& laws) {
    if (!view.has(key))
        return {};
    std::vector<std::string> names;
    for (const SizeLaw& law : laws)
        names.push_back(law.name);
    const std::vector<std::string> scales = view.texts(key);
    for (const std::string& name : scales)
        if (std::ranges::find(names, name) == names.end())
            throw UserError("{}.{}: no law {} in laws.size; {}", view.where(), key, name,
                            nearest_of(name, names));
    return scales;
}

}  // namespace flexv::energy
