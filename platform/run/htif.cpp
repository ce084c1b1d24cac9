// SPDX-License-Identifier: Apache-2.0
#include "platform/run/htif.hpp"

#include "base/console.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace flexv::platform {

namespace {

constexpr Address kHalf = 4;
constexpr Address kLong = 8;
constexpr u64 kConsole = 1;  // device
constexpr u64 kPutCharacter = 1;
constexpr u64 kWriteCall = 64;  // number of the system call
constexpr u64 kExitCall = 93;
constexpr u64 kNoSuchCall = ~u64{37};  // -ENOSYS
constexpr u64 kMostPrinted = 1 << 20;

}  // namespace

Htif::Htif(Soc& soc, const ElfImage& image)
    : soc_(soc), to_host_(image.symbol("tohost")), from_host_(image.symbol("fromhost")) {}

void Htif::begin() {
    if (is_used())
        arm();
}

/// Each word is told of once.
void Htif::arm() {
    static_cast<void>(soc_.watch_word(*to_host_));
    static_cast<void>(soc_.watch_word(*to_host_ + kHalf));
}

u64 Htif::long_at(Address address) {
    u64 value = 0;
    static_cast<void>(soc_.read(address, &value, kLong));
    return value;
}

void Htif::put_long(Address address, u64 value) {
    is_writing_ = true;
    static_cast<void>(soc_.write(address, &value, kLong));
    is_writing_ = false;
}

void Htif::on_written(Address first, Address last) {
    if (!is_used() || is_writing_ || first >= *to_host_ + kLong || last < *to_host_)
        return;
    const u64 request = long_at(*to_host_);
    if (request != 0)
        serve(request);
    arm();
}

/// Device in the highest byte, command in the next one. A core of 32 bits writes halves one after
/// the other; a character is complete when it is written behind its upper half.
void Htif::serve(u64 request) {
    const u64 device = request >> 56;
    const u64 command = request >> 48 & 0xff;
    const u64 payload = request << 16 >> 16;
    if (device == 0 && command == 0 && (payload & 1) != 0) {
        soc_.end_with(u32(payload >> 1));
    } else if (device == 0 && command == 0) {
        call_system(Address(payload));
        put_long(*to_host_, 0);
        if (from_host_)
            put_long(*from_host_, 1);
    } else if (device == kConsole && command == kPutCharacter && payload != 0) {
        const char letter = char(payload);
        console::put({&letter, 1});
        put_long(*to_host_, 0);
    }
}

/// Eight words of 64 bits: the number and its arguments; the result takes the place of the number.
void Htif::call_system(Address block) {
    const u64 number = long_at(block);
    u64 result = kNoSuchCall;
    if (number == kWriteCall) {
        const u64 length = std::min(long_at(block + 3 * kLong), kMostPrinted);
        std::string text(length, '\0');
        text.resize(soc_.read(Address(long_at(block + 2 * kLong)), text.data(), unsigned(length)));
        console::put(text);
        result = text.size();
    } else if (number == kExitCall) {
        soc_.end_with(u32(long_at(block + kLong)));
        result = 0;
    }
    put_long(block, result);
}

}  // namespace flexv::platform
