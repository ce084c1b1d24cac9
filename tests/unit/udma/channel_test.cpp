// SPDX-License-Identifier: Apache-2.0
#include "udma/channel.hpp"

#include <catch2/catch.hpp>

using flexv::udma::Channel;
using flexv::udma::Transfer;

TEST_CASE("a second transfer waits behind the first", "[udma]") {
    Channel channel;
    channel.add({.address = 1, .bytes = 10});
    channel.add({.address = 2, .bytes = 20});

    CHECK(channel.current() == Transfer{.address = 1, .bytes = 10});
    CHECK(channel.has_next());
    channel.finish();
    CHECK(channel.current() == Transfer{.address = 2, .bytes = 20});
    CHECK_FALSE(channel.has_next());
    channel.finish();
    CHECK_FALSE(channel.current());
}

TEST_CASE("a continuous transfer starts again until another one waits", "[udma]") {
    Channel channel;
    channel.add({.address = 1, .bytes = 10, .repeats = true});

    channel.finish();
    CHECK(channel.current() == Transfer{.address = 1, .bytes = 10, .repeats = true});
    channel.add({.address = 2, .bytes = 20});
    channel.finish();
    CHECK(channel.current() == Transfer{.address = 2, .bytes = 20});
}

TEST_CASE("clear forgets both transfers", "[udma]") {
    Channel channel;
    channel.add({.address = 1, .bytes = 10});
    channel.add({.address = 2, .bytes = 20});

    channel.clear();

    CHECK_FALSE(channel.current());
    CHECK_FALSE(channel.has_next());
}
