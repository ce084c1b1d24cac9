// SPDX-License-Identifier: Apache-2.0
#include "platform/run/htif.hpp"

#include "base/console.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace flexv::platform {

namespace {

constexpr Address kHalf = 4;
constexpr unsigned kLong = 8;
constexpr u64 kConsole = 1;  // device
constexpr u64 kPutCharacter = 1;
constexpr u64 kWriteCall = 64;  // number of the system call
constexpr u64 kExitCall = 93;
constexpr u64 kNoSuchCall = ~u64{37};  // -ENOSYS
constexpr u64 kMostPrinted = 1 << 20;
/// Of the clock of the memory that `tohost` lies in. The other half of a store of 64 bits follows
/// within some cycles, but for an interrupt or a missed line in between.
constexpr Cycles kPatience = 1000;

/// A label without a size may be 8 bytes, as that of riscv-tests is.
unsigned bytes_of(const ElfImage& image, const std::optional<Address>& place) {
    const auto found =
        std::ranges::find(image.symbols(), place.value_or(0), &ElfImage::Symbol::address);
    const bool is_short = found != image.symbols().end() && found->size == kHalf;
    return is_short ? unsigned(kHalf) : kLong;
}

}  // namespace

Htif::Htif(Soc& soc, const ElfImage& image)
    : soc_(soc),
      to_host_(image.symbol("tohost")),
      from_host_(image.symbol("fromhost")),
      to_bytes_(bytes_of(image, to_host_)),
      from_bytes_(bytes_of(image, from_host_)) {
    if (is_used())
        soc_.timeline_at(*to_host_).add(*this, Phase::settle);
}

void Htif::begin() {
    if (is_used())
        arm();
}

/// Each word is told of once.
void Htif::arm() {
    for (Address half = 0; half < to_bytes_; half += kHalf)
        static_cast<void>(soc_.watch_word(*to_host_ + half));
}

u64 Htif::long_at(Address address) {
    u64 value = 0;
    static_cast<void>(soc_.read(address, &value, kLong));
    return value;
}

void Htif::put(Address address, u64 value, unsigned bytes) {
    is_writing_ = true;
    static_cast<void>(soc_.write(address, &value, bytes));
    is_writing_ = false;
}

/// As `tohost` holds it.
u64 Htif::request() {
    u64 value = 0;
    static_cast<void>(soc_.read(*to_host_, &value, to_bytes_));
    return value;
}

void Htif::on_written(Address first, Address last) {
    if (!is_used() || is_writing_ || first >= *to_host_ + to_bytes_ || last < *to_host_)
        return;
    const Address high = *to_host_ + kHalf;
    take(first < high, to_bytes_ == kLong && last >= high);
    arm();
}

/// A core of 32 bits writes halves one after the other, and C says nothing of their order.
void Htif::take(bool has_low, bool has_high) {
    const u64 now = request();
    if (has_low && low_)  // which was all of the request before; the present one stays in memory
        serve(*std::exchange(low_, std::nullopt));
    if (has_low && !has_high && to_bytes_ == kLong && now >> 32 == 0 && !high_came_)
        return wait_for_high(u32(now));
    if (has_high && !has_low && !low_) {
        high_came_ = true;
        return;
    }
    complete(now);
}

/// 0 asks for nothing, so nobody has to be told when no high word comes.
void Htif::wait_for_high(u32 low) {
    low_ = low;
    if (low == 0)
        return;
    Timeline& timeline = soc_.timeline_at(*to_host_);
    patience_ends_ = timeline.now() + kPatience;
    timeline.schedule(*this, patience_ends_);
}

/// The alarm of an earlier word may come while a later one waits.
void Htif::act(Cycles now) {
    if (!low_ || *low_ == 0 || now < patience_ends_)
        return;
    complete(*low_);
    arm();
}

void Htif::conclude() {
    if (low_)
        complete(*low_);
}

void Htif::complete(u64 request) {
    low_.reset();
    high_came_ = false;
    if (request != 0 && serve(request))
        put(*to_host_, 0, to_bytes_);
}

/// Device in the highest byte, command in the next one. \returns whether firmware waits for 0
bool Htif::serve(u64 request) {
    const u64 device = request >> 56;
    const u64 command = request >> 48 & 0xff;
    const u64 payload = request << 16 >> 16;
    if (device == 0 && command == 0 && (payload & 1) != 0) {
        soc_.end_with(u32(payload >> 1));
        return false;
    }
    if (device == 0 && command == 0 && payload != 0) {
        call_system(Address(payload));
        if (from_host_)
            put(*from_host_, 1, from_bytes_);
        return true;
    }
    if (device != kConsole || command != kPutCharacter)
        return false;
    const char letter = char(payload);
    console::put({&letter, 1});
    return true;
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
    put(block, result, kLong);
}

}  // namespace flexv::platform
