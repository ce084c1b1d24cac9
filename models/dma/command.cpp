// SPDX-License-Identifier: Apache-2.0
#include "dma/command.hpp"

#include "dma/registers.hpp"

namespace flexv::dma {

namespace {

constexpr u32 kLength = command_word::length.mask();
constexpr u32 kMaxLength = kLength + 1;  // the hardware keeps length - 1, so 0 means this
constexpr u32 kReceive = command_word::receive.mask();
constexpr u32 kIncrement = command_word::increment.mask();
constexpr u32 kExternalLines = command_word::external_lines.mask();
constexpr u32 kEvent = command_word::event.mask();
constexpr u32 kInterrupt = command_word::interrupt.mask();
constexpr u32 kBroadcast = command_word::broadcast.mask();
constexpr u32 kTcdmLines = command_word::tcdm_lines.mask();

constexpr u32 kLow31 = 0x7fff'ffff;

/// Count and stride are kept as value - 1 in 31 bits: stride 0 works, bit 31 is lost.
Lines lines_of(u32 count, u32 stride) {
    return {.count_bytes = ((count - 1) & kLow31) + 1, .stride_bytes = stride & kLow31};
}

constexpr u32 flag(bool is_set, u32 bit) { return is_set ? bit : 0; }

}  // namespace

std::optional<Command> CommandAssembler::add(u32 word) {
    words_[count_++] = word;
    if (count_ < expected_words())
        return {};
    count_ = 0;
    return decode();
}

unsigned CommandAssembler::expected_words() const {
    const bool has_external_lines = (words_[0] & kExternalLines) != 0;
    const bool has_tcdm_lines = (words_[0] & kTcdmLines) != 0;
    return 3U + (has_external_lines ? 2U : 0U) + (has_tcdm_lines ? 2U : 0U);
}

Command CommandAssembler::decode() const {
    const u32 head = words_[0];
    const u32 length = head & kLength;
    Command command{.length_bytes = length == 0 ? kMaxLength : length,
                    .is_receive = (head & kReceive) != 0,
                    .increments = (head & kIncrement) != 0,
                    .raises_event = (head & kEvent) != 0,
                    .raises_interrupt = (head & kInterrupt) != 0,
                    .is_broadcast = (head & kBroadcast) != 0,
                    .tcdm = words_[1],
                    .external = words_[2]};
    unsigned next = 3;
    if ((head & kExternalLines) != 0) {
        command.external_lines = lines_of(words_[next], words_[next + 1]);
        next += 2;
    }
    if ((head & kTcdmLines) != 0)
        command.tcdm_lines = lines_of(words_[next], words_[next + 1]);
    return command;
}

std::array<u32, 7> encode(const Command& command, unsigned& length) {
    const bool external_lines = command.external_lines != Lines{};
    const bool tcdm_lines = command.tcdm_lines != Lines{};
    std::array<u32, 7> words{
        (command.length_bytes & kLength) | flag(command.is_receive, kReceive) |
            flag(command.increments, kIncrement) | flag(external_lines, kExternalLines) |
            flag(command.raises_event, kEvent) | flag(command.raises_interrupt, kInterrupt) |
            flag(command.is_broadcast, kBroadcast) | flag(tcdm_lines, kTcdmLines),
        command.tcdm, command.external};
    length = 3;
    for (const Lines& lines : {command.external_lines, command.tcdm_lines}) {
        if (lines == Lines{})
            continue;
        words[length++] = lines.count_bytes;
        words[length++] = lines.stride_bytes;
    }
    return words;
}

}  // namespace flexv::dma
