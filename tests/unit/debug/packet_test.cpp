// SPDX-License-Identifier: Apache-2.0
// Packets of the remote serial protocol. Examples that are not ours are from the GDB manual,
// appendix "Remote Protocol", section "Overview".
#include "platform/debug/hex.hpp"
#include "platform/debug/rsp_packet.hpp"

#include <catch2/catch.hpp>

#include <random>
#include <string>
#include <vector>

namespace flexv::platform {
namespace {

using Kind = RspEvent::Kind;

std::vector<RspEvent> events_of(std::string_view bytes) {
    RspReader reader;
    reader.add(bytes);
    std::vector<RspEvent> events;
    while (auto event = reader.next())
        events.push_back(*event);
    return events;
}

TEST_CASE("a packet has its checksum behind it", "[debug]") {
    CHECK(rsp_frame("OK") == "$OK#9a");
    CHECK(rsp_frame("") == "$#00");
}

TEST_CASE("what has a meaning of its own is escaped", "[debug]") {
    CHECK(rsp_frame("#").substr(0, 3) == "$}\x03");
    CHECK(rsp_frame("}").substr(0, 3) == "$}]");
}

TEST_CASE("a run of zeros is shortened as the manual shows it", "[debug]") {
    CHECK(rsp_frame("0000").substr(0, 4) == "$0* ");
    CHECK(events_of("$0* #7a").at(0).payload == "0000");
}

TEST_CASE("a run is never written with a count that frames something", "[debug]") {
    for (unsigned length = 1; length < 300; ++length) {
        const std::string payload(length, 'x');
        const std::string frame = rsp_frame(payload);
        CAPTURE(length, frame);

        CHECK(frame.find_first_of("#$+-", 1) == frame.size() - 3);
        CHECK(events_of(frame).at(0).payload == payload);
    }
}

TEST_CASE("what is framed is read back, whatever the bytes", "[debug]") {
    std::mt19937 random(1);
    for (unsigned round = 0; round < 500; ++round) {
        std::string payload;
        for (auto i = random() % 200; i != 0; --i)
            payload.append(1 + random() % 8, char(random()));

        const auto events = events_of(rsp_frame(payload));

        REQUIRE(events.size() == 1);
        CHECK(events[0].kind == Kind::packet);
        CHECK(events[0].payload == payload);
    }
}

TEST_CASE("packets come in any pieces", "[debug]") {
    RspReader reader;
    const std::string bytes = "+" + rsp_frame("g") + "\x03" + rsp_frame("?");
    std::vector<RspEvent> events;
    for (const char byte : bytes) {
        reader.add(std::string(1, byte));
        while (auto event = reader.next())
            events.push_back(*event);
    }

    REQUIRE(events.size() == 4);
    CHECK(events[0].kind == Kind::acknowledge);
    CHECK(events[1].payload == "g");
    CHECK(events[2].kind == Kind::interrupt);
    CHECK(events[3].payload == "?");
}

TEST_CASE("a wrong checksum is noticed, and the next packet is read", "[debug]") {
    const auto events = events_of("$OK#00" + rsp_frame("OK"));

    REQUIRE(events.size() == 2);
    CHECK(events[0].kind == Kind::damaged);
    CHECK(events[1].payload == "OK");
}

TEST_CASE("a packet that is cut off by another one is damaged", "[debug]") {
    const auto events = events_of("$m0,4" + rsp_frame("?"));

    REQUIRE(events.size() == 2);
    CHECK(events[0].kind == Kind::damaged);
    CHECK(events[1].payload == "?");
}

TEST_CASE("escapes and runs of nothing are damaged", "[debug]") {
    CHECK(events_of("$}#7d").at(0).kind == Kind::damaged);
    CHECK(events_of("$*!#4b").at(0).kind == Kind::damaged);
    CHECK(events_of("$x*#a2").at(0).kind == Kind::damaged);
}

TEST_CASE("a packet without an end does not grow for ever", "[debug]") {
    const auto events = events_of("$" + std::string(RspReader::kMaxBytes, 'x'));

    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == Kind::damaged);
}

TEST_CASE("numbers and words are read only when they are whole", "[debug]") {
    CHECK(hex::number_of("1C0080aa") == 0x1c0080aaU);
    CHECK(hex::of_word(0x12345678) == "78563412");
    CHECK(hex::word_of("78563412") == 0x12345678U);
    CHECK_FALSE(hex::number_of(""));
    CHECK_FALSE(hex::number_of("0x1"));
    CHECK_FALSE(hex::number_of("11111111111111111"));
    CHECK_FALSE(hex::word_number_of("100000000"));
    CHECK_FALSE(hex::word_of("7856341"));
    CHECK_FALSE(hex::bytes_of("0g"));
}

}  // namespace
}  // namespace flexv::platform
