// SPDX-License-Identifier: Apache-2.0
// Sockets and pseudo terminals, with ourselves as the peer.
#include "platform/files/endpoint.hpp"

#include "support/error_text.hpp"
#include "support/scratch_folder.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <catch2/catch.hpp>

#include <cstring>
#include <filesystem>
#include <thread>

using namespace flexv::platform;
using namespace std::chrono_literals;

namespace {

/// The other side of an endpoint.
class Peer {
public:
    explicit Peer(const std::string& address) : descriptor_(open(address)) {
        REQUIRE(descriptor_ >= 0);
    }
    ~Peer() { ::close(descriptor_); }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    void write(const std::string& text) const {
        REQUIRE(::write(descriptor_, text.data(), text.size()) == ssize_t(text.size()));
    }
    /// As many bytes as are asked for, fewer at the end of the stream.
    [[nodiscard]] std::string read(std::size_t bytes) const {
        std::string text;
        char letter = 0;
        while (text.size() < bytes && ::read(descriptor_, &letter, 1) == 1)
            text += letter;
        return text;
    }

private:
    static int open(const std::string& address) {
        if (address.starts_with("/dev/"))
            return ::open(address.c_str(), O_RDWR | O_NOCTTY);
        const auto colon = address.find(':');
        const bool is_port = colon != std::string::npos;
        const int made = ::socket(is_port ? AF_INET : AF_UNIX, SOCK_STREAM, 0);
        sockaddr_in port{};
        port.sin_family = AF_INET;
        port.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (is_port)
            port.sin_port = htons(std::uint16_t(std::stoul(address.substr(colon + 1))));
        sockaddr_un path{};
        path.sun_family = AF_UNIX;
        std::strncpy(path.sun_path, address.c_str(), sizeof path.sun_path - 1);
        const auto* const to = is_port ? static_cast<void*>(&port) : static_cast<void*>(&path);
        const socklen_t size = is_port ? sizeof port : sizeof path;
        return ::connect(made, static_cast<const sockaddr*>(to), size) == 0 ? made : -1;
    }

    const int descriptor_;
};

struct Bench {
    /// One of each kind.
    [[nodiscard]] std::unique_ptr<Endpoint> make(const std::string& kind) const {
        return kind == "pty" ? make_pseudo_terminal("--uart")
                             : listen_at("--uart", kind == "port" ? "0" : folder.file("socket"));
    }

    flexv::test::ScratchFolder folder;
};

/// Waits until something has come.
std::string received(Endpoint& endpoint) {
    for (int i = 0; i < 100; ++i) {
        const auto text = endpoint.receive(100ms);
        if (!text)
            return "gone";
        if (!text->empty())
            return *text;
    }
    return "nothing";
}

}  // namespace

TEST_CASE("an endpoint carries bytes both ways, as they are", "[endpoint]") {
    const Bench bench;
    for (const char* kind : {"pty", "port", "socket"}) {
        INFO(kind);
        const auto endpoint = bench.make(kind);
        CHECK_FALSE(endpoint->accept(0ms));
        const Peer peer(endpoint->address());
        REQUIRE(endpoint->accept(10s));
        CHECK(endpoint->is_connected());

        CHECK(endpoint->receive(0ms) == "");
        peer.write("ab\n\r\x03\x04");
        CHECK(received(*endpoint) == "ab\n\r\x03\x04");
        CHECK(endpoint->send("cd\n\x11\x13", 10s) == 5U);
        CHECK(peer.read(5) == "cd\n\x11\x13");
    }
}

TEST_CASE("a port may be spelled with the host, which is this one", "[endpoint]") {
    for (const char* const place : {"0", ":0", "localhost:0", "127.0.0.1:0"}) {
        INFO(place);
        CHECK(listen_at("--gdb", place)->address().starts_with("127.0.0.1:"));
    }
    for (const char* const place : {"-1", "example.org:3333", ":", "localhost:", "1:2"}) {
        INFO(place);
        CHECK_THAT(error_of([&] { (void)listen_at("--gdb", place); }),
                   Catch::Contains("expected a port of this machine"));
    }
}

TEST_CASE("an endpoint sees its peer go and takes another one", "[endpoint]") {
    const Bench bench;
    for (const char* kind : {"pty", "port", "socket"}) {
        INFO(kind);
        const auto endpoint = bench.make(kind);
        {
            const Peer first(endpoint->address());
            REQUIRE(endpoint->accept(10s));
        }
        CHECK(received(*endpoint) == "gone");
        endpoint->close();
        CHECK_FALSE(endpoint->is_connected());
        CHECK_FALSE(endpoint->accept(0ms));

        const Peer second(endpoint->address());
        REQUIRE(endpoint->accept(10s));
        CHECK(endpoint->send("x", 10s) == 1U);
        CHECK(second.read(1) == "x");
    }
}

TEST_CASE("what was sent before the end can be read behind it", "[endpoint]") {
    const Bench bench;
    for (const char* kind : {"pty", "port", "socket"}) {
        INFO(kind);
        auto endpoint = bench.make(kind);
        const Peer peer(endpoint->address());
        REQUIRE(endpoint->accept(10s));
        peer.write("nobody takes this");
        CHECK(endpoint->send("bye", 10s) == 3U);

        std::thread end([&endpoint] { endpoint.reset(); });
        CHECK(peer.read(10) == "bye");
        end.join();
    }
}

TEST_CASE("a peer that does not read lets its sender wait in vain", "[endpoint]") {
    const Bench bench;
    for (const char* kind : {"pty", "port", "socket"}) {
        INFO(kind);
        const auto endpoint = bench.make(kind);
        const Peer peer(endpoint->address());
        REQUIRE(endpoint->accept(10s));
        const std::string much(1 << 20, 'x');
        std::size_t sent = 0;
        for (std::size_t taken = 1; taken != 0; sent += taken)
            taken = endpoint->send(much, 200ms).value();

        CHECK(sent > 0);
        CHECK(peer.read(sent).size() == sent);
        CHECK(endpoint->send("x", 10s) == 1U);
    }
}

TEST_CASE("the path of a socket is free again behind its end", "[endpoint]") {
    const Bench bench;
    const std::string path = bench.folder.file("socket");
    { const auto endpoint = bench.make("socket"); }
    CHECK_FALSE(std::filesystem::exists(path));

    const auto endpoint = bench.make("socket");
    CHECK(error_of([&] { return listen_at("--uart", path); }) ==
          "--uart " + path +
              ": cannot listen there: Address already in use\n  hint: --uart 0 takes a free port");
}
