// SPDX-License-Identifier: Apache-2.0
#include "base/error.hpp"
#include "base/units.hpp"
#include "platform/files/endpoint.hpp"

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>

namespace flexv::platform {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

bool is_port(const std::string& place) {
    return !place.empty() && place.find_first_not_of("0123456789") == std::string::npos;
}

/// "3333" of "localhost:3333", as debuggers spell the same; other places are left as they are.
std::string without_own_host(const std::string& place) {
    for (const std::string_view host : {":", "localhost:", "127.0.0.1:"})
        if (place.starts_with(host))
            return place.substr(host.size());
    return place;
}

/// Nobody means a file by "-1" or "localhost:3333".
void require_path(const std::string& option, const std::string& place) {
    const bool is_host =
        place.find('/') == std::string::npos && place.find(':') != std::string::npos;
    if (place.starts_with('-') || is_host)
        throw UserError(
            "{} {}: expected a port of this machine (3333; 0: any free one) or the path of "
            "a Unix socket (./{})",
            option, place, place);
}

u16 port_of(const std::string& option, const std::string& place) {
    constexpr std::size_t kDigits = 5;
    const unsigned long port = place.size() > kDigits ? ~0UL : std::stoul(place);
    if (port > std::numeric_limits<u16>::max())
        throw UserError("{} {}: a port is at most 65535; 0 takes any free one", option, place);
    return u16(port);
}

/// A socket that nobody listens to any more is left over from a run that was killed.
void remove_if_left_over(asio::io_context& context, const std::string& path) {
    std::error_code ignored;
    if (!std::filesystem::is_socket(path, ignored))
        return;
    error_code error;
    asio::local::stream_protocol::socket probe(context);
    (void)probe.connect(asio::local::stream_protocol::endpoint(path), error);
    if (error == asio::error::connection_refused)
        std::filesystem::remove(path, ignored);
}

class SocketEndpoint final : public Endpoint {
public:
    SocketEndpoint(std::string option, const std::string& place) : option_(std::move(option)) {
        if (const std::string port = without_own_host(place); is_port(port))
            listen_on_port(port);
        else
            listen_on_path(place);
    }
    ~SocketEndpoint() override {
        close();
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove(path_, ignored);
    }
    SocketEndpoint(const SocketEndpoint&) = delete;
    SocketEndpoint& operator=(const SocketEndpoint&) = delete;

    [[nodiscard]] std::string address() const override { return address_; }
    [[nodiscard]] bool is_connected() const override { return peer_.has_value(); }

    bool accept(Patience patience) override {
        bool has_come = false;
        acceptor_.async_accept([&](error_code error, Stream::socket socket) {
            if (error)
                return;
            peer_ = std::move(socket);
            has_come = true;
        });
        wait(patience, [this] { acceptor_.cancel(); });
        if (has_come && path_.empty()) {
            error_code ignored;
            (void)peer_->set_option(asio::ip::tcp::no_delay(true), ignored);
        }
        return has_come;
    }
    [[nodiscard]] std::optional<std::string> receive(Patience patience) override {
        std::array<char, 4096> bytes{};
        std::optional<std::string> received = "";
        peer_->async_read_some(asio::buffer(bytes), [&](error_code error, std::size_t count) {
            if (!error)
                received->assign(bytes.data(), count);
            else if (error != asio::error::operation_aborted)
                received.reset();
        });
        wait(patience, [this] { peer_->cancel(); });
        return received;
    }
    [[nodiscard]] std::optional<std::size_t> send(std::string_view bytes,
                                                  Patience patience) override {
        std::optional<std::size_t> sent = 0;
        peer_->async_write_some(asio::buffer(bytes), [&](error_code error, std::size_t count) {
            if (!error)
                sent = count;
            else if (error != asio::error::operation_aborted)
                sent.reset();
        });
        wait(patience, [this] { peer_->cancel(); });
        return sent;
    }
    /// Where something that has come is left unread, the system would throw away what the peer has
    /// not read, either.
    void close() override {
        if (!peer_)
            return;
        error_code ignored;
        (void)peer_->shutdown(Stream::socket::shutdown_send, ignored);
        constexpr unsigned kMostReads = 64;  // a peer may never stop
        for (unsigned i = 0; i < kMostReads && !receive({}).value_or("").empty(); ++i) {
        }
        peer_.reset();
    }

    void survive_fork() override { context_.notify_fork(asio::io_context::fork_child); }

private:
    using Stream = asio::generic::stream_protocol;

    void listen_on_port(const std::string& place) {
        const asio::ip::tcp::endpoint local(asio::ip::address_v4::loopback(),
                                            port_of(option_, place));
        acceptor_.open(local.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        listen(local, place);
        sockaddr_in bound{};
        const auto found = acceptor_.local_endpoint();
        std::memcpy(&bound, found.data(), std::min(sizeof bound, found.size()));
        address_ = fmt::format("127.0.0.1:{}", ntohs(bound.sin_port));
    }
    void listen_on_path(const std::string& path) {
        require_path(option_, path);
        constexpr std::size_t kMaxPath = sizeof(sockaddr_un{}.sun_path) - 1;
        if (path.size() > kMaxPath)
            throw UserError("{} {}: the path of a socket has at most {} characters", option_, path,
                            kMaxPath);
        remove_if_left_over(context_, path);
        const asio::local::stream_protocol::endpoint local(path);
        acceptor_.open(local.protocol());
        listen(local, path);
        address_ = path_ = path;
    }
    void listen(const Stream::endpoint& local, const std::string& place) {
        error_code error;
        (void)acceptor_.bind(local, error);
        if (!error)
            (void)acceptor_.listen(1, error);
        if (error)
            throw UserError("{0} {1}: cannot listen there: {2}\n  hint: {0} 0 takes a free port",
                            option_, place, error.message());
    }
    /// Lets the operation that has just begun take so long, then cancels it.
    template <typename Cancel>
    void wait(Patience patience, Cancel cancel) {
        context_.restart();
        if (patience.count() == 0)
            context_.poll();
        else
            context_.run_for(patience);
        if (context_.stopped())
            return;
        cancel();
        context_.run();
    }

    const std::string option_;
    asio::io_context context_{1};
    asio::basic_socket_acceptor<Stream> acceptor_{context_};
    std::optional<Stream::socket> peer_;
    std::string address_;
    std::string path_;  // of the socket that is removed at the end; empty for a port
};

}  // namespace

std::unique_ptr<Endpoint> listen_at(const std::string& option, const std::string& place) {
    return std::make_unique<SocketEndpoint>(option, place);
}

}  // namespace flexv::platform
