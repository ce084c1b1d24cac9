// SPDX-License-Identifier: Apache-2.0
// State into an archive and out of it, and bytes that are not what was saved.
#include "base/state_archive.hpp"

#include "base/error.hpp"

#include <catch2/catch.hpp>

#include <limits>

using namespace flexv;

namespace {

enum class Colour : u8 { red, green };

struct Inner {
    u32 number = 0;
    bool flag = false;

    bool operator==(const Inner&) const = default;
    void serialize(StateArchive& archive) { archive(number, flag); }
};

struct Everything {
    u64 large = 0;
    int negative = 0;
    double real = 0;
    Colour colour = Colour::red;
    std::string text;
    std::array<u8, 3> bytes{};
    std::vector<Inner> fixed{3};
    std::vector<u32> list;
    std::deque<Inner> queue;
    std::optional<Inner> maybe;
    std::optional<u32> nothing = 5;
    std::map<u32, std::string> names;
    std::multimap<u32, u32> many;
    std::set<unsigned> numbers;

    bool operator==(const Everything&) const = default;
    void serialize(StateArchive& archive) {
        archive(large, negative, real, colour, text, bytes, fixed, queue, maybe, nothing, names,
                many, numbers);
        archive.list(list);
    }
};

Everything example() {
    return {.large = std::numeric_limits<u64>::max(),
            .negative = -7,
            .real = 0.1,
            .colour = Colour::green,
            .text = "a\0b",
            .bytes = {1, 128, 255},
            .fixed = {{1, true}, {2, false}, {3, true}},
            .list = {300, 0, 5},
            .queue = {{9, true}},
            .maybe = Inner{4, true},
            .nothing = {},
            .names = {{1, "one"}, {2, "two"}},
            .many = {{7, 2}, {7, 1}},
            .numbers = {3, 8}};
}

std::string saved(auto& value) {
    StateArchive archive;
    archive(value);
    return archive.bytes();
}

void load(const std::string& bytes, auto& value) {
    StateArchive archive(bytes);
    archive(value);
}

std::string message_of(auto action) {
    try {
        action();
    } catch (const UserError& error) {
        return error.what();
    }
    return "nothing";
}

}  // namespace

TEST_CASE("what was saved is what is loaded", "[base][archive]") {
    Everything before = example();
    const std::string bytes = saved(before);

    Everything after;
    StateArchive archive(bytes);
    archive(after);

    CHECK(after == before);
    CHECK(saved(after) == bytes);
}

TEST_CASE("an archive that ends too early is refused wherever it ends", "[base][archive]") {
    Everything before = example();
    const std::string bytes = saved(before);

    for (std::size_t size = 0; size < bytes.size(); ++size) {
        Everything after;
        StateArchive archive(std::string_view(bytes).substr(0, size));
        CHECK_THROWS_AS(archive(after), UserError);
    }
}

TEST_CASE("a number that does not fit is refused", "[base][archive]") {
    u32 large = 70'000;
    u64 all = std::numeric_limits<u64>::max();
    u32 two = 2;

    u16 small = 0;
    bool flag = false;

    CHECK_THROWS_AS(load(saved(large), small), UserError);
    CHECK_THROWS_AS(load(saved(two), flag), UserError);
    CHECK_THROWS_AS(load(std::string(10, '\xff') + '\x01', all), UserError);
}

TEST_CASE("a list cannot ask for more memory than the archive has bytes", "[base][archive]") {
    u64 length = u64{1} << 60;
    const std::string bytes = saved(length);

    std::deque<Inner> queue;
    std::string text;

    CHECK_THROWS_AS(load(bytes, queue), UserError);
    CHECK_THROWS_AS(load(bytes, text), UserError);
}

TEST_CASE("a vector of a block keeps its length", "[base][archive]") {
    std::vector<u32> eight(8);
    std::vector<u32> four(4);

    CHECK(message_of([&] { load(saved(eight), four); }) ==
          "in the state of the beginning: a list has another length");
}

TEST_CASE("a part is read to its end, under its name", "[base][archive]") {
    u32 one = 1;
    u32 two = 2;
    StateArchive saving;
    saving.part("soc.l2", [&] { saving(one, two); });

    StateArchive short_one(saving.bytes());
    StateArchive other(saving.bytes());

    CHECK(message_of([&] { short_one.part("soc.l2", [&] { short_one(one); }); }) ==
          "in the state of soc.l2: it is longer or shorter than expected");
    CHECK(message_of([&] { other.part("soc.uart", [] {}); }) ==
          "in the state of the beginning: that of soc.uart does not follow");
}

TEST_CASE("a memory takes the bytes that are not 0", "[base][archive]") {
    std::vector<u8> before(1'000'000);
    before[0] = 1;
    before[777'777] = 2;
    before.back() = 3;
    StateArchive saving;
    saving.memory(before.data(), before.size());

    std::vector<u8> after(before.size(), 9);
    StateArchive loading(saving.bytes());
    loading.memory(after.data(), after.size());

    CHECK(after == before);
    CHECK(saving.bytes().size() < 1000);
}

TEST_CASE("a memory that is cut off, or has pages behind its end, is refused", "[base][archive]") {
    std::vector<u8> before(3000, 1);
    StateArchive saving;
    saving.memory(before.data(), before.size());
    const std::string bytes = saving.bytes();

    StateArchive cut(std::string_view(bytes).substr(0, 1000));
    StateArchive whole(bytes);

    CHECK_THROWS_AS(cut.memory(before.data(), before.size()), UserError);
    CHECK_THROWS_AS(whole.memory(before.data(), 1000), UserError);
}

TEST_CASE("pointers come back to the elements that they pointed to", "[base][archive]") {
    std::array<Inner, 4> before{};
    std::array<Inner, 4> after{};
    Inner* third = &before[3];
    Inner* none = nullptr;
    StateArchive saving;
    {
        const StateArchive::PointersInto<Inner> place(saving, before);
        saving(third, none);
    }

    Inner* loaded = nullptr;
    Inner* nobody = after.data();
    StateArchive loading(saving.bytes());
    const StateArchive::PointersInto<Inner> place(loading, after);
    loading(loaded, nobody);

    CHECK(loaded == &after[3]);
    CHECK(nobody == nullptr);
}
