// SPDX-License-Identifier: Apache-2.0
#include "base/state_archive.hpp"

#include "base/cause.hpp"
#include "base/error.hpp"

#include <cstring>
#include <systemc>

namespace flexv {

namespace {

constexpr unsigned kBits = 7;  // of a number, a byte
constexpr u8 kMore = 0x80;     // another byte follows
constexpr std::size_t kPage = 256;

bool is_zero(std::span<const char> bytes) {
    return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

}  // namespace

void StateArchive::refuse(std::string_view why) const {
    throw UserError("in the state of {}: {}", part_, why);
}

void StateArchive::copy(void* data, std::size_t count) {
    if (!is_loading_) {
        saved_.append(static_cast<const char*>(data), count);
        return;
    }
    if (count > rest_.size())
        refuse("it ends too early");
    std::memcpy(data, rest_.data(), count);
    rest_.remove_prefix(count);
}

/// Seven bits a byte, the low ones first: most numbers are small.
u64 StateArchive::number(u64 value, u64 most) {
    if (!is_loading_) {
        FLEXV_ASSERT(value <= most, "a checkpoint holds nothing that it would refuse");
        u64 rest = value;
        for (; rest >= kMore; rest >>= kBits)
            saved_.push_back(char(u8(rest) | kMore));
        saved_.push_back(char(rest));
        return value;
    }
    u64 loaded = 0;
    u8 byte = kMore;
    for (unsigned shift = 0; (byte & kMore) != 0; shift += kBits) {
        copy(&byte, 1);
        if (shift >= 64)
            refuse("a number is too long");
        loaded |= u64(byte & (kMore - 1)) << shift;
    }
    if (loaded > most)
        refuse("a number is too large");
    return loaded;
}

void StateArchive::visit(bool& value) { value = number(value ? 1 : 0, 1) != 0; }

void StateArchive::visit(double& value) {
    u64 bits = std::bit_cast<u64>(value);
    copy(&bits, sizeof bits);
    value = std::bit_cast<double>(bits);
}

void StateArchive::visit(std::string& text) {
    text.resize(length(text.size()));
    copy(text.data(), text.size());
}

/// A name outlives the run in the object that has it.
void StateArchive::visit(Cause& cause) {
    std::string name = cause.initiator == nullptr ? "" : cause.initiator;
    visit(name);
    visit(cause.pc);
    if (!is_loading_)
        return;
    const sc_core::sc_object* const object =
        name.empty() ? nullptr : sc_core::sc_find_object(name.c_str());
    cause.initiator = object == nullptr ? nullptr : object->name();
}

void StateArchive::visit(DataInitiator*& initiator) {
    const auto known = std::ranges::find(initiators_, initiator);
    if (!is_loading_ && initiator != nullptr && known == initiators_.end())
        throw InternalError("whoever waits for an answer is known to the archive");
    const u64 place =
        number(initiator == nullptr ? 0 : u64(known - initiators_.begin()) + 1, initiators_.size());
    initiator = place == 0 ? nullptr : initiators_[place - 1];
}

/// Pages that are not 0, each behind its distance from the one before.
void StateArchive::memory(void* bytes, std::size_t count) {
    const std::span<char> all(static_cast<char*>(bytes), count);
    const std::size_t pages = (count + kPage - 1) / kPage;
    const auto page = [&](std::size_t index) {
        return all.subspan(index * kPage, std::min(kPage, count - index * kPage));
    };
    std::size_t next = 0;
    if (!is_loading_) {
        for (std::size_t index = 0; index < pages; ++index) {
            if (is_zero(page(index)))
                continue;
            number(index - next, pages);
            copy(page(index).data(), page(index).size());
            next = index + 1;
        }
        number(pages - next, pages);
        return;
    }
    std::ranges::fill(all, 0);
    for (;; ++next) {
        next += std::size_t(number(0, pages - next));
        if (next == pages)
            return;
        copy(page(next).data(), page(next).size());
    }
}

std::size_t StateArchive::begin_part(std::string_view name) {
    std::string found(name);
    visit(found);
    if (found != name)
        refuse(fmt::format("that of {} does not follow", name));  // what does may be anything
    part_ = name;
    u64 bytes = 0;
    copy(&bytes, sizeof bytes);
    if (is_loading_ && bytes > rest_.size())
        refuse("it ends too early");
    return is_loading_ ? rest_.size() - bytes : saved_.size();
}

void StateArchive::end_part(std::string_view name, std::size_t mark) {
    part_ = name;
    if (is_loading_) {
        if (rest_.size() != mark)
            refuse("it is longer or shorter than expected");
        return;
    }
    const u64 bytes = saved_.size() - mark;
    std::memcpy(saved_.data() + mark - sizeof bytes, &bytes, sizeof bytes);
}

}  // namespace flexv
