// SPDX-License-Identifier: Apache-2.0
// Any bytes as what another process sends: packets or a text, and every packet is read back from
// what it is encoded to. The first byte says in which pieces the rest arrives.
#include "platform/remote/packet.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flexv::platform::remote;
    if (size == 0)
        return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t piece = data[0] + 1U;
    PacketReader reader;
    try {
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            reader.add(bytes.substr(at, piece));
            while (const auto packet = reader.next()) {
                PacketReader again;
                again.add(encode(*packet));
                if (again.next() != packet || again.pending() != 0)
                    std::abort();
            }
        }
    } catch (const Malformed& malformed) {
        if (std::string_view(malformed.what()).empty())
            std::abort();
    }
    return 0;
}
