// SPDX-License-Identifier: Apache-2.0
// Plain logic: what becomes of byte enables and streaming widths.
#include "platform/cosim/entrance.hpp"

#include <catch2/catch.hpp>

#include <array>

using namespace flexv;
using namespace flexv::platform::cosim;

namespace {

struct Shaped : tlm::tlm_generic_payload {
    std::array<unsigned char, 16> data{};
    std::vector<unsigned char> enables;

    Shaped(u64 address, unsigned length) {
        set_command(tlm::TLM_WRITE_COMMAND);
        set_address(address);
        set_data_ptr(data.data());
        set_data_length(length);
        set_streaming_width(length);
    }
    void enable(std::vector<unsigned char> pattern) {
        enables = std::move(pattern);
        set_byte_enable_ptr(enables.data());
        set_byte_enable_length(unsigned(enables.size()));
    }
};

using Pieces = std::vector<Piece>;

}  // namespace

TEST_CASE("a plain payload is one piece, however long", "[cosim]") {
    const Shaped trans(0x1002, 13);

    CHECK(pieces_of(trans) == Pieces{{.address = 0x1002, .position = 0, .bytes = 13}});
}

TEST_CASE("enabled bytes become aligned pieces that a register takes", "[cosim]") {
    Shaped trans(0x1000, 8);
    trans.enable({0, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0});

    CHECK(pieces_of(trans) == Pieces{{.address = 0x1001, .position = 1, .bytes = 1},
                                     {.address = 0x1002, .position = 2, .bytes = 2},
                                     {.address = 0x1004, .position = 4, .bytes = 2}});
}

TEST_CASE("a short pattern of byte enables repeats", "[cosim]") {
    Shaped trans(0x1000, 8);
    trans.enable({0xff, 0});

    const Pieces pieces = pieces_of(trans);

    REQUIRE(pieces.size() == 4);
    for (unsigned index = 0; index < 4; ++index)
        CHECK(pieces[index] ==
              Piece{.address = 0x1000 + 2 * index, .position = 2 * index, .bytes = 1});
}

TEST_CASE("each beat of a stream goes to the same addresses", "[cosim]") {
    Shaped trans(0x1000, 12);
    trans.set_streaming_width(4);

    CHECK(pieces_of(trans) == Pieces{{.address = 0x1000, .position = 0, .bytes = 4},
                                     {.address = 0x1000, .position = 4, .bytes = 4},
                                     {.address = 0x1000, .position = 8, .bytes = 4}});
}

TEST_CASE("nothing enabled is no piece", "[cosim]") {
    Shaped trans(0x1000, 4);
    trans.enable({0});

    CHECK(pieces_of(trans).empty());
}

TEST_CASE("a payload that TLM-2.0 forbids is refused with the status it names", "[cosim]") {
    Shaped empty(0x1000, 0);
    Shaped unstreamed(0x1000, 4);
    unstreamed.set_streaming_width(0);
    Shaped unlengthy(0x1000, 4);
    unlengthy.set_byte_enable_ptr(unlengthy.data.data());
    unlengthy.set_byte_enable_length(0);
    Shaped nowhere(0x1000, 4);
    nowhere.set_data_ptr(nullptr);

    CHECK(shape_of(empty) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(shape_of(unstreamed) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(shape_of(nowhere) == tlm::TLM_BURST_ERROR_RESPONSE);
    CHECK(shape_of(unlengthy) == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    CHECK(shape_of(Shaped(0x1000, 4)) == tlm::TLM_OK_RESPONSE);
}
