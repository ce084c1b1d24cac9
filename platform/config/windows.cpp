// SPDX-License-Identifier: Apache-2.0
#include "platform/config/windows.hpp"

#include "platform/config/plugins.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <utility>

namespace flexv::platform {

namespace {

using nlohmann::json;

constexpr u64 kWord = 4;
constexpr u64 kAddressSpace = u64{1} << 32;

std::optional<std::pair<u64, u64>> range_of(const json& raw) {
    if (!raw.is_array() || raw.size() != 2)
        return std::nullopt;
    const Value like{u64{0}};
    const auto base = read_value(raw[0], like, multiple_of_bytes(kWord, 0, kAddressSpace - kWord));
    const auto size = read_value(raw[1], like, multiple_of_bytes(kWord, kWord, kAddressSpace));
    if (!base || !size)
        return std::nullopt;
    return std::pair{std::get<u64>(*base), std::get<u64>(*size)};
}

}  // namespace

std::string text_of(const WindowConfiguration& window) {
    return fmt::format("window {} {:#010x}..{:#010x}", window.name, window.base,
                       window.base + window.size_bytes - 1);
}

std::string mistake_in(const std::vector<WindowConfiguration>& windows, u64 end) {
    for (std::size_t index = 0; index < windows.size(); ++index) {
        const WindowConfiguration& window = windows[index];
        if (window.base + window.size_bytes > end)
            return fmt::format("{} must end below {:#010x}", text_of(window), end);
        for (std::size_t before = 0; before < index; ++before) {
            const WindowConfiguration& other = windows[before];
            if (other.name == window.name)
                return fmt::format("{} and {} have one name; give each its own", text_of(other),
                                   text_of(window));
            if (window.base < other.base + other.size_bytes &&
                other.base < window.base + window.size_bytes)
                return fmt::format("{} overlaps {}; windows must be disjoint", text_of(window),
                                   text_of(other));
        }
    }
    return {};
}

Domain window_range() {
    return {.text =
                "[base, size in bytes], both multiples of 4 within the 32-bit address space, or "
                "[] for none",
            .contains = [](const Value& value) {
                const json raw = json::parse(std::get<List>(value).json);
                return raw == json::array() || range_of(raw).has_value();
            }};
}

std::optional<WindowConfiguration> window_of(const std::string& name, const List& window,
                                             Cycles latency_cycles) {
    const auto range = range_of(json::parse(window.json));
    if (!range)
        return std::nullopt;
    return WindowConfiguration{.name = name,
                               .base = range->first,
                               .size_bytes = range->second,
                               .latency_cycles = latency_cycles};
}

std::vector<WindowConfiguration> soc_windows(const SocConfiguration& soc) {
    std::vector<WindowConfiguration> all = soc.external_out;
    for (const PluginConfiguration& device : soc.plugins)
        if (const auto window = window_of(name_of(device), device.window, device.latency_cycles))
            all.push_back(*window);
    for (const RemoteConfiguration& device : soc.remotes)
        if (const auto window = window_of(device.name, device.window, device.latency_cycles))
            all.push_back(*window);
    return all;
}

}  // namespace flexv::platform
