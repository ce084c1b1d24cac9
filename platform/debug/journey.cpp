// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/journey.hpp"

namespace flexv::platform {

namespace {

template <typename Content>
std::string saved(Content content) {
    StateArchive archive;
    archive(content);
    return archive.bytes();
}

template <typename Content>
Content loaded(std::string_view message) {
    StateArchive archive(message);
    Content content;
    archive(content);
    return content;
}

}  // namespace

std::string message_of(const Journey& journey) { return saved(journey); }

Journey journey_of(std::string_view message) { return loaded<Journey>(message); }

std::string message_of(const std::optional<PastStop>& found) { return saved(found); }

std::optional<PastStop> past_stop_of(std::string_view message) {
    return loaded<std::optional<PastStop>>(message);
}

}  // namespace flexv::platform
