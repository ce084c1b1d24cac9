// SPDX-License-Identifier: Apache-2.0
// A stream to another process of this machine, by a Unix-domain socket or a port, that ends by a
// text in all cases: nobody listens, the other side goes away, or it says nothing for too long.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace flexv::platform::remote {

/// The other side cannot be talked to any more; the text says why.
class Lost : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// "unix:PATH" or "tcp:PORT"
[[nodiscard]] bool is_address(const std::string& text);

class Connection {
public:
    /// \param address for which is_address() holds
    /// \param patience how long it may take until somebody listens there, and until something comes
    /// \param must_end asked while anything is waited for: a text ends the wait
    /// Throws Lost.
    Connection(const std::string& address, std::chrono::milliseconds patience,
               std::function<std::string()> must_end);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Throws Lost.
    void send(std::string_view bytes);
    /// What has come, at least one byte. Throws Lost.
    [[nodiscard]] std::string receive();

private:
    class Socket;
    const std::unique_ptr<Socket> socket_;
};

}  // namespace flexv::platform::remote
