// SPDX-License-Identifier: Apache-2.0
// Numbers are big-endian and packed. Layout from libremote-port/remote-port-proto.h of
// https://github.com/Xilinx/libsystemctlm-soc, version 4.3.
#include "platform/remote/packet.hpp"

#include "base/enum_names.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace flexv::platform::remote {

namespace {

constexpr std::size_t kHeaderBytes = 20;
constexpr std::size_t kHelloBytes = 12;   // version, place and number of offers
constexpr std::size_t kAccessBytes = 38;  // timestamp to master
constexpr u32 kResponse = 2;
constexpr u32 kPosted = 4;
constexpr u64 kExtended = 4;  // attribute of accesses: another layout
constexpr unsigned kStatusShift = 8;
constexpr u64 kStatusMask = 0xf;

constexpr auto kNames =
    enum_names<Command>("nop", "hello", "configuration", "read", "write", "interrupt", "sync");

template <typename T>
void put(std::string& bytes, T value) {
    for (unsigned shift = 8 * sizeof value; shift > 0; shift -= 8)
        bytes += char(u8(value >> (shift - 8)));
}

/// Takes numbers off the front of what is left of a packet.
class Fields {
public:
    Fields(std::string_view bytes, std::string_view packet) : bytes_(bytes), packet_(packet) {}

    template <typename T>
    T take() {
        require(sizeof(T));
        u64 value = 0;
        for (const char byte : bytes_.substr(0, sizeof(T)))
            value = value << 8 | u8(byte);
        bytes_.remove_prefix(sizeof(T));
        return T(value);
    }
    std::string_view take_bytes(std::size_t count) {
        require(count);
        const std::string_view taken = bytes_.substr(0, count);
        bytes_.remove_prefix(count);
        return taken;
    }
    [[nodiscard]] std::size_t left() const { return bytes_.size(); }

private:
    void require(std::size_t count) const {
        if (bytes_.size() < count)
            throw Malformed(
                fmt::format("a {} packet ends {} bytes too early", packet_, count - bytes_.size()));
    }

    std::string_view bytes_;
    std::string_view packet_;
};

bool carries_data(const Packet& packet) {
    return packet.command == (packet.is_response ? Command::read : Command::write);
}

std::string encode_body(const Packet& packet) {
    std::string body;
    switch (packet.command) {
        case Command::nop:
        case Command::configure:
            break;
        case Command::hello:
            put(body, packet.major);
            put(body, packet.minor);
            put(body, u32(kHeaderBytes + kHelloBytes));
            put(body, u16(packet.offers.size()));
            put(body, u16{0});
            for (const u32 offer : packet.offers)
                put(body, offer);
            break;
        case Command::read:
        case Command::write:
            put(body, packet.timestamp);
            put(body, u64(packet.status) << kStatusShift);
            put(body, packet.address);
            put(body, packet.bytes);
            put(body, u32{0});  // width of a beat: unknown
            put(body, packet.stream_width);
            put(body, u16{0});  // master
            body += packet.data;
            break;
        case Command::interrupt:
            put(body, packet.timestamp);
            put(body, u64{0});  // vector
            put(body, packet.line);
            put(body, u8(packet.level));
            break;
        case Command::sync:
            put(body, packet.timestamp);
            break;
    }
    return body;
}

void read_hello(Packet& packet, Fields fields) {
    packet.major = fields.take<u16>();
    packet.minor = fields.take<u16>();
    if (fields.left() == 0)
        return;  // 4.0 has no offers
    const u32 offset = fields.take<u32>();
    const u16 count = fields.take<u16>();
    static_cast<void>(fields.take<u16>());
    if (count == 0)
        return;
    const std::size_t begin = kHeaderBytes + kHelloBytes;
    if (offset < begin || offset - begin > fields.left())
        throw Malformed(fmt::format("a hello packet has its offers at byte {}", offset));
    static_cast<void>(fields.take_bytes(offset - begin));
    for (unsigned i = 0; i < count; ++i)
        packet.offers.push_back(fields.take<u32>());
}

void read_access(Packet& packet, Fields fields) {
    packet.timestamp = fields.take<u64>();
    const u64 attributes = fields.take<u64>();
    if ((attributes & kExtended) != 0)
        throw Malformed("an access has the extended layout, which was not offered");
    packet.status =
        Status(std::min<u64>(attributes >> kStatusShift & kStatusMask, u64(Status::other_error)));
    packet.address = fields.take<u64>();
    packet.bytes = fields.take<u32>();
    static_cast<void>(fields.take<u32>());  // width of a beat
    packet.stream_width = fields.take<u32>();
    static_cast<void>(fields.take<u16>());  // master
    if (packet.bytes > PacketReader::kMostBytes - kHeaderBytes - kAccessBytes)
        throw Malformed(fmt::format("an access of {} bytes is too long", packet.bytes));
    if (carries_data(packet))
        packet.data = fields.take_bytes(packet.bytes);
}

void read_interrupt(Packet& packet, Fields fields) {
    packet.timestamp = fields.take<u64>();
    static_cast<void>(fields.take<u64>());  // vector
    packet.line = fields.take<u32>();
    packet.level = fields.take<u8>() != 0;
}

void read_body(Packet& packet, Fields fields) {
    switch (packet.command) {
        case Command::nop:
        case Command::configure:
            return;
        case Command::hello:
            return read_hello(packet, fields);
        case Command::read:
        case Command::write:
            return read_access(packet, fields);
        case Command::interrupt:
            return read_interrupt(packet, fields);
        case Command::sync:
            packet.timestamp = fields.take<u64>();
            return;
    }
}

}  // namespace

std::string_view name_of(Command command) { return kNames.names.at(std::size_t(command)); }

std::string encode(const Packet& packet) {
    const std::string body = encode_body(packet);
    std::string bytes;
    put(bytes, u32(packet.command));
    put(bytes, u32(body.size()));
    put(bytes, packet.id);
    put(bytes, u32((packet.is_response ? kResponse : 0) | (packet.is_posted ? kPosted : 0)));
    put(bytes, packet.device);
    return bytes + body;
}

std::optional<Packet> PacketReader::next() {
    if (bytes_.size() < kHeaderBytes)
        return std::nullopt;
    Fields header(bytes_, "");
    Packet packet;
    const u32 command = header.take<u32>();
    const u32 length = header.take<u32>();
    packet.id = header.take<u32>();
    const u32 flags = header.take<u32>();
    packet.device = header.take<u32>();
    if (command >= kNames.names.size())
        throw Malformed(fmt::format("a packet has the unknown command {}", command));
    if (length > kMostBytes - kHeaderBytes)
        throw Malformed(
            fmt::format("a {} packet of {} bytes is too long", kNames.names[command], length));
    if (header.left() < length)
        return std::nullopt;
    packet.command = Command(command);
    packet.is_response = (flags & kResponse) != 0;
    packet.is_posted = (flags & kPosted) != 0;
    read_body(packet, Fields(header.take_bytes(length), kNames.names[command]));
    bytes_.erase(0, kHeaderBytes + length);
    return packet;
}

}  // namespace flexv::platform::remote
