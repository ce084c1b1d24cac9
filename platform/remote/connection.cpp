// SPDX-License-Identifier: Apache-2.0
#include "platform/remote/connection.hpp"

#include <fmt/format.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <thread>
#include <utility>  // Boost 1.74 misses it

#include <boost/asio.hpp>

namespace flexv::platform::remote {

namespace asio = boost::asio;
using boost::system::error_code;
using std::chrono::milliseconds;
using Stream = asio::generic::stream_protocol;

namespace {

constexpr milliseconds kBetweenLooks{100};  // at must_end()
constexpr milliseconds kBetweenTries{20};   // to connect
constexpr std::string_view kUnix = "unix:";
constexpr std::string_view kTcp = "tcp:";

std::optional<unsigned short> port_of(std::string_view text) {
    unsigned short port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc{} || stop != end || port == 0)
        return std::nullopt;
    return port;
}

Stream::endpoint endpoint_of(std::string_view address) {
    if (address.starts_with(kUnix))
        return asio::local::stream_protocol::endpoint(std::string(address.substr(kUnix.size())));
    return asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(),
                                   port_of(address.substr(kTcp.size())).value());
}

}  // namespace

bool is_address(const std::string& text) {
    constexpr std::size_t kMostPath = sizeof(sockaddr_un{}.sun_path) - 1;
    const std::string_view view = text;
    if (view.starts_with(kUnix))
        return view.size() > kUnix.size() && view.size() - kUnix.size() <= kMostPath;
    return view.starts_with(kTcp) && port_of(view.substr(kTcp.size())).has_value();
}

class Connection::Socket {
public:
    Socket(const std::string& address, milliseconds patience, std::function<std::string()> must_end)
        : patience_(patience), must_end_(std::move(must_end)) {
        const Stream::endpoint endpoint = endpoint_of(address);
        const Clock::time_point deadline = Clock::now() + patience_;
        while (!connects(endpoint)) {
            end_if_wanted();
            if (Clock::now() >= deadline)
                throw Lost(fmt::format("nobody listens at {} ({}) for {} ms", address,
                                       last_error_.message(), patience_.count()));
            std::this_thread::sleep_for(kBetweenTries);
        }
        if (!address.starts_with(kUnix)) {
            error_code ignored;
            (void)socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
        }
    }

    void send(std::string_view bytes) {
        std::optional<error_code> result;
        asio::async_write(socket_, asio::buffer(bytes),
                          [&result](error_code error, std::size_t) { result = error; });
        wait(result, "takes nothing any more");
    }

    std::string receive() {
        std::array<char, 4096> bytes{};
        std::optional<error_code> result;
        std::size_t count = 0;
        socket_.async_read_some(asio::buffer(bytes), [&](error_code error, std::size_t moved) {
            result = error;
            count = moved;
        });
        wait(result, "does not answer");
        return {bytes.data(), count};
    }

private:
    using Clock = std::chrono::steady_clock;

    bool connects(const Stream::endpoint& endpoint) {
        socket_ = Stream::socket(context_);
        (void)socket_.connect(endpoint, last_error_);
        return !last_error_;
    }

    void end_if_wanted() const {
        if (const std::string reason = must_end_ ? must_end_() : ""; !reason.empty())
            throw Lost(reason);
    }

    /// Empty to go on waiting.
    [[nodiscard]] std::string why_not_on(Clock::time_point deadline, const char* what) const {
        if (Clock::now() >= deadline)
            return fmt::format("{} for {} ms", what, patience_.count());
        return must_end_ ? must_end_() : "";
    }

    /// Until the operation that has just begun has its result.
    void wait(const std::optional<error_code>& result, const char* what) {
        context_.restart();
        const Clock::time_point deadline = Clock::now() + patience_;
        while (!result) {
            const std::string reason = why_not_on(deadline, what);
            if (!reason.empty()) {
                cancel();
                throw Lost(reason);
            }
            context_.run_one_for(std::min(kBetweenLooks, patience_));
        }
        if (*result == asio::error::eof || *result == asio::error::connection_reset ||
            *result == asio::error::broken_pipe)
            throw Lost("has closed the connection");
        if (*result)
            throw Lost(fmt::format("is lost: {}", result->message()));
    }

    /// What has begun refers to variables of its caller.
    void cancel() {
        error_code ignored;
        (void)socket_.close(ignored);
        context_.restart();
        context_.run();
    }

    const milliseconds patience_;
    const std::function<std::string()> must_end_;
    asio::io_context context_{1};
    Stream::socket socket_{context_};
    error_code last_error_;
};

Connection::Connection(const std::string& address, milliseconds patience,
                       std::function<std::string()> must_end)
    : socket_(std::make_unique<Socket>(address, patience, std::move(must_end))) {}

Connection::~Connection() = default;

void Connection::send(std::string_view bytes) { socket_->send(bytes); }

std::string Connection::receive() { return socket_->receive(); }

}  // namespace flexv::platform::remote
