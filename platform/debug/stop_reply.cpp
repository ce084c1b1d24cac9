// SPDX-License-Identifier: Apache-2.0
#include "platform/debug/stop_reply.hpp"

#include "platform/debug/hex.hpp"
#include "platform/debug/rsp_text.hpp"

#include <fmt/format.h>

namespace flexv::platform {

namespace {

constexpr unsigned kStackPointer = 2;

std::string reason_of(const Stop& stop, bool knows_breakpoint_reasons) {
    using enum Stop::Reason;
    const std::string address = hex::of_number(stop.address) + ";";
    switch (stop.reason) {
        case signal:
            return "";
        case breakpoint:
            if (!knows_breakpoint_reasons)
                return "";
            return stop.point == PointKind::hardware ? "hwbreak:;" : "swbreak:;";
        case write:
            return "watch:" + address;
        case read:
            return "rwatch:" + address;
        case access:
            return "awatch:" + address;
        case begin:
            return "replaylog:begin;";
    }
    return "";
}

}  // namespace

std::string stop_reply(const Stop& stop, DebugTarget& target, bool knows_breakpoint_reasons) {
    std::string reply = fmt::format("T{:02x}thread:{:x};", stop.signal, stop.thread);
    for (const unsigned number : {target.general_count() - 1, kStackPointer})
        reply += fmt::format("{:x}:{};", number,
                             rsp::text_of(target.register_value(stop.thread, number)));
    return reply + reason_of(stop, knows_breakpoint_reasons);
}

}  // namespace flexv::platform
