// SPDX-License-Identifier: Apache-2.0
// The bytes to and from a debugger, one debugger at a time.
#pragma once

#include "platform/debug/target.hpp"
#include "platform/files/endpoint.hpp"

#include <functional>
#include <memory>
#include <string>

namespace flexv::platform {

class DebugConnection final : public DebugChannel {
public:
    /// Listens. `endpoint` is a port (0: any free one) or the path of a socket that is made here.
    /// \param must_end asked while receive() and accept() wait: true ends the wait
    /// Throws UserError.
    DebugConnection(const std::string& endpoint, std::function<bool()> must_end);

    /// "127.0.0.1:3333", or the path.
    [[nodiscard]] std::string address() const { return endpoint_->address(); }
    [[nodiscard]] bool is_connected() const { return endpoint_->is_connected(); }
    /// Waits for a debugger. False: the wait was ended.
    bool accept();
    /// True when a debugger has just connected; does not wait.
    bool accept_waiting() { return endpoint_->accept({}); }
    void close() { endpoint_->close(); }
    /// To be called in a copy of the program (fork) that goes on with the connection.
    void survive_fork() { endpoint_->survive_fork(); }

    void send(std::string_view bytes) override;
    [[nodiscard]] std::string receive() override;
    /// What has come; does not wait. A lost connection is closed.
    [[nodiscard]] std::string receive_waiting();

private:
    const std::unique_ptr<Endpoint> endpoint_;
    const std::function<bool()> must_end_;
};

}  // namespace flexv::platform
