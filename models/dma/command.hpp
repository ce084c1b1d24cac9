// SPDX-License-Identifier: Apache-2.0
// One DMA command and how it is put together from the 32-bit words that firmware stores. Layout:
// docs/spec/cluster.md 6.3.
#pragma once

#include "base/state_archive.hpp"
#include "base/units.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace flexv::dma {

/// How one side of a transfer walks through memory: after each `count_bytes` of the stream the line
/// base advances by `stride_bytes`.
struct Lines {
    static constexpr u32 kEndless = u32{1} << 31;  ///< longer than any transfer: one line

    u32 count_bytes = kEndless;  ///< 1..2^31
    u32 stride_bytes = 0;        ///< 31 bits

    bool operator==(const Lines&) const = default;
    void serialize(StateArchive& archive) { archive(count_bytes, stride_bytes); }
};

struct Command {
    u32 length_bytes = 1;     ///< 1..131072
    bool is_receive = false;  ///< external -> TCDM
    bool increments = true;   ///< false: every beat goes to the same external address
    bool raises_event = false;
    bool raises_interrupt = false;
    bool is_broadcast = false;  ///< event and interrupt go to all ports
    Address tcdm = 0;           ///< only the bits inside the TCDM count
    Address external = 0;
    Lines tcdm_lines = {};
    Lines external_lines = {};

    /// Bytes from `tcdm` to behind the last one that it touches there.
    [[nodiscard]] u64 tcdm_reach_bytes() const {
        const u64 last = (length_bytes - 1) / tcdm_lines.count_bytes;  // index of the last line
        const u64 rest = length_bytes - last * tcdm_lines.count_bytes;
        const u64 whole =
            last == 0 ? 0 : (last - 1) * tcdm_lines.stride_bytes + tcdm_lines.count_bytes;
        return std::max(whole, last * tcdm_lines.stride_bytes + rest);
    }
    bool operator==(const Command&) const = default;
    void serialize(StateArchive& archive) {
        archive(length_bytes, is_receive, increments, raises_event, raises_interrupt, is_broadcast,
                tcdm, external, tcdm_lines, external_lines);
    }
};

/// Collects the words of one command.
class CommandAssembler {
public:
    /// Takes the next word; the command when it was the last one.
    std::optional<Command> add(u32 word);
    /// Words taken of a command that is not complete.
    [[nodiscard]] unsigned word_count() const { return count_; }
    /// The first word of the command that was returned last, or of the one that is collected.
    [[nodiscard]] u32 head() const { return words_[0]; }
    void serialize(StateArchive& archive) { archive(words_, count_); }

private:
    static constexpr unsigned kMaxWords = 7;

    [[nodiscard]] unsigned expected_words() const;
    [[nodiscard]] Command decode() const;

    std::array<u32, kMaxWords> words_{};
    unsigned count_ = 0;
};

/// The words of a command, as firmware would store them; `length` receives their number.
[[nodiscard]] std::array<u32, 7> encode(const Command& command, unsigned& length);

}  // namespace flexv::dma
