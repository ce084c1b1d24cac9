// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/connection.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace flexv::platform {

namespace {

constexpr std::chrono::milliseconds kPatience{100};  // between two looks at must_end()

}  // namespace

DebugConnection::DebugConnection(const std::string& endpoint, std::function<bool()> must_end)
    : endpoint_(listen_at("--gdb", endpoint)), must_end_(std::move(must_end)) {}

bool DebugConnection::accept() {
    while (!must_end_())
        if (endpoint_->accept(kPatience))
            return true;
    return false;
}

/// A lost connection shows at the next receive().
void DebugConnection::send(std::string_view bytes) {
    while (is_connected() && !bytes.empty()) {
        const auto taken = endpoint_->send(bytes, kPatience);
        if (!taken || (*taken == 0 && must_end_()))
            return;
        bytes.remove_prefix(*taken);
    }
}

std::string DebugConnection::receive() {
    while (is_connected() && !must_end_()) {
        const auto bytes = endpoint_->receive(kPatience);
        if (!bytes)
            close();
        else if (!bytes->empty())
            return *bytes;
    }
    return {};
}

std::string DebugConnection::receive_waiting() {
    if (!is_connected())
        return {};
    const auto bytes = endpoint_->receive({});
    if (!bytes)
        close();
    return bytes.value_or("");
}

}  // namespace flexv::platform
