// SPDX-License-Identifier: Apache-2.0
// Any bytes as what a debugger sends: the stub answers, and never more than it was asked. What it
// frames is read back.
#include "platform/debug/stub.hpp"
#include "support/scripted_debugger.hpp"

#include <cstdint>
#include <cstdlib>

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace flexv::platform;
    const std::string bytes(reinterpret_cast<const char*>(data), size);

    RspReader reader;
    reader.add(rsp_frame(bytes));
    const auto event = reader.next();
    require(event && event->kind == RspEvent::Kind::packet && event->payload == bytes);

    flexv::test::PlainTarget target;
    flexv::test::ScriptedChannel channel;
    GdbStub stub(target, channel);
    channel.say(bytes);
    while (stub.serve({}).kind != Resumption::Kind::detach) {
    }
    flexv::test::ScriptedChannel framed;
    GdbStub other(target, framed);
    framed.say(rsp_frame(bytes));
    (void)other.serve({});
    require(target.memory.size() == 256);
    return 0;
}
