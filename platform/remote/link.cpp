// SPDX-License-Identifier: Apache-2.0
#include "platform/remote/link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace flexv::platform::remote {

Link::Link(const std::string& address, std::chrono::milliseconds patience,
           std::function<std::string()> must_end)
    : connection_(address, patience, std::move(must_end)) {
    greet();
}

void Link::greet() {
    static_cast<void>(send(
        {.command = Command::hello, .major = kMajor, .minor = kMinor, .offers = {kPostedWires}}));
    const Packet hello = receive();
    if (hello.command != Command::hello)
        throw Lost(fmt::format("begins with a {} packet, expected hello", name_of(hello.command)));
    if (hello.major != kMajor)
        throw Lost(fmt::format("speaks remote-port {}.{}, expected {}.x", hello.major, hello.minor,
                               kMajor));
    offers_ = hello.offers;
}

u32 Link::send(Packet request) {
    request.id = next_id_++;
    connection_.send(encode(request));
    return request.id;
}

void Link::answer(const Packet& request, Packet answer, u64 time_ns) {
    answer.command = request.command;
    answer.id = request.id;
    answer.device = request.device;
    answer.is_response = true;
    answer.timestamp = time_ns;
    connection_.send(encode(answer));
}

Packet Link::receive() {
    try {
        for (;;) {
            if (auto packet = reader_.next())
                return *std::move(packet);
            reader_.add(connection_.receive());
        }
    } catch (const Malformed& malformed) {
        throw Lost(malformed.what());
    } catch (const Lost& lost) {
        if (reader_.pending() == 0)
            throw;
        throw Lost(fmt::format("{}, {} bytes into a packet", lost.what(), reader_.pending()));
    }
}

bool Link::offers(u32 offer) const { return std::ranges::find(offers_, offer) != offers_.end(); }

}  // namespace flexv::platform::remote
