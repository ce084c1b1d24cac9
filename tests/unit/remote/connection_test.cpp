// SPDX-License-Identifier: Apache-2.0
// Addresses, and a connection that ends by a text whatever the other side does.
#include "platform/remote/connection.hpp"
#include "support/scratch_folder.hpp"

#include <catch2/catch.hpp>

#include <optional>
#include <utility>  // Boost 1.74 misses it

#include <boost/asio.hpp>

using namespace flexv::platform::remote;
using Catch::Matchers::Contains;
using std::chrono::milliseconds;
namespace asio = boost::asio;

namespace {

/// Somebody who listens.
struct Other {
    explicit Other(const std::string& path) : listener(context, path) {}
    void accept() { socket = listener.accept(); }

    asio::io_context context;
    asio::local::stream_protocol::acceptor listener;
    std::optional<asio::local::stream_protocol::socket> socket;
};

template <typename Body>
std::string lost_by(const Body& body) {
    try {
        body();
    } catch (const Lost& lost) {
        return lost.what();
    }
    return "";
}

}  // namespace

TEST_CASE("addresses are paths of sockets and ports of this machine") {
    for (const char* good : {"unix:/tmp/x", "unix:relative", "tcp:1", "tcp:65535"})
        CHECK(is_address(good));
    for (const char* bad : {"", "unix:", "/tmp/x", "tcp:", "tcp:0", "tcp:65536", "tcp:-1", "tcp:1x",
                            "tcp:127.0.0.1:1", "udp:1"})
        CHECK_FALSE(is_address(bad));
    CHECK_FALSE(is_address("unix:" + std::string(108, 'x')));
    CHECK(is_address("unix:" + std::string(107, 'x')));
}

TEST_CASE("a connection") {
    const flexv::test::ScratchFolder folder;
    const std::string path = folder.file("socket");
    const std::string address = "unix:" + path;

    SECTION("carries bytes both ways") {
        Other other(path);
        Connection connection(address, milliseconds(5000), {});
        other.accept();
        connection.send("there");
        std::string received(5, ' ');
        asio::read(*other.socket, asio::buffer(received));
        CHECK(received == "there");
        asio::write(*other.socket, asio::buffer(std::string("back")));
        CHECK(connection.receive() == "back");
    }
    SECTION("ends where nobody listens") {
        CHECK_THAT(lost_by([&] { Connection(address, milliseconds(50), {}); }),
                   Contains("nobody listens at " + address) && Contains("for 50 ms"));
    }
    SECTION("ends when the other side says nothing") {
        Other other(path);
        Connection connection(address, milliseconds(50), {});
        other.accept();
        CHECK(lost_by([&] { (void)connection.receive(); }) == "does not answer for 50 ms");
    }
    SECTION("ends when the other side goes away") {
        Other other(path);
        Connection connection(address, milliseconds(5000), {});
        other.accept();
        other.socket.reset();
        CHECK(lost_by([&] { (void)connection.receive(); }) == "has closed the connection");
    }
    SECTION("ends when the other side takes nothing any more") {
        Other other(path);
        Connection connection(address, milliseconds(50), {});
        other.accept();
        CHECK_THAT(lost_by([&] { connection.send(std::string(16u << 20, 'x')); }),
                   Contains("takes nothing any more"));
    }
    SECTION("ends when the user has had enough") {
        Other other(path);
        bool is_enough = false;
        Connection connection(address, milliseconds(60'000),
                              [&] { return std::string(is_enough ? "interrupted" : ""); });
        other.accept();
        is_enough = true;
        CHECK(lost_by([&] { (void)connection.receive(); }) == "interrupted");
    }
}
