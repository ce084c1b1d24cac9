// SPDX-License-Identifier: Apache-2.0
// Packets of GDB's remote serial protocol: `$payload#checksum` with its escapes and run lengths,
// and what stands between packets. Plain C++: it knows nothing of sockets or commands, and takes
// any bytes. Format: GDB manual, appendix "Remote Protocol", sections Overview and Packets.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace flexv::platform {

/// The bytes that carry `payload`: escaped, runs of equal characters shortened, checksum behind it.
[[nodiscard]] std::string rsp_frame(std::string_view payload);

/// Something that the other side has sent.
struct RspEvent {
    enum class Kind {
        packet,       ///< with its payload, escapes and runs undone
        damaged,      ///< a packet with a wrong checksum or a wrong escape, or one that is too long
        acknowledge,  ///< '+'
        send_again,   ///< '-'
        interrupt,    ///< 0x03, Ctrl-C of the user
    };
    Kind kind = Kind::packet;
    std::string payload{};
};

/// Cuts a stream of bytes into events. What is no part of any of them is dropped.
class RspReader {
public:
    /// Of a payload before escapes and runs are undone, and behind that.
    static constexpr std::size_t kMaxBytes = 1U << 16;

    void add(std::string_view bytes);
    /// The next event that is complete.
    [[nodiscard]] std::optional<RspEvent> next();
    /// Forgets what has come; for another connection.
    void clear() { bytes_.clear(); }

private:
    [[nodiscard]] std::optional<RspEvent> packet();
    void drop(std::size_t count) { bytes_.erase(0, count); }

    std::string bytes_;
};

}  // namespace flexv::platform
