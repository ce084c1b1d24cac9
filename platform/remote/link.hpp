// SPDX-License-Identifier: Apache-2.0
// Packets over a connection: the greeting, numbers of requests, and one kind of failure for all
// that can go wrong.
#pragma once

#include "platform/remote/connection.hpp"
#include "platform/remote/packet.hpp"

#include <functional>
#include <string>

namespace flexv::platform::remote {

class Link {
public:
    /// Connects and says hello. Throws Lost, also where the other side speaks another version.
    Link(const std::string& address, std::chrono::milliseconds patience,
         std::function<std::string()> must_end);

    /// \returns the number that its response will have
    u32 send(Packet request);
    /// `answer` to `request`, at `time_ns`.
    void answer(const Packet& request, Packet answer, u64 time_ns);
    /// The next packet, of whatever kind. Throws Lost.
    [[nodiscard]] Packet receive();

    /// What the other side's hello has offered.
    [[nodiscard]] bool offers(u32 offer) const;

private:
    void greet();

    Connection connection_;
    PacketReader reader_;
    std::vector<u32> offers_;
    u32 next_id_ = 0;
};

}  // namespace flexv::platform::remote
