// SPDX-License-Identifier: Apache-2.0
// Names of foreign files, made one line of text.
#include "platform/files/printable.hpp"

#include <catch2/catch.hpp>

namespace flexv::platform {

TEST_CASE("text stays as it is, also beyond ASCII", "[printable]") {
    for (const char* name : {"main", "operator new", "a\\b", "gr\xc3\xbc\xc3\x9f", "\xe2\x82\xac",
                             "\xf0\x9f\x98\x80", ""})
        CHECK(printable(name) == name);
}

TEST_CASE("control characters become visible", "[printable]") {
    CHECK(printable("a\nb\tc\rd") == "a\\x0ab\\x09c\\x0dd");
    CHECK(printable(std::string_view("\0x", 2)) == "\\x00x");
    CHECK(printable("\x1b[2J\x7f") == "\\x1b[2J\\x7f");
    CHECK(printable("\xc2\x9b") == "\\xc2\\x9b");           // C1: what some terminals take as ESC [
    CHECK(printable("\xe2\x80\xa8") == "\\xe2\\x80\\xa8");  // line separator
    CHECK(printable("\xe2\x80\xae") == "\\xe2\\x80\\xae");  // right-to-left override
}

TEST_CASE("bytes that are no UTF-8 become visible", "[printable]") {
    CHECK(printable("\x80z") == "\\x80z");
    CHECK(printable("\xc3") == "\\xc3");
    CHECK(printable("\xe2\x82z") == "\\xe2\\x82z");
    CHECK(printable("\xc0\xaf") == "\\xc0\\xaf");                    // too long a form
    CHECK(printable("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // likewise
    CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // a surrogate
    CHECK(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond Unicode
}

}  // namespace flexv::platform
