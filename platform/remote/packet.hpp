// SPDX-License-Identifier: Apache-2.0
// The packets of remote-port, the protocol between simulators of Xilinx' QEMU and
// libsystemctlm-soc, as far as this platform speaks it: docs/reference/remote_port.md. Plain C++.
#pragma once

#include "base/units.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace flexv::platform::remote {

inline constexpr u16 kMajor = 4;  ///< both sides must have this one
inline constexpr u16 kMinor = 3;  ///< the other side may have any

enum class Command : u32 { nop, hello, configure, read, write, interrupt, sync };

/// What a hello offers.
inline constexpr u32 kPostedWires = 3;

/// How an access has ended.
enum class Status : u32 { ok, error, address_error, other_error };

/// Every field but `command` to `device` belongs to some commands only, and is 0 for the others.
struct Packet {
    Command command = Command::nop;
    u32 id = 0;  ///< a response has that of its request
    bool is_response = false;
    bool is_posted = false;  ///< nobody waits for a response
    u32 device = 0;          ///< of the receiver, which may have several

    // hello
    u16 major = 0;
    u16 minor = 0;
    std::vector<u32> offers{};

    // read, write, interrupt, sync
    u64 timestamp = 0;  ///< ns since the start, by the sender's clock

    // read, write
    Status status = Status::ok;  ///< of a response
    u64 address = 0;
    u32 bytes = 0;
    u32 stream_width = 0;
    std::string data{};  ///< of a write and of the response to a read

    // interrupt
    u32 line = 0;
    bool level = false;

    bool operator==(const Packet&) const = default;
};

/// `command` is that of `name_of`: "sync".
[[nodiscard]] std::string_view name_of(Command command);

/// As it goes over the wire.
[[nodiscard]] std::string encode(const Packet& packet);

/// What came is no packet; the text says why.
class Malformed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Cuts a stream of bytes into packets.
class PacketReader {
public:
    /// More than that is no packet: 1 MiB of data and what is in front of it.
    static constexpr u32 kMostBytes = (1U << 20) + 256;

    void add(std::string_view bytes) { bytes_ += bytes; }
    /// The next one that is complete. Throws Malformed, behind which nothing can be read any more.
    [[nodiscard]] std::optional<Packet> next();
    /// Bytes of a packet that has begun.
    [[nodiscard]] std::size_t pending() const { return bytes_.size(); }

private:
    std::string bytes_;
};

}  // namespace flexv::platform::remote
