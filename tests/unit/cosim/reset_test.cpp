// SPDX-License-Identifier: Apache-2.0
// A reset of the chip reaches devices of plug-ins and of other processes.
#include "platform/remote/packet.hpp"
#include "support/scratch_folder.hpp"
#include "unit/cosim/chip.hpp"

#include <array>
#include <thread>
#include <utility>

#include <boost/asio.hpp>

using namespace flexv;
using namespace flexv::test;
namespace asio = boost::asio;
namespace remote = flexv::platform::remote;

namespace {

/// Another process, as a thread: says hello, and keeps what it is told until the end.
class Peer {
public:
    explicit Peer(const std::string& path)
        : listener_(context_, path), thread_([this] { listen(); }) {}
    std::vector<remote::Packet> heard() {
        thread_.join();
        return std::move(heard_);
    }

private:
    void listen() {
        auto socket = listener_.accept();
        asio::write(socket, asio::buffer(remote::encode({.command = remote::Command::hello,
                                                         .major = remote::kMajor,
                                                         .minor = remote::kMinor,
                                                         .offers = {remote::kPostedWires}})));
        std::array<char, 256> bytes{};
        boost::system::error_code end;
        remote::PacketReader reader;
        while (const std::size_t count = socket.read_some(asio::buffer(bytes), end)) {
            reader.add({bytes.data(), count});
            while (auto packet = reader.next())
                heard_.push_back(*packet);
        }
    }

    asio::io_context context_;
    asio::local::stream_protocol::acceptor listener_;
    std::vector<remote::Packet> heard_;
    std::thread thread_;
};

u64 counter_of(const sc_core::sc_object& top, const std::string& name) {
    for (const sc_core::sc_object* const child : top.get_child_objects())
        if (const auto* const module = dynamic_cast<const Module*>(child))
            for (const CounterInfo& counter : module->counters())
                if (counter.name == name)
                    return counter.value();
    return 0;
}

}  // namespace

TEST_CASE("a device of a plug-in is told of a reset") {
    Chip chip(chip_configuration(fmt::format(
        R"({{"soc": {{"plugins": [{{"plugin": "{}", "type": "probe", "window": [{}, 4096]}}]}}}})",
        FLEXV_PROBE, kWindow)));
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
    CHECK(counter_of(chip.soc.outside, "resets") == 0);
    chip.soc.reset();
    CHECK(counter_of(chip.soc.outside, "resets") == 1);
}

TEST_CASE("another process sees a reset as a pulse on its wire") {
    const ScratchFolder folder;
    Peer peer(folder.file("socket"));
    {
        Chip chip(chip_configuration(fmt::format(
            R"({{"soc": {{"remotes": [{{"name": "far", "socket": "unix:{}", "wires": 5}}]}}}})",
            folder.file("socket"))));
        chip.soc.outside.connect({});
        chip.soc.reset();
    }
    const std::vector<remote::Packet> heard = peer.heard();
    REQUIRE(heard.size() == 3);
    CHECK(heard[0].command == remote::Command::hello);
    for (const bool level : {true, false}) {
        const remote::Packet& wire = heard[level ? 1 : 2];
        CHECK(wire.command == remote::Command::interrupt);
        CHECK(wire.device == 5);
        CHECK(wire.line == 0);
        CHECK(wire.level == level);
        CHECK(wire.is_posted);
    }
}
