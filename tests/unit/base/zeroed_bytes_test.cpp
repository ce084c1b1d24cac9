// SPDX-License-Identifier: Apache-2.0
#include "base/zeroed_bytes.hpp"

#include <catch2/catch.hpp>

#include <unistd.h>

#include <algorithm>
#include <fstream>

using namespace flexv;

namespace {

/// Of this process.
u64 resident_bytes() {
    u64 all_pages = 0;
    u64 resident_pages = 0;
    std::ifstream("/proc/self/statm") >> all_pages >> resident_pages;
    return resident_pages * u64(sysconf(_SC_PAGESIZE));
}

}  // namespace

TEST_CASE("bytes are zero until they are written", "[base][memory]") {
    ZeroedBytes bytes(10'000);

    REQUIRE(bytes.size() == 10'000);
    CHECK(std::all_of(bytes.data(), bytes.data() + bytes.size(),
                      [](unsigned char byte) { return byte == 0; }));

    bytes.data()[9'999] = 7;
    CHECK(unsigned(bytes.data()[9'999]) == 7);
    CHECK(unsigned(bytes.data()[9'998]) == 0);
}

TEST_CASE("bytes that nobody touches take no memory of the host", "[base][memory]") {
    const u64 before = resident_bytes();
    const ZeroedBytes bytes(256_MiB);
    const u64 after = resident_bytes();

    CHECK(unsigned(bytes.data()[255_MiB]) == 0);
    CHECK(after - before < 128_MiB);  // a sanitizer keeps notes of its own
}
