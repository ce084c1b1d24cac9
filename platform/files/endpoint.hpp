// SPDX-License-Identifier: Apache-2.0
// Where somebody outside of the program connects: a port of this machine, a Unix socket or a pseudo
// terminal, one peer at a time. Nobody else can reach it over a network.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform {

class Endpoint {
public:
    using Patience = std::chrono::milliseconds;  ///< longest wait; 0: none

    Endpoint() = default;
    Endpoint(const Endpoint&) = delete;
    Endpoint& operator=(const Endpoint&) = delete;
    virtual ~Endpoint() = default;

    /// "127.0.0.1:3333", the path of the socket, "/dev/pts/3".
    [[nodiscard]] virtual std::string address() const = 0;
    /// Somebody has come and was not seen to go.
    [[nodiscard]] virtual bool is_connected() const = 0;
    /// True when somebody has come.
    virtual bool accept(Patience patience) = 0;
    /// What has come; empty for nothing, nullopt when the peer is gone.
    [[nodiscard]] virtual std::optional<std::string> receive(Patience patience) = 0;
    /// How many of `bytes` the peer's side has taken; nullopt when the peer is gone.
    [[nodiscard]] virtual std::optional<std::size_t> send(std::string_view bytes,
                                                          Patience patience) = 0;
    /// Forgets the peer, behind what was sent.
    virtual void close() = 0;
    /// To be called in a copy of the program (fork) that goes on with the peer.
    virtual void survive_fork() {}
};

/// Listens at `place`: a port (0: any free one) or the path of a socket that is made here.
/// \param option whose value it is, "--gdb", for messages
/// Throws UserError.
[[nodiscard]] std::unique_ptr<Endpoint> listen_at(const std::string& option,
                                                  const std::string& place);

/// A new pseudo terminal, raw, whose other side a terminal program opens. Throws UserError.
[[nodiscard]] std::unique_ptr<Endpoint> make_pseudo_terminal(const std::string& option);

}  // namespace flexv::platform
