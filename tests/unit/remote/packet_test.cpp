// SPDX-License-Identifier: Apache-2.0
// Packets of remote-port: the bytes that other simulators expect, and what is no packet.
#include "platform/remote/packet.hpp"

#include <catch2/catch.hpp>

using namespace flexv;
using namespace flexv::platform::remote;
using Catch::Matchers::Contains;

namespace {

std::string bytes_of(std::initializer_list<unsigned> values) {
    std::string bytes;
    for (const unsigned value : values)
        bytes += char(u8(value));
    return bytes;
}

/// A header with these fields in front of `body`.
std::string framed(unsigned command, unsigned flags, const std::string& body) {
    return bytes_of(
               {0, 0,     0, command, 0, 0, u8(body.size() >> 8), u8(body.size()), 0, 0, 0, 9, 0, 0,
                0, flags, 0, 0,       0, 3}) +
           body;
}

Packet read_one(const std::string& bytes) {
    PacketReader reader;
    reader.add(bytes);
    return reader.next().value();
}

std::string refusal_of(const std::string& bytes) {
    PacketReader reader;
    reader.add(bytes);
    try {
        static_cast<void>(reader.next());
    } catch (const Malformed& malformed) {
        return malformed.what();
    }
    return "";
}

const std::vector<Packet>& examples() {
    static const std::vector<Packet> packets = {
        {.command = Command::nop, .id = 1},
        {.command = Command::hello, .id = 2, .major = 4, .minor = 3, .offers = {3}},
        {.command = Command::hello, .id = 2, .major = 4, .minor = 0},
        {.command = Command::configure, .id = 3},
        {.command = Command::read,
         .id = 4,
         .device = 7,
         .timestamp = 1000,
         .address = 0x20,
         .bytes = 4,
         .stream_width = 4},
        {.command = Command::read,
         .id = 4,
         .is_response = true,
         .timestamp = 1010,
         .address = 0x20,
         .bytes = 4,
         .data = "abcd"},
        {.command = Command::write,
         .id = 5,
         .timestamp = 1u << 31,
         .address = 0x1'0000'0000,
         .bytes = 3,
         .stream_width = 3,
         .data = "xyz"},
        {.command = Command::write,
         .id = 5,
         .is_response = true,
         .status = Status::address_error,
         .bytes = 3},
        {.command = Command::interrupt,
         .id = 6,
         .is_posted = true,
         .timestamp = 5,
         .line = 2,
         .level = true},
        {.command = Command::sync, .id = ~0U, .timestamp = ~u64{0}},
    };
    return packets;
}

}  // namespace

TEST_CASE("a packet has the bytes of remote-port") {
    CHECK(encode({.command = Command::sync, .id = 9, .device = 3, .timestamp = 0x0102}) ==
          framed(6, 0, bytes_of({0, 0, 0, 0, 0, 0, 1, 2})));
    CHECK(encode({.command = Command::hello,
                  .id = 9,
                  .device = 3,
                  .major = 4,
                  .minor = 3,
                  .offers = {3}}) ==
          framed(1, 0, bytes_of({0, 4, 0, 3, 0, 0, 0, 32, 0, 1, 0, 0, 0, 0, 0, 3})));
    CHECK(encode({.command = Command::interrupt,
                  .id = 9,
                  .is_posted = true,
                  .device = 3,
                  .timestamp = 1,
                  .line = 2,
                  .level = true}) ==
          framed(5, 4, bytes_of({0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1})));
    CHECK(encode({.command = Command::read,
                  .id = 9,
                  .is_response = true,
                  .device = 3,
                  .timestamp = 1,
                  .status = Status::error,
                  .address = 5,
                  .bytes = 2,
                  .stream_width = 2,
                  .data = "ab"}) ==
          framed(3, 2, bytes_of({0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0,   0,
                                 0, 0, 0, 5, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 'a', 'b'})));
}

TEST_CASE("what is sent is read back") {
    for (const Packet& packet : examples())
        CHECK(read_one(encode(packet)) == packet);
}

TEST_CASE("packets arrive in pieces of any size and behind each other") {
    std::string stream;
    for (const Packet& packet : examples())
        stream += encode(packet);
    for (const std::size_t size : {1U, 3U, 19U, 20U, 21U, 1000U}) {
        PacketReader reader;
        std::vector<Packet> read;
        for (std::size_t at = 0; at < stream.size(); at += size) {
            reader.add(std::string_view(stream).substr(at, size));
            while (auto packet = reader.next())
                read.push_back(*packet);
        }
        CHECK(read == examples());
        CHECK(reader.pending() == 0);
    }
}

TEST_CASE("a hello may bring more than is known, and its offers anywhere behind") {
    const Packet hello = read_one(framed(1, 0, bytes_of({0, 4, 0, 9, 0, 0, 0, 36, 0, 2,  0, 0, 1, 2,
                                                         3, 4, 0, 0, 0, 3, 0, 0,  0, 99, 7, 7})));
    CHECK(hello.minor == 9);
    CHECK(hello.offers == std::vector<u32>{3, 99});
}

TEST_CASE("what is no packet is said") {
    const std::string access(38, '\0');
    CHECK_THAT(refusal_of(framed(7, 0, "")), Contains("unknown command 7"));
    CHECK_THAT(refusal_of(bytes_of({0, 0, 0, 3, 255, 255, 255, 255}) + std::string(12, '\0')),
               Contains("a read packet of 4294967295 bytes is too long"));
    CHECK_THAT(refusal_of(framed(6, 0, "1234567")),
               Contains("a sync packet ends 1 bytes too early"));
    CHECK_THAT(refusal_of(framed(1, 0, "12")), Contains("a hello packet ends"));
    CHECK_THAT(refusal_of(framed(1, 0, bytes_of({0, 4, 0, 3, 0, 0, 0, 31, 0, 1, 0, 0}))),
               Contains("has its offers at byte 31"));
    CHECK_THAT(refusal_of(framed(1, 0, bytes_of({0, 4, 0, 3, 255, 255, 255, 255, 0, 1, 0, 0}))),
               Contains("has its offers at byte 4294967295"));
    CHECK_THAT(refusal_of(framed(1, 0, bytes_of({0, 4, 0, 3, 0, 0, 0, 32, 255, 255, 0, 0}))),
               Contains("a hello packet ends"));
    CHECK_THAT(refusal_of(framed(3, 0, access.substr(1))), Contains("a read packet ends 1 bytes"));
    std::string extended = access;
    extended[15] = 4;
    CHECK_THAT(refusal_of(framed(3, 0, extended)), Contains("extended layout"));
    std::string without_data = access;
    without_data[27] = 4;
    CHECK_THAT(refusal_of(framed(4, 0, without_data)), Contains("a write packet ends 4 bytes"));
    CHECK_THAT(refusal_of(framed(3, 2, without_data)), Contains("a read packet ends 4 bytes"));
    CHECK(read_one(framed(3, 0, without_data)).bytes == 4);
    without_data[24] = 127;
    CHECK_THAT(refusal_of(framed(3, 0, without_data)), Contains("is too long"));
    CHECK_THAT(refusal_of(framed(5, 0, "short")),
               Contains("an interrupt packet ends") || Contains("a interrupt packet ends"));
}
