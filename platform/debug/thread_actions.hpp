// SPDX-License-Identifier: Apache-2.0
// The actions of the command vCont: what each thread is to do when the platform goes on. Plain C++.
#pragma once

#include "platform/debug/rsp_text.hpp"
#include "platform/debug/target.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace flexv::platform {

/// One action of vCont.
struct ThreadAction {
    char letter = 0;              ///< of cCsSrt
    rsp::Range range{};           ///< from, behind; of `r`
    std::optional<u64> thread{};  ///< none: every thread without an action of its own; 0: any one
};

/// "s:1;c"; nullopt where one of the actions is none, or is for a thread above `thread_count`.
[[nodiscard]] std::optional<std::vector<ThreadAction>> actions_of(std::string_view text,
                                                                  unsigned thread_count);

/// By one instruction, or while it is in a range.
[[nodiscard]] bool steps(const ThreadAction& action);

/// What `action` lets `thread` do.
[[nodiscard]] Resumption resumption_of(const ThreadAction& action, unsigned thread);

}  // namespace flexv::platform
