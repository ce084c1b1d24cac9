// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/connection.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <boost/asio.hpp>
#include <chrono>
#include <filesystem>
#include <limits>
#include <optional>
#include <utility>

namespace flexv::platform {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kPatience{100};  // between two looks at must_end()

bool is_port(const std::string& endpoint) {
    return endpoint.find_first_not_of("0123456789") == std::string::npos;
}

u16 port_of(const std::string& endpoint) {
    constexpr std::size_t kDigits = 5;
    const unsigned long port = endpoint.size() > kDigits ? ~0UL : std::stoul(endpoint);
    if (port > std::numeric_limits<u16>::max())
        throw UserError("--gdb {}: a port is at most 65535; 0 takes any free one", endpoint);
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

}  // namespace

class DebugConnection::Sockets {
public:
    explicit Sockets(const std::string& endpoint) {
        if (is_port(endpoint))
            listen_on_port(endpoint);
        else
            listen_on_path(endpoint);
    }
    ~Sockets() {
        close();
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove(path_, ignored);
    }
    Sockets(const Sockets&) = delete;
    Sockets& operator=(const Sockets&) = delete;

    /// Waits for so long at most.
    bool accept(std::chrono::milliseconds patience) {
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
    /// nullopt: the connection is lost. Empty: nothing has come.
    std::optional<std::string> receive(std::chrono::milliseconds patience) {
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
    void send(std::string_view bytes) {
        error_code lost;
        asio::write(*peer_, asio::buffer(bytes), lost);  // shows at the next receive()
    }
    /// To the other side, too: copies of the program have the same socket.
    void close() {
        error_code ignored;
        if (peer_)
            (void)peer_->shutdown(Stream::socket::shutdown_both, ignored);
        peer_.reset();
    }
    void survive_fork() { context_.notify_fork(asio::io_context::fork_child); }
    [[nodiscard]] bool is_connected() const { return peer_.has_value(); }
    [[nodiscard]] const std::string& address() const { return address_; }

private:
    using Stream = asio::generic::stream_protocol;

    void listen_on_port(const std::string& endpoint) {
        const asio::ip::tcp::endpoint local(asio::ip::address_v4::loopback(), port_of(endpoint));
        acceptor_.open(local.protocol());
        acceptor_.set_option(asio::socket_base::reuse_address(true));
        listen(local, endpoint);
        sockaddr_in bound{};
        const auto found = acceptor_.local_endpoint();
        std::memcpy(&bound, found.data(), std::min(sizeof bound, found.size()));
        address_ = fmt::format("127.0.0.1:{}", ntohs(bound.sin_port));
    }
    void listen_on_path(const std::string& path) {
        constexpr std::size_t kMaxPath = sizeof(sockaddr_un{}.sun_path) - 1;
        if (path.size() > kMaxPath)
            throw UserError("--gdb {}: the path of a socket has at most {} characters", path,
                            kMaxPath);
        remove_if_left_over(context_, path);
        const asio::local::stream_protocol::endpoint local(path);
        acceptor_.open(local.protocol());
        listen(local, path);
        address_ = path_ = path;
    }
    void listen(const Stream::endpoint& local, const std::string& endpoint) {
        error_code error;
        (void)acceptor_.bind(local, error);
        if (!error)
            (void)acceptor_.listen(1, error);
        if (error)
            throw UserError("--gdb {}: cannot listen there: {}\n  hint: --gdb 0 takes a free port",
                            endpoint, error.message());
    }
    /// Lets the operation that has just begun take so long, then cancels it.
    template <typename Cancel>
    void wait(std::chrono::milliseconds patience, Cancel cancel) {
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

    asio::io_context context_{1};
    asio::basic_socket_acceptor<Stream> acceptor_{context_};
    std::optional<Stream::socket> peer_;
    std::string address_;
    std::string path_;  // of the socket that is removed at the end; empty for a port
};

DebugConnection::DebugConnection(const std::string& endpoint, std::function<bool()> must_end)
    : sockets_(std::make_unique<Sockets>(endpoint)), must_end_(std::move(must_end)) {}

DebugConnection::~DebugConnection() = default;

std::string DebugConnection::address() const { return sockets_->address(); }
bool DebugConnection::is_connected() const { return sockets_->is_connected(); }
bool DebugConnection::accept_waiting() { return sockets_->accept({}); }
void DebugConnection::close() { sockets_->close(); }
void DebugConnection::survive_fork() { sockets_->survive_fork(); }

bool DebugConnection::accept() {
    while (!must_end_())
        if (sockets_->accept(kPatience))
            return true;
    return false;
}

void DebugConnection::send(std::string_view bytes) {
    if (is_connected())
        sockets_->send(bytes);
}

std::string DebugConnection::receive() {
    while (is_connected() && !must_end_()) {
        const auto bytes = sockets_->receive(kPatience);
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
    const auto bytes = sockets_->receive({});
    if (!bytes)
        close();
    return bytes.value_or("");
}

}  // namespace flexv::platform
