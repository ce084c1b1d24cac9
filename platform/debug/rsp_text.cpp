// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/rsp_text.hpp"

#include "platform/debug/hex.hpp"

#include <algorithm>

namespace flexv::platform::rsp {

std::string_view take_until(std::string_view& text, char separator) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return part;
}

std::optional<Range> range_of(std::string_view text) {
    const auto address = hex::word_number_of(take_until(text, ','));
    const auto bytes = hex::word_number_of(text);
    if (!address || !bytes)
        return std::nullopt;
    return Range{.address = *address, .bytes = *bytes};
}

std::string part_of(const std::string& document, std::string_view rest) {
    const auto range = range_of(rest);
    if (!range)
        return kMalformed;
    const std::size_t offset = std::min<std::size_t>(range->address, document.size());
    const std::size_t bytes = std::min<std::size_t>(range->bytes, kPacketBytes / 2);
    const bool is_last = document.size() - offset <= bytes;
    return (is_last ? "l" : "m") + document.substr(offset, bytes);
}

std::string text_of(std::optional<u32> value) { return value ? hex::of_word(*value) : "xxxxxxxx"; }

}  // namespace flexv::platform::rsp
