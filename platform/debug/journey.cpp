// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/journey.hpp"

#include "base/error.hpp"

#include <cstring>
#include <type_traits>

namespace flexv::platform {

namespace {

// Between copies of one program: values are written as they lie in memory.

template <typename T>
void append(std::string& message, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    message.append(reinterpret_cast<const char*>(&value), sizeof value);
}

template <typename T>
void take(std::string_view& message, T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    FLEXV_ASSERT(message.size() >= sizeof value, "a message between copies is whole");
    std::memcpy(&value, message.data(), sizeof value);
    message.remove_prefix(sizeof value);
}

template <typename T>
void append_all(std::string& message, const std::vector<T>& values) {
    append(message, values.size());
    for (const T& value : values)
        append(message, value);
}

template <typename T>
void take_all(std::string_view& message, std::vector<T>& values) {
    std::size_t count = 0;
    take(message, count);
    while (values.size() < count)
        take(message, values.emplace_back());
}

}  // namespace

std::string message_of(const Journey& journey) {
    std::string message;
    append(message, journey.kind);
    append(message, journey.place);
    append(message, journey.end);
    append(message, journey.stop);
    append(message, journey.is_reset);
    append(message, journey.session);
    append_all(message, journey.points);
    append_all(message, journey.copies);
    return message;
}

Journey journey_of(std::string_view message) {
    Journey journey;
    take(message, journey.kind);
    take(message, journey.place);
    take(message, journey.end);
    take(message, journey.stop);
    take(message, journey.is_reset);
    take(message, journey.session);
    take_all(message, journey.points);
    take_all(message, journey.copies);
    return journey;
}

std::string message_of(const std::optional<PastStop>& found) {
    std::string message;
    append(message, found.has_value());
    append(message, found.value_or(PastStop{}));
    return message;
}

std::optional<PastStop> past_stop_of(std::string_view message) {
    bool is_found = false;
    PastStop stop;
    take(message, is_found);
    take(message, stop);
    return is_found ? std::optional(stop) : std::nullopt;
}

}  // namespace flexv::platform
