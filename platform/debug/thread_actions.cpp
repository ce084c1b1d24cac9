// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/thread_actions.hpp"

#include "platform/debug/hex.hpp"

namespace flexv::platform {

namespace {

/// "s", "C05:2", "r1c008000,1c008010:1"; nullopt for anything else.
std::optional<ThreadAction> action_of(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    std::string_view what = rsp::take_until(text, ':');
    ThreadAction action{.letter = what.empty() ? char{0} : what.front()};
    if (std::string_view{"cCsSrt"}.find(action.letter) == std::string_view::npos)
        return std::nullopt;
    what.remove_prefix(1);
    if (action.letter == 'r') {
        const auto range = rsp::range_of(what);
        if (!range)
            return std::nullopt;
        action.range = *range;
    }
    if (text.empty() || text == "-1")
        return action;
    action.thread = hex::number_of(text);
    return action.thread ? std::optional(action) : std::nullopt;
}

}  // namespace

std::optional<std::vector<ThreadAction>> actions_of(std::string_view text, unsigned thread_count) {
    std::vector<ThreadAction> actions;
    while (!text.empty()) {
        const auto action = action_of(rsp::take_until(text, ';'));
        if (!action || action->thread.value_or(0) > thread_count)
            return std::nullopt;
        actions.push_back(*action);
    }
    return actions;
}

bool steps(const ThreadAction& action) {
    return action.letter == 's' || action.letter == 'S' || action.letter == 'r';
}

Resumption resumption_of(const ThreadAction& action, unsigned thread) {
    return {.kind = steps(action) ? Resumption::Kind::step : Resumption::Kind::go,
            .thread = thread,
            .range_first = action.range.address,
            .range_end = action.range.bytes};
}

}  // namespace flexv::platform
