// SPDX-License-Identifier: Apache-2.0
// Random small transfers and what they mean byte by byte, for the law "any list of transfers equals
// memcpy".
#pragma once

#include "dma/command.hpp"

#include <cstdlib>
#include <random>
#include <span>

namespace flexv::dma {

/// Where transfers may lie; both windows are the same size on either side.
struct Windows {
    u32 size_bytes = 0x4000;  ///< a power of two
    Address tcdm_source = 0;
    Address tcdm_target = 0;
    Address external_source = 0;
    Address external_target = 0;
};

class RandomCommands {
public:
    explicit RandomCommands(unsigned seed) : random_(seed) {}

    u32 below(u32 limit) { return u32(random_() % limit); }

    Command next(const Windows& windows) {
        Command command{.length_bytes = 1 + below(below(4) == 0 ? 700 : 40),
                        .is_receive = below(2) == 0};
        command.tcdm = (command.is_receive ? windows.tcdm_target : windows.tcdm_source);
        command.external = command.is_receive ? windows.external_source : windows.external_target;
        command.tcdm += place(command.length_bytes, windows.size_bytes, command.tcdm_lines);
        command.external += place(command.length_bytes, windows.size_bytes, command.external_lines);
        return command;
    }

private:
    /// Chooses lines, or none, and a start so that the whole side lies in the window.
    u32 place(u32 length, u32 size, Lines& lines) {
        if (below(2) == 0)
            return below(size - length);
        lines.count_bytes = 1 + below(below(2) == 0 ? 8 : 300);
        const u32 line_count = (length - 1) / lines.count_bytes + 1;
        const u32 room = size - lines.count_bytes;
        lines.stride_bytes = below(room / line_count + 1);
        return below(room - (line_count - 1) * lines.stride_bytes);
    }

    std::mt19937 random_;
};

inline Address place_of(Address base, const Lines& lines, u32 position) {
    return base + position / lines.count_bytes * lines.stride_bytes + position % lines.count_bytes;
}

/// The meaning of an incrementing command, one byte after the other.
inline void copy_bytes(const Command& command, std::span<u8> tcdm, std::span<u8> external) {
    for (u32 i = 0; i < command.length_bytes; ++i) {
        u8& inside = tcdm[place_of(command.tcdm, command.tcdm_lines, i)];
        u8& outside = external[place_of(command.external, command.external_lines, i)];
        (command.is_receive ? inside : outside) = command.is_receive ? outside : inside;
    }
}

/// Another one each run unless the environment variable FLEXV_SEED fixes it.
inline unsigned random_seed() {
    const char* const fixed = std::getenv("FLEXV_SEED");
    return fixed != nullptr ? unsigned(std::strtoul(fixed, nullptr, 0)) : std::random_device{}();
}

}  // namespace flexv::dma
