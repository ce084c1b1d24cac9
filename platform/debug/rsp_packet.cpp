// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/rsp_packet.hpp"

#include "base/units.hpp"
#include "platform/debug/hex.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace flexv::platform {

namespace {

constexpr char kInterrupt = 0x03;
constexpr char kEscape = '}';
constexpr u8 kEscapeFlip = 0x20;
constexpr char kRun = '*';
constexpr unsigned kRunBias = 29;     // a run of n further characters is written as char(n + 29)
constexpr unsigned kShortestRun = 3;  // fewer further characters are not shorter
constexpr unsigned kLongestRun = 126 - kRunBias;  // the last printable character
constexpr std::string_view kReserved = "$#}*";

u8 checksum_of(std::string_view bytes) {
    u8 sum = 0;
    for (const char byte : bytes)
        sum = u8(sum + u8(byte));
    return sum;
}

bool is_reserved(char c) { return kReserved.find(c) != std::string_view::npos; }

/// A count whose character means nothing else: '#', '$', '+' and '-' are skipped.
unsigned run_to_write(unsigned further) {
    unsigned count = std::min(further, kLongestRun);
    while (std::string_view{"#$+-"}.find(char(count + kRunBias)) != std::string_view::npos)
        --count;
    return count;
}

std::string encoded(std::string_view payload) {
    std::string text;
    for (std::size_t i = 0; i < payload.size();) {
        const char c = payload[i++];
        if (is_reserved(c)) {
            text += {kEscape, char(u8(c) ^ kEscapeFlip)};
            continue;
        }
        text += c;
        const std::size_t end = std::min(payload.find_first_not_of(c, i), payload.size());
        if (end - i < kShortestRun)
            continue;
        const unsigned run = run_to_write(unsigned(std::min<std::size_t>(end - i, kLongestRun)));
        if (run < kShortestRun)
            continue;
        text += {kRun, char(run + kRunBias)};
        i += run;
    }
    return text;
}

/// nullopt for what no encoder writes.
std::optional<std::string> decoded(std::string_view text) {
    std::string payload;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c != kEscape && c != kRun) {
            payload += c;
            continue;
        }
        if (++i == text.size())
            return std::nullopt;
        if (c == kEscape) {
            payload += char(u8(text[i]) ^ kEscapeFlip);
            continue;
        }
        const int run = int(u8(text[i])) - int(kRunBias);
        if (payload.empty() || run < int(kShortestRun) || run > int(kLongestRun) ||
            payload.size() + std::size_t(run) > RspReader::kMaxBytes)
            return std::nullopt;
        payload.append(std::size_t(run), payload.back());
    }
    return payload;
}

}  // namespace

std::string rsp_frame(std::string_view payload) {
    const std::string text = encoded(payload);
    return fmt::format("${}#{:02x}", text, checksum_of(text));
}

void RspReader::add(std::string_view bytes) { bytes_ += bytes; }

std::optional<RspEvent> RspReader::next() {
    while (!bytes_.empty()) {
        const char first = bytes_.front();
        if (first == '$')
            return packet();
        drop(1);
        if (first == '+')
            return RspEvent{.kind = RspEvent::Kind::acknowledge};
        if (first == '-')
            return RspEvent{.kind = RspEvent::Kind::send_again};
        if (first == kInterrupt)
            return RspEvent{.kind = RspEvent::Kind::interrupt};
    }
    return std::nullopt;
}

/// The packet in front. A `$` within a packet begins another one: the rest of the first was lost.
std::optional<RspEvent> RspReader::packet() {
    constexpr std::size_t kChecksumDigits = 2;
    const std::size_t end = bytes_.find_first_of("#$", 1);
    if (end == std::string::npos ||
        (bytes_[end] == '#' && bytes_.size() <= end + kChecksumDigits)) {
        if (bytes_.size() <= kMaxBytes)
            return std::nullopt;
        drop(bytes_.size());
        return RspEvent{.kind = RspEvent::Kind::damaged};
    }
    if (bytes_[end] == '$') {
        drop(end);
        return RspEvent{.kind = RspEvent::Kind::damaged};
    }
    const std::string text = bytes_.substr(1, end - 1);
    const auto checksum = hex::number_of(bytes_.substr(end + 1, kChecksumDigits));
    drop(end + 1 + kChecksumDigits);
    auto payload = decoded(text);
    if (!payload || checksum != checksum_of(text))
        return RspEvent{.kind = RspEvent::Kind::damaged};
    return RspEvent{.payload = std::move(*payload)};
}

}  // namespace flexv::platform
