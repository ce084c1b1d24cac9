// SPDX-License-Identifier: Apache-2.0
#include "platform/config/interrupts.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace flexv::platform {

namespace {

using nlohmann::json;

std::string line_text(unsigned cluster, unsigned line) {
    return cluster == 0 ? fmt::format("line{}", line)
                        : fmt::format("cluster{}.line{}", cluster, line);
}

std::optional<Interrupt> interrupt_of(const json& raw) {
    using enum Interrupt::Kind;
    if (const auto event = read_value(raw, Value{u64{0}}, whole(0, 255)))
        return Interrupt{.kind = soc_event, .number = unsigned(std::get<u64>(*event))};
    for (const unsigned cluster : {0U, 1U, 2U, 3U})
        for (const unsigned line : {12U, 13U, 14U, 15U})  // of accelerators, docs/spec/cluster.md
            if (raw == json(line_text(cluster, line)))
                return Interrupt{.kind = event_unit_line, .number = line, .cluster = cluster};
    return std::nullopt;
}

json list_in(const List& irq) {
    const json raw = json::parse(irq.json);
    return raw.is_array() ? raw : json::array({raw});
}

}  // namespace

Domain interrupts() {
    return {.text =
                "a SoC event 0..255, \"line12\" to \"line15\" of the event unit "
                "(\"cluster1.line12\" for that of cluster1), or a list of such",
            .contains = [](const Value& value) {
                return std::ranges::all_of(list_in(std::get<List>(value)), [](const json& raw) {
                    return interrupt_of(raw).has_value();
                });
            }};
}

std::vector<Interrupt> interrupts_of(const List& irq) {
    std::vector<Interrupt> found;
    for (const json& raw : list_in(irq))
        found.push_back(interrupt_of(raw).value());
    return found;
}

}  // namespace flexv::platform
