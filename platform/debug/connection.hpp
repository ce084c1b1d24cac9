// SPDX-License-Identifier: Apache-2.0
// The socket that a debugger connects to: a port of this machine or a Unix socket, one debugger at
// a time. Nobody else can reach it over a network.
#pragma once

#include "platform/debug/target.hpp"

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
    ~DebugConnection();
    DebugConnection(const DebugConnection&) = delete;
    DebugConnection& operator=(const DebugConnection&) = delete;

    /// "127.0.0.1:3333", or the path.
    [[nodiscard]] std::string address() const;
    [[nodiscard]] bool is_connected() const;
    /// Waits for a debugger. False: the wait was ended.
    bool accept();
    /// True when a debugger has just connected; does not wait.
    bool accept_waiting();
    void close();
    /// To be called in a copy of the program (fork) that goes on with the connection.
    void survive_fork();

    void send(std::string_view bytes) override;
    [[nodiscard]] std::string receive() override;
    /// What has come; does not wait. A lost connection is closed.
    [[nodiscard]] std::string receive_waiting();

private:
    class Sockets;
    std::unique_ptr<Sockets> sockets_;
    std::function<bool()> must_end_;
};

}  // namespace flexv::platform
