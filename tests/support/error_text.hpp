// SPDX-License-Identifier: Apache-2.0
// The message of a user's mistake, to be compared with what a user should read.
#pragma once

#include "base/error.hpp"

#include <string>

namespace flexv::platform {

/// What the UserError thrown by `action` says; "no error" when it throws none.
template <typename Action>
std::string error_of(const Action& action) {
    try {
        action();
    } catch (const UserError& error) {
        return error.what();
    }
    return "no error";
}

}  // namespace flexv::platform
